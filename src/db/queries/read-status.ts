import type { RunFailure, RunStatus, SyncCounts } from '../../model/run.ts';
import type { ConnectionId, RunId, SourceId } from '../../model/values.ts';
import { boundedCount } from './bounded-count.ts';
import type { Tx } from '../tx.ts';
import type { RunKind } from './runs.ts';

export interface StatusRun {
  readonly id: RunId;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly counts: Partial<SyncCounts>;
  readonly failure: (RunFailure & { readonly remedy?: string }) | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface ConnectionStatusRow {
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  /** Null = the CRM's own address. */
  readonly baseUrl: string | null;
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly pushMode: 'plan' | 'auto';
  /** The latest, which may be under way. */
  readonly lastRun: StatusRun | null;
  readonly lastSuccessAt: Date | null;
  /** Writes that the CRM refused; up to `countedUpTo`, as all counts here. */
  readonly dead: number;
  readonly rejected: number;
}

/** Every connection of the organisation: one probe of an index each for run, success, refused writes and rejected records. */
export async function readConnectionStatus(tx: Tx): Promise<ConnectionStatusRow[]> {
  const rows = await tx.query<ConnectionStatusRow>(connections, [tx.orgId]);
  return rows.map((row) => ({ ...row, lastRun: withDates(row.lastRun) }));
}

const lastRun = (column: string, id: string): string => `
  left join lateral (
    select jsonb_build_object('id', s.id, 'kind', s.kind, 'status', s.status, 'counts', s.counts, 'failure', s.failure,
      'startedAt', s.started_at, 'endedAt', s.ended_at) as run
    from sync_runs s where s.org_id = $1 and s.${column} = ${id} order by s.started_at desc limit 1
  ) run on true
  left join lateral (
    select s.ended_at as at from sync_runs s
    where s.org_id = $1 and s.${column} = ${id} and s.status in ('succeeded', 'partial') and s.kind in ('sync', 'import')
    order by s.started_at desc limit 1
  ) success on true
`;

const connections = `
  select c.id, c.name, c.kind, c.base_url as "baseUrl", c.schedule, coalesce(c.settings->>'timezone', 'UTC') as "timeZone",
    coalesce(c.push_policy->>'mode', 'plan') as "pushMode", run.run as "lastRun", success.at as "lastSuccessAt",
    ${boundedCount(`select from push_states p where p.org_id = $1 and p.connection_id = c.id and p.state = 'dead'`)} as dead,
    ${boundedCount(`
      select from rejected_records r where r.org_id = $1 and r.connection_id = c.id and r.resolved_at is null`)} as rejected
  from connections c ${lastRun('connection_id', 'c.id')}
  where c.org_id = $1 order by c.name
`;

export interface SourceStatusRow {
  readonly id: SourceId;
  readonly name: string;
  readonly kind: string;
  readonly schedule: string | null;
  readonly timeZone: string;
  readonly lastRun: StatusRun | null;
  readonly lastSuccessAt: Date | null;
  readonly rejected: number;
}

export async function readSourceStatus(tx: Tx): Promise<SourceStatusRow[]> {
  const rows = await tx.query<SourceStatusRow>(sources, [tx.orgId]);
  return rows.map((row) => ({ ...row, lastRun: withDates(row.lastRun) }));
}

const sources = `
  select d.id, d.name, d.kind, d.schedule, d.timezone as "timeZone", run.run as "lastRun", success.at as "lastSuccessAt",
    ${boundedCount(`
      select from source_rejects r where r.org_id = $1 and r.source_id = d.id and r.resolved_at is null`)} as rejected
  from data_sources d ${lastRun('source_id', 'd.id')}
  where d.org_id = $1 order by d.name
`;

/** JSON of the database writes instants as text. */
function withDates(run: StatusRun | null): StatusRun | null {
  if (run === null) return null;
  return { ...run, startedAt: new Date(run.startedAt), endedAt: run.endedAt === null ? null : new Date(run.endedAt) };
}
