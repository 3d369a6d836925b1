import type { Health } from '../../model/health.ts';
import type { RunId } from '../../model/values.ts';
import type { PauseTarget } from './pauses.ts';
import type { Tx } from '../tx.ts';

/** What fares well or badly. */
export interface HealthOf {
  readonly type: 'connection' | 'source';
  readonly id: string;
}

export interface HealthRow extends Health {
  /** Of the connection or the source. */
  readonly id: string;
  readonly lastRunId: RunId | null;
  /** Rises with each change: the compare-and-set of two ends that come together. */
  readonly version: number;
}

const tables = {
  connection: { table: 'connection_health', key: 'connection_id' },
  source: { table: 'source_health', key: 'source_id' },
} as const;

const columns = `state, code, message, remedy, failures_in_row as "failuresInRow", since,
  try_again_at as "tryAgainAt", last_success_at as "lastSuccessAt", last_run_id as "lastRunId", version`;

/** Of every connection, or source, of the organisation that has ended a run. */
export async function readHealths(tx: Tx, type: HealthOf['type']): Promise<HealthRow[]> {
  const { table, key } = tables[type];
  return tx.query<HealthRow>(`select ${key} as id, ${columns} from ${table} where org_id = $1`, [tx.orgId]);
}

/** Null = it has ended no run yet. */
export async function readHealth(tx: Tx, { type, id }: HealthOf): Promise<HealthRow | null> {
  const { table, key } = tables[type];
  const [row] = await tx.query<HealthRow>(
    `select ${key} as id, ${columns} from ${table} where org_id = $1 and ${key} = $2`,
    [tx.orgId, id],
  );
  return row ?? null;
}

export interface SavedHealth {
  readonly of: HealthOf;
  readonly health: Health;
  /** Null = it failed before there was a run. */
  readonly runId: RunId | null;
  /** Of what was read before; null = there was nothing. */
  readonly version: number | null;
}

/** False = somebody else has changed it since it was read: read it again. */
export async function saveHealth(tx: Tx, { of, health, runId, version }: SavedHealth): Promise<boolean> {
  const { state, code, message, remedy, failuresInRow, since, tryAgainAt, lastSuccessAt } = health;
  const rows = await tx.query(saveTo(of), [
    tx.orgId,
    of.id,
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

const saveTo = ({ type }: HealthOf): string => `
  insert into ${tables[type].table} as h (org_id, ${tables[type].key}, state, code, message, remedy, failures_in_row, since, try_again_at,
    last_success_at, last_run_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  on conflict (org_id, ${tables[type].key}) do update set state = excluded.state, code = excluded.code, message = excluded.message,
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

/** Lets what waits be tried at the next tick: a connection, a source, or with neither everything of the organisation. Says how many. */
export async function tryAtOnce(tx: Tx, { connectionId, sourceId }: PauseTarget): Promise<number> {
  if (connectionId !== null) return tryOnes(tx, { type: 'connection', id: connectionId });
  if (sourceId !== null) return tryOnes(tx, { type: 'source', id: sourceId });
  return (await tryOnes(tx, { type: 'connection', id: null })) + (await tryOnes(tx, { type: 'source', id: null }));
}

/** `id` null = all of the organisation. How they fare stays as it is. */
async function tryOnes(tx: Tx, { type, id }: { readonly type: HealthOf['type']; readonly id: string | null }) {
  const { table, key } = tables[type];
  const rows = await tx.query(
    `update ${table} set try_again_at = null, version = version + 1
     where org_id = $1 and ($2::uuid is null or ${key} = $2) and try_again_at is not null
     returning version`,
    [tx.orgId, id],
  );
  return rows.length;
}
