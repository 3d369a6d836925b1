import { defineEntity, p } from '@mikro-orm/postgresql';

/** The calls of a connection's day: taken by us, and left to the whole account as last told. */
export const DailyPool = defineEntity({
  name: 'DailyPool',
  tableName: 'daily_pools',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    day: p.integer().default(1),
    endsAt: p.datetime(),
    used: p.integer().default(0),
    accountMax: p.integer().nullable(),
    accountRemaining: p.integer().nullable(),
    observedAt: p.datetime().nullable(),
    resetAt: p.datetime().nullable(),
    resumeAt: p.datetime().nullable(),
  },
});
