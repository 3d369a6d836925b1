import type { RunDetail, RunFailure, RunStatus, SyncCounts } from '../../model/run.ts';
import type { ConnectionId, OrgId, RunId, SourceId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export type RunKind = 'sync' | 'live' | 'hints' | 'push' | 'rescore' | 'replay' | 'undo' | 'import';

/** What a run is of: `org` where it concerns all leads. */
export type RunSubject =
  | { readonly type: 'connection'; readonly id: ConnectionId }
  | { readonly type: 'source'; readonly id: SourceId }
  | { readonly type: 'org'; readonly id: OrgId };

export interface NewRun {
  readonly id: RunId;
  readonly subject: RunSubject;
  readonly kind: RunKind;
  /** The instant of the schedule that asks for it; null = something else does. */
  readonly tickAt: Date | null;
  readonly now: Date;
}

/**
 * Opens a run, and closes as cancelled what a dead process left open. Whoever holds the lock of its subject may. False where the tick
 * has been run to its end already: then nothing is opened.
 */
export async function startRun(tx: Tx, { id, subject, kind, tickAt, now }: NewRun): Promise<boolean> {
  const columns = columnsOf(subject);
  await tx.query(
    `update sync_runs set status = 'cancelled', ended_at = $4,
       failure = '{"code": "interrupted", "message": "The process ended before the run did.", "recovery": "retry"}'
     where org_id = $1 and connection_id is not distinct from $2 and source_id is not distinct from $3 and status = 'running'`,
    [tx.orgId, ...columns, now],
  );
  if (tickAt !== null && (await isTickDone(tx, subject, { at: tickAt, now }))) return false;
  if (tickAt !== null && kind === 'live' && (await isLookDone(tx, subject, tickAt))) return false;
  await tx.query(
    `insert into sync_runs (id, org_id, connection_id, source_id, kind, status, tick_at, started_at, heartbeat_at)
     values ($2, $1, $3, $4, $5, 'running', $6, $7, $7)`,
    [tx.orgId, id, ...columns, kind, tickAt, now],
  );
  return true;
}

function columnsOf({ type, id }: RunSubject): [ConnectionId | null, SourceId | null] {
  return [type === 'connection' ? id : null, type === 'source' ? id : null];
}

const ticking = { connection: 'connections', source: 'data_sources' } as const;

/**
 * So far ahead of our clock no tick can have been noted, unless the clock that noted it was wrong: then it says nothing, or the
 * subject would stand still until that time has come. Clocks that are kept right differ by less.
 */
const unbelievable = `interval '1 minute'`;

export interface Tick {
  readonly at: Date;
  readonly now: Date;
}

async function isTickDone(tx: Tx, { type, id }: RunSubject, { at, now }: Tick): Promise<boolean> {
  if (type === 'org') return false;
  const done = await tx.query(
    `select from ${ticking[type]}
     where org_id = $1 and id = $2 and last_tick_at >= $3 and last_tick_at <= $4::timestamptz + ${unbelievable}`,
    [tx.orgId, id, at, now],
  );
  return done.length > 0;
}

/** A look between two syncs is no tick of the schedule: it is known by its own run. */
async function isLookDone(tx: Tx, { id }: RunSubject, tickAt: Date): Promise<boolean> {
  const done = await tx.query(
    `select from sync_runs where org_id = $1 and connection_id = $2 and kind = 'live' and tick_at = $3
       and status <> 'cancelled' and started_at > $3::timestamptz - interval '1 hour'`,
    [tx.orgId, id, tickAt],
  );
  return done.length > 0;
}

/**
 * Forgets looks and hints that have come to their end a week ago: there are thousands a day, and what they have written stands in the
 * ledger.
 */
export async function forgetLooks(tx: Tx, now: Date): Promise<void> {
  await tx.query(
    `delete from sync_runs where org_id = $1 and kind in ('live', 'hints') and ended_at < $2::timestamptz - interval '7 days'`,
    [tx.orgId, now],
  );
}

/** Why a run failed that was cut off from outside: of the subject it says nothing, and the same run may succeed at once. */
const cutOffCodes = ['database-unavailable', 'rules-changed', 'run-superseded'];

/** A run that was cut off so often did not only have bad luck: what cuts it off may be itself. */
const maxCutOffs = 5;

/**
 * Whether the tick of a run that has failed with `code` is to be run again: it was cut off, and not for the fifth time. Without an
 * instant nobody repeats it, so there is nothing to count.
 */
export async function wasCutOff(
  tx: Tx,
  subject: RunSubject,
  run: { tickAt: Date | null; code: string },
): Promise<boolean> {
  if (!cutOffCodes.includes(run.code)) return false;
  if (run.tickAt === null) return true;
  const cutOff = await tx.query(
    `select from sync_runs
     where org_id = $1 and connection_id is not distinct from $2 and source_id is not distinct from $3
       and tick_at = $4 and status = 'failed' and failure->>'code' = any($5)
       and started_at >= $4::timestamptz - ${unbelievable}
     limit $6`,
    [tx.orgId, ...columnsOf(subject), run.tickAt, cutOffCodes, maxCutOffs],
  );
  return cutOff.length < maxCutOffs;
}

/** When the organisation's last rescore failed on something that it will meet again; null = it did not. */
export async function lastRescoreFailedAt(tx: Tx): Promise<Date | null> {
  const [row] = await tx.query<{ at: Date | null }>(
    `select case when status = 'failed' and coalesce(failure->>'code', '') <> all($2) then ended_at end as at from sync_runs
     where org_id = $1 and connection_id is null and kind = 'rescore' order by started_at desc limit 1`,
    [tx.orgId, cutOffCodes],
  );
  return row?.at ?? null;
}

/** Whether the run that a connection has now is more than a look or an answer to hints, which are over within seconds. */
export async function hasLongRun(tx: Tx, connectionId: ConnectionId): Promise<boolean> {
  const found = await tx.query(
    `select from sync_runs
     where org_id = $1 and connection_id = $2 and status = 'running' and kind not in ('live', 'hints')`,
    [tx.orgId, connectionId],
  );
  return found.length > 0;
}

/** Whether a run of the connection is under way, or its process died and nobody has noticed yet. */
export async function hasRun(tx: Tx, connectionId: ConnectionId): Promise<boolean> {
  const found = await tx.query(
    `select from sync_runs where org_id = $1 and connection_id = $2 and status = 'running'`,
    [tx.orgId, connectionId],
  );
  return found.length > 0;
}

/** Every tick up to `at` has been run. Never moves backward, but from a time that has not come yet. */
export async function noteTick(tx: Tx, { type, id }: RunSubject, { at, now }: Tick): Promise<void> {
  if (type === 'org') return;
  await tx.query(
    `update ${ticking[type]} set last_tick_at = $3
     where org_id = $1 and id = $2
       and (last_tick_at is null or last_tick_at < $3 or last_tick_at > $4::timestamptz + ${unbelievable})`,
    [tx.orgId, id, at, now],
  );
}

export interface RunProgress {
  readonly id: RunId;
  readonly counts: SyncCounts;
  /** Null = as it was. */
  readonly detail: RunDetail | null;
  readonly now: Date;
}

/** Says that a run is alive, and how far it has come; of one that has ended, nothing more. */
export async function reportRun(tx: Tx, run: RunProgress): Promise<void> {
  await tx.query(
    `update sync_runs set heartbeat_at = $3, counts = $4, detail = coalesce($5, detail)
     where org_id = $1 and id = $2 and status = 'running'`,
    [tx.orgId, run.id, run.now, JSON.stringify(run.counts), textOf(run.detail)],
  );
}

function textOf(detail: RunDetail | null): string | null {
  return detail === null ? null : JSON.stringify(detail);
}

/** False where another worker has closed it, who took this one for dead: then its word counts. */
export async function finishRun(
  tx: Tx,
  run: RunProgress & { readonly status: RunStatus; readonly failure: RunFailure | null },
): Promise<boolean> {
  const finished = await tx.query(
    `update sync_runs set status = $3, counts = $4, failure = $5, ended_at = $6, heartbeat_at = $6,
       detail = coalesce($7, detail)
     where org_id = $1 and id = $2 and status = 'running' returning id`,
    [
      tx.orgId,
      run.id,
      run.status,
      JSON.stringify(run.counts),
      run.failure === null ? null : JSON.stringify(run.failure),
      run.now,
      textOf(run.detail),
    ],
  );
  return finished.length > 0;
}
