import { defineEntity, p } from '@mikro-orm/postgresql';
import { weightedScore } from './weighted-score.ts';

/** The score of a company: its signups taken together. */
export const AccountScore = defineEntity({
  name: 'AccountScore',
  tableName: 'account_scores',
  properties: {
    orgId: p.uuid().primary(),
    companyDomain: p.text().primary(),
    companyScore: p.integer().default(0),
    usageScore: p.integer().default(0),
    expansionScore: p.integer().default(0),
    championScore: p.integer().default(0),
    timingScore: p.integer().default(0),
    ...weightedScore,
    signupCount: p.integer(),
    topDeveloperId: p.uuid().nullable(),
    topSharePct: p.smallint().nullable(),
    profileVersion: p.integer(),
    scoredAt: p.datetime(),
  },
});
