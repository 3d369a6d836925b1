import type { ConnectionId, OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Connections whose CRM has told of changes that nobody has attended to. Through `Database.operator`. */
export async function waitingHints(tx: Tx): Promise<{ readonly orgId: OrgId; readonly subjectId: ConnectionId }[]> {
  return tx.query(`select distinct org_id as "orgId", connection_id as "subjectId" from change_hints`);
}

/** Whether a connection has any. */
export async function hasHints(tx: Tx, connectionId: ConnectionId): Promise<boolean> {
  const found = await tx.query(`select from change_hints where org_id = $1 and connection_id = $2 limit 1`, [
    tx.orgId,
    connectionId,
  ]);
  return found.length > 0;
}
