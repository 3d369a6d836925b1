import { defineEntity, p } from '@mikro-orm/postgresql';

/** Calls of a day, for the daily share. */
export const ApiUsage = defineEntity({
  name: 'ApiUsage',
  tableName: 'api_usage',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    day: p.date().primary(),
    calls: p.integer().default(0),
  },
});
