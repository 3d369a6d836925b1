import type { Tx } from '../tx.ts';

/** Scored signups by tier, the highest first; private addresses among them. */
export async function readProductTiers(tx: Tx): Promise<{ readonly tier: string; readonly leads: number }[]> {
  return tx.query(
    `select s.tier, count(*)::int as leads from lead_scores s
     where s.org_id = $1 and s.total_score is not null group by s.tier order by min(s.total_score) desc`,
    [tx.orgId],
  );
}
