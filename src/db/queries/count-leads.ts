import { leadStatuses, type LeadStatus } from '../../model/lead.ts';
import type { Tx } from '../tx.ts';

export interface LeadCounts {
  /** Of a status that nobody has there is none. */
  readonly statuses: readonly { readonly status: LeadStatus; readonly leads: number }[];
  /** By the exact score, as a lead has it; whoever is not scored yet has none. */
  readonly tiers: readonly { readonly tier: string; readonly leads: number }[];
}

interface CountRow {
  readonly rank: number | null;
  readonly tier: string | null;
  readonly leads: number;
}

/**
 * Leads by status and by tier, without those that were merged away or erased. Two passes, as each has an index that holds all
 * that it asks for, and together would have to read the leads themselves; one statement, so that both are of the same instant.
 */
export async function countLeads(tx: Tx): Promise<LeadCounts> {
  const rows = await tx.query<CountRow>(statement, [tx.orgId]);
  return {
    statuses: rows.flatMap(({ rank, leads }) => {
      const status = rank === null ? undefined : leadStatuses[rank];
      return status === undefined ? [] : [{ status, leads }];
    }),
    tiers: rows.flatMap(({ tier, leads }) => (tier === null ? [] : [{ tier, leads }])),
  };
}

// leads_list_idx, then leads_tier_idx.
const statement = `
  select status_rank as rank, null as tier, count(*)::int as leads from leads
  where org_id = $1 and merged_into is null and erased_at is null group by status_rank
  union all
  select null, tier, count(*)::int from leads
  where org_id = $1 and merged_into is null and erased_at is null and tier is not null group by tier
`;
