import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Of the records of a connection that we have written before: how many wait to be changed, and how many there are. */
export async function countChanges(
  tx: Tx,
  connectionId: ConnectionId,
): Promise<{ readonly changing: number; readonly written: number }> {
  const [row] = await tx.query<{ changing: number; written: number }>(
    `select count(*)::int as written, (count(*) filter (where state in ('pending', 'claimed')))::int as changing
     from push_states where org_id = $1 and connection_id = $2 and pushed <> '{}'`,
    [tx.orgId, connectionId],
  );
  return row ?? { changing: 0, written: 0 };
}
