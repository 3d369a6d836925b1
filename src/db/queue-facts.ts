import type { OpenDatabase } from './database.ts';
import { loginQuery } from './login-query.ts';

/** What the queue holds. Asked as the login role, whose schema it is. */
export interface QueueFacts {
  readonly kinds: readonly QueueKindFacts[];
  /** Daemons that have been heard of lately. */
  readonly processes: number;
  /** Of these, those that look at wake-ups. */
  readonly workers: number;
}

export interface QueueKindFacts {
  /** Of the wake-ups. */
  readonly kind: string;
  /** For a worker. */
  readonly waiting: number;
  /** Of these, the longest; null = none waits, but perhaps one whose subject is being looked at, and which comes after that. */
  readonly oldestWaitingMs: number | null;
  /** Being looked at. */
  readonly active: number;
  readonly oldestActiveMs: number | null;
  /** Given up after several workers: kept for an hour. */
  readonly failed: number;
}

/** Null = no daemon has made the queue yet. */
export async function readQueueFacts(database: Pick<OpenDatabase, 'orm'>): Promise<QueueFacts | null> {
  if (!(await isThere(database))) return null;
  const kinds = await loginQuery<QueueKindFacts>(database, depths);
  const [alive] = await loginQuery<Pick<QueueFacts, 'processes' | 'workers'>>(database, presence);
  return { kinds, processes: alive?.processes ?? 0, workers: alive?.workers ?? 0 };
}

/** Connections and sources that a scheduler has asked a run for, which waits or is under way: their ids. */
export async function readQueuedSubjects(database: Pick<OpenDatabase, 'orm'>): Promise<ReadonlySet<string>> {
  if (!(await isThere(database))) return new Set();
  const rows = await loginQuery<{ readonly id: string }>(database, subjects);
  return new Set(rows.map(({ id }) => id));
}

async function isThere(database: Pick<OpenDatabase, 'orm'>): Promise<boolean> {
  const [row] = await loginQuery<{ readonly isThere: boolean }>(
    database,
    `select to_regclass('pgboss.job') is not null and to_regclass('pgboss.instance') is not null as "isThere"`,
  );
  return row?.isThere === true;
}

// States before `active` wait; a further try waits from the end of the last one. The list of states is that of the queue's own
// index: what is done stays for an hour, and may be much. Its internal queues begin with two underscores.
const live = `state in ('created', 'retry', 'active', 'failed')`;

const depths = `
  with live as (
    select name, state, singleton_key, greatest(created_on, start_after) as since, started_on from pgboss.job where ${live}
  ), depth as (
    select w.name, count(*) filter (where w.state < 'active')::int as waiting,
      min(w.since) filter (where w.state < 'active' and a.name is null) as waits_since,
      count(*) filter (where w.state = 'active')::int as active,
      min(w.started_on) filter (where w.state = 'active') as active_since,
      count(*) filter (where w.state = 'failed')::int as failed
    from live w
    left join live a on w.state < 'active' and a.state = 'active' and a.name = w.name and a.singleton_key = w.singleton_key
    group by w.name
  )
  select q.name as kind, coalesce(d.waiting, 0) as waiting, coalesce(d.active, 0) as active, coalesce(d.failed, 0) as failed,
    ${msSince('d.waits_since')} as "oldestWaitingMs", ${msSince('d.active_since')} as "oldestActiveMs"
  from pgboss.queue q left join depth d on d.name = q.name
  where left(q.name, 2) <> '__' order by q.name
`;

const presence = `
  select count(*)::int as processes, count(*) filter (where jsonb_array_length(workers) > 0)::int as workers
  from pgboss.instance
  where stopped_on is null and heartbeat_on > clock_timestamp() - interval '1 second' * 3 * heartbeat_seconds
`;

const subjects = `
  select distinct singleton_key as id from pgboss.job
  where ${live} and state <> 'failed' and name in ('sync', 'import') and singleton_key is not null
`;

function msSince(column: string): string {
  return `case when ${column} is not null then greatest(0, extract(epoch from clock_timestamp() - ${column}) * 1000)::float8 end`;
}
