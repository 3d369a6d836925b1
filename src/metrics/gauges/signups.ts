import { type DatabaseGauge, seldomSeconds } from '../database-gauge.ts';

export const signups: DatabaseGauge = {
  name: 'leadloop_signups',
  help: 'Scored signups by tier of their product score.',
  labels: ['tier'],
  maxAgeSeconds: seldomSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// By the index of the tiers alone.
const statement = `
  select tier, count(*)::int as value from lead_scores where org_id = $1 and tier is not null group by tier
`;
