import type { ConnectionHealth } from '../../model/health.ts';
import type { ConnectionId, RunId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface HealthRow extends ConnectionHealth {
  readonly connectionId: ConnectionId;
  readonly lastRunId: RunId | null;
  /** Rises with each change: the compare-and-set of two ends that come together. */
  readonly version: number;
}

const columns = `connection_id as "connectionId", state, code, message, remedy, failures_in_row as "failuresInRow", since,
  try_again_at as "tryAgainAt", last_success_at as "lastSuccessAt", last_run_id as "lastRunId", version`;

/** Of every connection of the organisation that has ended a run. */
export async function readHealths(tx: Tx): Promise<HealthRow[]> {
  return tx.query<HealthRow>(`select ${columns} from connection_health where org_id = $1`, [tx.orgId]);
}

/** Null = it has ended no run yet. */
export async function readHealth(tx: Tx, connectionId: ConnectionId): Promise<HealthRow | null> {
  const [row] = await tx.query<HealthRow>(
    `select ${columns} from connection_health where org_id = $1 and connection_id = $2`,
    [tx.orgId, connectionId],
  );
  return row ?? null;
}

export interface SavedHealth {
  readonly connectionId: ConnectionId;
  readonly health: ConnectionHealth;
  /** Null = it failed before there was a run. */
  readonly runId: RunId | null;
  /** Of what was read before; null = there was nothing. */
  readonly version: number | null;
}

/** False = somebody else has changed it since it was read: read it again. */
export async function saveHealth(tx: Tx, { connectionId, health, runId, version }: SavedHealth): Promise<boolean> {
  const { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt } = health;
  const rows = await tx.query(save, [
    tx.orgId,
    connectionId,
    state,
    code,
    message,
    remedy,
    failuresInRow,
    since,
    tryAgainAt,
    lastSuccessAt,
    runId,
    version,
  ]);
  return rows.length > 0;
}

const save = `
  insert into connection_health as h (org_id, connection_id, state, code, message, remedy, failures_in_row, since, try_again_at,
    last_success_at, last_run_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (org_id, connection_id) do update set state = excluded.state, code = excluded.code, message = excluded.message,
    remedy = excluded.remedy, failures_in_row = excluded.failures_in_row, since = excluded.since,
    try_again_at = excluded.try_again_at, last_success_at = excluded.last_success_at,
    last_run_id = coalesce(excluded.last_run_id, h.last_run_id), version = h.version + 1
  where h.version = $12::integer
  returning version
`;

/** Whether `runId` ended after `lastRunId` did: ends may be recorded out of their order. */
export async function isNewerRun(tx: Tx, runId: RunId, lastRunId: RunId): Promise<boolean> {
  const [row] = await tx.query<{ isNewer: boolean }>(
    `select this.ended_at > last.ended_at as "isNewer" from sync_runs this, sync_runs last
     where this.org_id = $1 and this.id = $2 and last.org_id = $1 and last.id = $3`,
    [tx.orgId, runId, lastRunId],
  );
  return row?.isNewer ?? true;
}

/** Whether `runId` sees less than `lastRunId` did: a look, or an answer to hints, does not read what a sync stumbles over. */
export async function seesLess(tx: Tx, runId: RunId, lastRunId: RunId): Promise<boolean> {
  const [row] = await tx.query<{ seesLess: boolean }>(
    `select this.kind in ('live', 'hints') and last.kind not in ('live', 'hints') as "seesLess"
     from sync_runs this, sync_runs last
     where this.org_id = $1 and this.id = $2 and last.org_id = $1 and last.id = $3`,
    [tx.orgId, runId, lastRunId],
  );
  return row?.seesLess ?? false;
}

/** Lets a connection that waits (null = each of the organisation) be tried at the next tick. How it fares stays as it is. */
export async function tryAtOnce(tx: Tx, connectionId: ConnectionId | null): Promise<ConnectionId[]> {
  const rows = await tx.query<{ id: ConnectionId }>(
    `update connection_health set try_again_at = null, version = version + 1
     where org_id = $1 and ($2::uuid is null or connection_id = $2) and try_again_at is not null
     returning connection_id as id`,
    [tx.orgId, connectionId],
  );
  return rows.map(({ id }) => id);
}
