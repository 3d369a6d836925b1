import { defineEntity, p } from '@mikro-orm/postgresql';

/** Scores as they changed. Append-only. */
export const ScoreChange = defineEntity({
  name: 'ScoreChange',
  tableName: 'score_history',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    leadId: p.uuid(),
    kind: p.text(),
    profileVersion: p.integer(),
    totalBefore: p.integer().nullable(),
    total: p.integer(),
    tier: p.text(),
    reason: p.text(),
    runId: p.uuid().nullable(),
    at: p.datetime(),
  },
});
