import type { RunFailure, RunStatus, SyncCounts } from '../../model/run.ts';
import type { ConnectionId, RunId, SourceId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export type RunKind = 'sync' | 'push' | 'rescore' | 'replay' | 'undo' | 'import';

/** What a run is of. */
export type RunSubject =
  | { readonly type: 'connection'; readonly id: ConnectionId }
  | { readonly type: 'source'; readonly id: SourceId };

/** Opens a run. Whoever holds the lock of its subject may: runs that a dead process left open are closed as cancelled. */
export async function startRun(
  tx: Tx,
  run: { id: RunId; subject: RunSubject; kind: RunKind; now: Date },
): Promise<void> {
  const { type, id } = run.subject;
  const columns = type === 'connection' ? [id, null] : [null, id];
  await tx.query(
    `update sync_runs set status = 'cancelled', ended_at = $4,
       failure = '{"code": "interrupted", "message": "The process ended before the run did.", "recovery": "retry"}'
     where org_id = $1 and (connection_id = $2 or source_id = $3) and status = 'running'`,
    [tx.orgId, ...columns, run.now],
  );
  await tx.query(
    `insert into sync_runs (id, org_id, connection_id, source_id, kind, status, started_at, heartbeat_at)
     values ($2, $1, $3, $4, $5, 'running', $6, $6)`,
    [tx.orgId, run.id, ...columns, run.kind, run.now],
  );
}

/** Says that a run is alive, and how far it has come. */
export async function reportRun(tx: Tx, run: { id: RunId; counts: SyncCounts; now: Date }): Promise<void> {
  await tx.query(`update sync_runs set heartbeat_at = $3, counts = $4 where org_id = $1 and id = $2`, [
    tx.orgId,
    run.id,
    run.now,
    JSON.stringify(run.counts),
  ]);
}

export async function finishRun(
  tx: Tx,
  run: { id: RunId; status: RunStatus; counts: SyncCounts; failure: RunFailure | null; now: Date },
): Promise<void> {
  await tx.query(
    `update sync_runs set status = $3, counts = $4, failure = $5, ended_at = $6, heartbeat_at = $6
     where org_id = $1 and id = $2`,
    [
      tx.orgId,
      run.id,
      run.status,
      JSON.stringify(run.counts),
      run.failure === null ? null : JSON.stringify(run.failure),
      run.now,
    ],
  );
}
