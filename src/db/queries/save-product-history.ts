import type { LeadId, RunId } from '../../model/values.ts';
import { productComponents } from '../../model/product.ts';
import type { Tx } from '../tx.ts';

export interface ProductScoreChange {
  readonly leadId: LeadId | null;
  /** Where the profile has changed, the stored score is not what it was; null = there was none. */
  readonly before: number | null | 'as in the history';
  readonly total: number;
  readonly tier: string;
  /** In the order of `productComponents`. */
  readonly points: readonly number[];
}

/** Appends to the history of the signups' leads. The reason names points, never a person. */
export async function saveProductHistory(
  tx: Tx,
  run: { readonly runId: RunId; readonly at: Date; readonly plg: { readonly version: number | null } },
  changes: readonly ProductScoreChange[],
): Promise<void> {
  const rows = changes.filter(({ leadId }) => leadId !== null);
  if (rows.length === 0) return;
  await tx.query(statement, [
    tx.orgId,
    rows.map(({ leadId }) => leadId),
    rows.map(({ before }) => (typeof before === 'string' ? null : before)),
    rows.map(({ total }) => total),
    rows.map(({ tier }) => tier),
    rows.map(({ points }) => reasonOf(points)),
    run.plg.version ?? 0,
    run.runId,
    run.at,
    rows.map(({ before }) => typeof before === 'string'),
  ]);
}

function reasonOf(points: readonly number[]): string {
  return productComponents.map((name, index) => `${name} ${points[index] ?? 0}`).join(', ');
}

const statement = `
  with changes as (
    select r.*, last.total as last_total, last.tier as last_tier
    from unnest($2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[], $10::boolean[])
      as r (lead_id, before, total, tier, reason, from_history)
    left join lateral (
      select h.total, h.tier from score_history h
      where r.from_history and h.org_id = $1 and h.lead_id = r.lead_id and h.kind = 'plg' order by h.id desc limit 1
    ) last on true
  )
  insert into score_history (org_id, lead_id, kind, profile_version, total_before, total, tier, reason, run_id, at)
  select $1, lead_id, 'plg', $7, coalesce(last_total, before), total, tier, reason, $8, $9 from changes
  where not (from_history and (last_total, last_tier) is not distinct from (total, tier))
`;
