import type { Tx } from '../../db/tx.ts';
import type { Tier } from '../../model/profile.ts';
import { defaultMqlProfile } from '../../scoring/defaults.ts';
import { type DatabaseGauge, type GaugeRow, seldomSeconds } from '../database-gauge.ts';

export const leads: DatabaseGauge = {
  name: 'leadloop_leads',
  help: 'Scored leads by tier and by score in steps of ten (80 = 80 to 89, 90 = 90 to 100).',
  labels: ['tier', 'score'],
  maxAgeSeconds: seldomSeconds,
  async read(tx) {
    const [scores, tiers] = [await readScores(tx), await readTiers(tx)];
    return distribution(scores, tiers);
  },
};

interface ScoredLeads {
  readonly score: number;
  readonly leads: number;
}

/** PURE. `tiers`: highest first. By the score as it is shown; the tier of a lead is that of its exact one. */
export function distribution(scores: readonly ScoredLeads[], tiers: readonly Tier[]): readonly GaugeRow[] {
  const counts = new Map<string, { readonly tier: string; readonly score: string; value: number }>();
  for (const { score, leads: value } of scores) {
    const tier = tiers.find(({ atLeast }) => score >= atLeast)?.tier ?? 'none';
    const step = String(Math.min(90, Math.floor(score / 10) * 10));
    const known = counts.get(`${tier} ${step}`);
    if (known === undefined) counts.set(`${tier} ${step}`, { tier, score: step, value });
    else known.value += value;
  }
  return [...counts.values()];
}

/** At most 101 rows, of one pass through the leads. */
function readScores(tx: Tx): Promise<ScoredLeads[]> {
  return tx.query<ScoredLeads>(
    `select lead_score as score, count(*)::int as leads from leads
     where org_id = $1 and lead_score is not null and merged_into is null and erased_at is null group by lead_score`,
    [tx.orgId],
  );
}

async function readTiers(tx: Tx): Promise<readonly Tier[]> {
  const [row] = await tx.query<{ tiers: readonly Tier[] }>(
    `select profile->'tiers' as tiers from org_scoring_profiles where org_id = $1 and kind = 'mql' and active`,
    [tx.orgId],
  );
  return row?.tiers ?? defaultMqlProfile.tiers;
}
