import { defineEntity, p } from '@mikro-orm/postgresql';

/** One event of one person. */
export const EngagementEvent = defineEntity({
  name: 'EngagementEvent',
  tableName: 'engagement_events',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    externalId: p.text().primary(),
    person: p.text().primary(),
    type: p.text(),
    occurredAt: p.datetime(),
    quantity: p.integer().default(1),
    detail: p.text().nullable(),
    leadId: p.uuid().nullable(),
  },
});
