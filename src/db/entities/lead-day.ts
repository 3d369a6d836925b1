import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** How many leads there were on a day, by status and by tier. */
export const LeadDay = defineEntity({
  name: 'LeadDay',
  tableName: 'lead_days',
  properties: {
    orgId: p.uuid().primary(),
    day: p.date().primary(),
    statuses: p.json<JsonValue>(),
    tiers: p.json<JsonValue>(),
    countedAt: p.datetime(),
  },
});
