import type { LeadId, RunId } from '../../model/values.ts';
import { productComponents } from '../../model/product.ts';
import type { Tx } from '../tx.ts';

export interface ProductScoreChange {
  readonly leadId: LeadId | null;
  readonly before: number | null;
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
    rows.map(({ before }) => before),
    rows.map(({ total }) => total),
    rows.map(({ tier }) => tier),
    rows.map(({ points }) => reasonOf(points)),
    run.plg.version ?? 0,
    run.runId,
    run.at,
  ]);
}

function reasonOf(points: readonly number[]): string {
  return productComponents.map((name, index) => `${name} ${points[index] ?? 0}`).join(', ');
}

const statement = `
  insert into score_history (org_id, lead_id, kind, profile_version, total_before, total, tier, reason, run_id, at)
  select $1, lead_id, 'plg', $7, before, total, tier, reason, $8, $9
  from unnest($2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[]) as r (lead_id, before, total, tier, reason)
`;
