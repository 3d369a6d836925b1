import type { Lane } from '../../model/run.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import type { CursorPosition } from './advance-cursor.ts';

/** The stored positions of a connection. */
export async function readCursors(tx: Tx, connectionId: ConnectionId): Promise<CursorPosition[]> {
  return tx.query<CursorPosition>(
    `select connection_id as "connectionId", object, lane, cursor, version,
       pass_started_at as "passStartedAt", completed_at as "completedAt", mapping_version as "mappingVersion"
     from sync_cursors where org_id = $1 and connection_id = $2`,
    [tx.orgId, connectionId],
  );
}

export interface LaneStart {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly lane: Lane;
  readonly cursor: string | null;
  readonly passStartedAt: Date;
  readonly mappingVersion: number;
}

/** Sets where a lane starts. `again` starts a new pass on a lane that has come to its end. Otherwise what is there stays. */
export async function openCursor(tx: Tx, start: LaneStart, again: boolean): Promise<CursorPosition> {
  const [position] = await tx.query<CursorPosition>(statement, [
    tx.orgId,
    start.connectionId,
    start.object,
    start.lane,
    start.cursor,
    start.passStartedAt,
    again,
    start.mappingVersion,
  ]);
  if (position === undefined) throw new Error('openCursor always answers with a row');
  return position;
}

const statement = `
  insert into sync_cursors as c (org_id, connection_id, object, lane, cursor, pass_started_at, mapping_version)
  values ($1, $2, $3, $4, $5, $6, $8)
  on conflict (org_id, connection_id, object, lane) do update set
    cursor = case when $7 then excluded.cursor else c.cursor end,
    pass_started_at = case when $7 then excluded.pass_started_at else c.pass_started_at end,
    mapping_version = case when $7 then excluded.mapping_version else c.mapping_version end,
    version = c.version + (case when $7 then 1 else 0 end)
  returning connection_id as "connectionId", object, lane, cursor, version,
    pass_started_at as "passStartedAt", completed_at as "completedAt", mapping_version as "mappingVersion"
`;
