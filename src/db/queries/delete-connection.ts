import type { ConnectionId } from '../../model/values.ts';
import { boundedCount, countedUpTo } from './bounded-count.ts';
import type { Tx } from '../tx.ts';

/** What goes along with a connection. */
export interface ConnectionHoldings {
  /** Counted up to `countedUpTo`, as all of these are. */
  readonly records: number;
  /** Leads that no other CRM and no signup tells of: among the records that are counted. */
  readonly leads: number;
  readonly events: number;
  readonly pendingWrites: number;
  readonly opportunities: number;
}

export async function readHoldings(tx: Tx, connectionId: ConnectionId): Promise<ConnectionHoldings> {
  const [row] = await tx.query<ConnectionHoldings>(holdings, [tx.orgId, connectionId]);
  if (row === undefined) throw new Error('counting gave no row');
  return row;
}

const own = `where org_id = $1 and connection_id = $2`;

// A lead whose other record was merged away has no other record.
const holdings = `
  select
    ${boundedCount(`select from source_records ${own}`)} as records,
    (select count(distinct s.lead_id)::int from (
       select lead_id from source_records ${own} and lead_id is not null limit ${countedUpTo}
     ) s
     where not exists (select from source_records o
         where o.org_id = $1 and o.lead_id = s.lead_id and o.connection_id <> $2 and o.gone_at is null)
       and not exists (select from developer_signups d where d.org_id = $1 and d.lead_id = s.lead_id)) as leads,
    ${boundedCount(`select from engagement_events ${own}`)} as events,
    ${boundedCount(`select from push_states ${own} and state in ('pending', 'claimed')`)} as "pendingWrites",
    ${boundedCount(`select from opportunities ${own}`)} as opportunities
`;

/**
 * Deletes a connection and, by the schema's cascades, its records, events, cursors, runs, writes and mappings. Leads, their history
 * and who they belong to stay; an opportunity that goes is no longer theirs. What is scored by what is gone has to be scored anew.
 */
export async function deleteConnection(tx: Tx, connectionId: ConnectionId, name: string): Promise<void> {
  await tx.query(
    `update leads set opportunity_id = null where org_id = $1 and opportunity_id in (
       select id from opportunities where org_id = $1 and connection_id = $2)`,
    [tx.orgId, connectionId],
  );
  await tx.query(`delete from drafts where org_id = $1 and subject = 'mapping' and name = $2`, [tx.orgId, name]);
  await tx.query('delete from connections where org_id = $1 and id = $2', [tx.orgId, connectionId]);
  await tx.query('update org_scoring_profiles set rescored_at = null where org_id = $1 and active', [tx.orgId]);
}
