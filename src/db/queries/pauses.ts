import type { Pause, PauseDirection } from '../../model/health.ts';
import type { ConnectionId, SourceId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What is paused: a connection, a source, or with neither the whole organisation. */
export interface PauseTarget {
  readonly connectionId: ConnectionId | null;
  readonly sourceId: SourceId | null;
}

export interface PauseRow extends Pause, PauseTarget {}

/** Every pause of the organisation, the oldest first. */
export async function readPauses(tx: Tx): Promise<PauseRow[]> {
  return tx.query<PauseRow>(
    `select connection_id as "connectionId", source_id as "sourceId", direction, reason, created_at as since,
       case when connection_id is not null then 'connection' when source_id is not null then 'source' else 'org' end as of
     from pauses where org_id = $1 order by created_at, direction`,
    [tx.orgId],
  );
}

/** Those that hold for a connection or a source: its own and the organisation's. */
export function pausesFor(rows: readonly PauseRow[], target: PauseTarget): PauseRow[] {
  return rows.filter((row) => row.of === 'org' || isOf(row, target));
}

export function isOf(row: PauseTarget, { connectionId, sourceId }: PauseTarget): boolean {
  return row.connectionId === connectionId && row.sourceId === sourceId;
}

/** Another reason takes the place of the one before. */
export async function savePause(
  tx: Tx,
  { connectionId, sourceId }: PauseTarget,
  pause: { readonly direction: PauseDirection; readonly reason: string; readonly actor: string; readonly now: Date },
): Promise<void> {
  await tx.query(
    `insert into pauses (org_id, connection_id, source_id, direction, reason, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (org_id, connection_id, source_id, direction) do update set reason = excluded.reason`,
    [tx.orgId, connectionId, sourceId, pause.direction, pause.reason, pause.now, pause.actor],
  );
}

/** Only this one: of an organisation neither its connections' nor its sources'. */
export async function deletePause(
  tx: Tx,
  { connectionId, sourceId }: PauseTarget,
  direction: PauseDirection,
): Promise<void> {
  await tx.query(
    `delete from pauses where org_id = $1 and connection_id is not distinct from $2 and source_id is not distinct from $3
       and direction = $4`,
    [tx.orgId, connectionId, sourceId, direction],
  );
}

/**
 * SQL: why neither direction of `row` (a connection or a source) runs; null = one may. A source is only read. Also for the
 * operator, who sees the pauses of every organisation.
 */
export function wholePauseSql(row: string, kind: 'connection' | 'source'): string {
  const isPushPaused = kind === 'source' ? 'true' : `bool_or(p.direction in ('push', 'all'))`;
  return `(
    select case when bool_or(p.direction in ('pull', 'all')) and ${isPushPaused} then min(p.reason) end
    from pauses p where p.org_id = ${row}.org_id
      and (p.${kind}_id = ${row}.id or (p.connection_id is null and p.source_id is null))
  )`;
}
