import type { ConnectionId } from '../../model/values.ts';
import { inBackground } from './in-background.ts';
import type { Tx } from '../tx.ts';

/**
 * Of the records of a connection that we have written before: how many wait to be changed, and how many there are. All of them are
 * counted only where more than `enough` wait.
 */
export async function countChanges(
  tx: Tx,
  connectionId: ConnectionId,
  enough: number,
): Promise<{ readonly changing: number; readonly written: number }> {
  await inBackground(tx);
  const [waiting] = await tx.query<{ n: number }>(
    `select count(*)::int as n from push_states
     where org_id = $1 and connection_id = $2 and state in ('pending', 'claimed') and pushed <> '{}'`,
    [tx.orgId, connectionId],
  );
  const changing = waiting?.n ?? 0;
  if (changing <= enough) return { changing, written: changing };
  const [all] = await tx.query<{ n: number }>(
    `select count(*)::int as n from push_states where org_id = $1 and connection_id = $2 and pushed <> '{}'`,
    [tx.orgId, connectionId],
  );
  return { changing, written: all?.n ?? 0 };
}
