import { defineEntity, p } from '@mikro-orm/postgresql';
import { weightedScore } from './weighted-score.ts';

/** The score of a developer signup. */
export const LeadScore = defineEntity({
  name: 'LeadScore',
  tableName: 'lead_scores',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    developerId: p.uuid(),
    companyScore: p.integer().nullable().default(0),
    usageScore: p.integer().nullable().default(0),
    expansionScore: p.integer().nullable().default(0),
    championScore: p.integer().nullable().default(0),
    timingScore: p.integer().nullable().default(0),
    ...weightedScore,
    profileVersion: p.integer().nullable(),
    scoredAt: p.datetime().nullable().defaultRaw('now()'),
  },
});
