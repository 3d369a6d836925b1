import { leadStatuses, type LeadStatus } from '../../model/lead.ts';
import type { Tx } from '../tx.ts';

export interface LeadCount {
  readonly status: LeadStatus;
  /** Null = not scored yet. */
  readonly score: number | null;
  readonly leads: number;
}

/** Leads by status and score, without those that were merged away or erased: one pass, where it is cheaper through an index alone. */
export async function countLeads(tx: Tx): Promise<LeadCount[]> {
  const rows = await tx.query<Omit<LeadCount, 'status'> & { readonly rank: number }>(
    `select status_rank as rank, lead_score as score, count(*)::int as leads from leads
     where org_id = $1 and merged_into is null and erased_at is null group by status_rank, lead_score`,
    [tx.orgId],
  );
  return rows.flatMap(({ rank, ...count }) => {
    const status = leadStatuses[rank];
    return status === undefined ? [] : [{ status, ...count }];
  });
}
