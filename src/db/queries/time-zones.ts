import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** The time zone of each connection's schedule. */
export async function readTimeZones(tx: Tx): Promise<ReadonlyMap<ConnectionId, string>> {
  const rows = await tx.query<{ id: ConnectionId; timeZone: string }>(
    `select id, coalesce(settings->>'timezone', 'UTC') as "timeZone" from connections where org_id = $1`,
    [tx.orgId],
  );
  return new Map(rows.map(({ id, timeZone }) => [id, timeZone]));
}
