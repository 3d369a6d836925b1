import type { RunDetail, RunFailure, RunStatus, RunStep, SyncCounts } from '../../model/run.ts';
import type { ConnectionId, RunId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import type { RunKind } from './runs.ts';

export interface RunRow {
  readonly id: RunId;
  readonly kind: RunKind;
  readonly status: RunStatus;
  /** Its name; null = of a source, or of the whole organisation. */
  readonly connection: string | null;
  readonly source: string | null;
  readonly counts: Partial<SyncCounts>;
  readonly failure: (RunFailure & { readonly remedy?: string }) | null;
  readonly step: RunStep | null;
  /** The instant of the schedule that asked for it. */
  readonly tickAt: Date | null;
  readonly startedAt: Date;
  /** When it was last heard of. */
  readonly heartbeatAt: Date;
  readonly endedAt: Date | null;
}

export interface DetailedRunRow extends RunRow {
  /** As far as there is any: older versions kept none. */
  readonly detail: Partial<RunDetail>;
}

export interface RunQuery {
  readonly connectionId: ConnectionId | null;
  readonly kind: RunKind | null;
  readonly status: RunStatus | null;
  /** Looks and answers to hints as well: thousands a day. */
  readonly hasLooks: boolean;
  /** Only those that stand after this one in the list; null = from the newest on. */
  readonly after: RunPlace | null;
  readonly limit: number;
}

export interface RunPlace {
  readonly startedAt: Date;
  readonly id: RunId;
}

/** Runs of the organisation, the newest first. */
export async function readRuns(tx: Tx, query: RunQuery): Promise<RunRow[]> {
  const { connectionId, kind, status, hasLooks, after, limit } = query;
  const values: unknown[] = [tx.orgId, limit];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(connectionId === null ? [] : [`r.connection_id = ${given(connectionId)}`]),
    ...(kind === null ? [] : [`r.kind = ${given(kind)}`]),
    ...(status === null ? [] : [`r.status = ${given(status)}`]),
    // As the partial index says it.
    ...(hasLooks || kind !== null ? [] : [`r.kind not in ('live', 'hints')`]),
    ...(after === null ? [] : [`(r.started_at, r.id) < (${given(after.startedAt)}, ${given(after.id)}::uuid)`]),
  ];
  return tx.query<RunRow>(
    `select ${columns} ${from} where ${['r.org_id = $1', ...conditions].join(' and ')}
     order by r.started_at desc, r.id desc limit $2`,
    values,
  );
}

/** Null where the organisation has no such run. */
export async function readRun(tx: Tx, id: RunId): Promise<DetailedRunRow | null> {
  const [row] = await tx.query<DetailedRunRow>(
    `select ${columns}, r.detail ${from} where r.org_id = $1 and r.id = $2`,
    [tx.orgId, id],
  );
  return row ?? null;
}

const columns = `r.id, r.kind, r.status, c.name as connection, s.name as source, r.counts, r.failure,
  nullif(r.detail->'step', 'null') as step, r.tick_at as "tickAt", r.started_at as "startedAt",
  r.heartbeat_at as "heartbeatAt", r.ended_at as "endedAt"`;

const from = `from sync_runs r
  left join connections c on c.org_id = r.org_id and c.id = r.connection_id
  left join data_sources s on s.org_id = r.org_id and s.id = r.source_id`;
