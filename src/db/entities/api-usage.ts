import { defineEntity, p } from '@mikro-orm/postgresql';

/** Calls by day: history. The share is kept by `DailyPool`. */
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
