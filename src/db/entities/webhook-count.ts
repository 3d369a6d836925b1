import { defineEntity, p } from '@mikro-orm/postgresql';

/** What came of the deliveries of a day. */
export const WebhookCount = defineEntity({
  name: 'WebhookCount',
  tableName: 'webhook_counts',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    day: p.date().primary(),
    verdict: p.enum(['accepted', 'unsigned', 'forged', 'stale', 'replayed', 'no-secret', 'unreadable']).primary(),
    deliveries: p.bigint('number'),
  },
});
