import type { PushRecord } from '../../model/push.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface PendingPush extends PushRecord {
  readonly priority: number;
  readonly parent: string;
  readonly reason: string | null;
  readonly leadName: string | null;
}

export type PendingPosition = Pick<PendingPush, 'priority' | 'parent' | 'externalId'>;

/** One page of what waits to be written, the most urgent first; claims nothing. */
export async function readPending(
  tx: Tx,
  page: { connectionId: ConnectionId; object: string; limit: number; after: PendingPosition | null },
): Promise<PendingPush[]> {
  return tx.query<PendingPush>(statement, [
    tx.orgId,
    page.connectionId,
    page.object,
    page.limit,
    page.after?.priority ?? -1,
    page.after?.parent ?? '',
    page.after?.externalId ?? '',
  ]);
}

const statement = `
  select p.connection_id as "connectionId", p.object, p.external_id as "externalId", p.lead_id as "leadId",
    p.wanted, p.remote, p.pushed, p.kept, p.priority, p.parent, b.reason, l.name as "leadName"
  from push_states p
  join leads l on l.org_id = p.org_id and l.id = p.lead_id
  left join score_breakdowns b on b.org_id = p.org_id and b.lead_id = p.lead_id and b.kind = 'mql'
  where p.org_id = $1 and p.connection_id = $2 and p.object = $3 and p.state in ('pending', 'claimed')
  and (p.priority, p.parent, p.external_id) > ($5::smallint, $6::text, $7::text)
  order by p.priority, p.parent, p.external_id limit $4
`;
