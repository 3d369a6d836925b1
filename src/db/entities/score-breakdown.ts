import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** The receipt of a lead's current score. */
export const ScoreBreakdown = defineEntity({
  name: 'ScoreBreakdown',
  tableName: 'score_breakdowns',
  properties: {
    orgId: p.uuid().primary(),
    leadId: p.uuid().primary(),
    kind: p.enum(['mql', 'plg']).primary(),
    profileVersion: p.integer(),
    total: p.integer(),
    tier: p.text(),
    reason: p.text(),
    breakdown: p.json<JsonValue>(),
    scoredAt: p.datetime(),
  },
});
