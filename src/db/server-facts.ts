import type { OpenDatabase } from './database.ts';
import { loginQuery } from './login-query.ts';

/** What the server says of itself. Asked as the login role: the application's may not look at other connections. */
export interface ServerFacts {
  /** `18.1` */
  readonly version: string;
  /** 180001 */
  readonly versionNumber: number;
  readonly now: Date;
  readonly isReplica: boolean;
  /** Transactions begin read-only. */
  readonly isReadOnly: boolean;
  /** Connections that are open, of everybody, and how many an ordinary user may open in all. */
  readonly connections: number;
  readonly maxConnections: number;
  /** Milliseconds; 0 = none. */
  readonly statementTimeoutMs: number;
  readonly idleSessionTimeoutMs: number;
  /** What survives a crash of the server's machine is not all that was committed. */
  readonly isUnsafe: boolean;
}

/** A lock of ours that is held, by whatever process. */
export interface LockHolder {
  /** As `lockKey` makes it. */
  readonly key: string;
  /** Of the server's process. */
  readonly pid: number;
  /** Since its holder last said something. */
  readonly silentMs: number;
  /** Since when it is connected. */
  readonly since: Date;
}

export async function readServerFacts(database: OpenDatabase): Promise<ServerFacts> {
  const [row] = await loginQuery<Omit<ServerFacts, 'now'> & { readonly nowMs: number }>(database, facts);
  if (row === undefined) throw new Error('the server said nothing of itself');
  const { nowMs, ...known } = row;
  return { ...known, now: new Date(nowMs) };
}

// `reset_val`: what a new connection gets, whatever this statement's own limit is.
const facts = `
  select current_setting('server_version') as version, current_setting('server_version_num')::int as "versionNumber",
    (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
    pg_is_in_recovery() as "isReplica", current_setting('default_transaction_read_only')::bool as "isReadOnly",
    (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "maxConnections",
    (select reset_val::int from pg_settings where name = 'statement_timeout') as "statementTimeoutMs",
    (select setting::int from pg_settings where name = 'idle_session_timeout') as "idleSessionTimeoutMs",
    not (current_setting('fsync')::bool and current_setting('full_page_writes')::bool) as "isUnsafe"
`;

export async function readLockHolders(database: OpenDatabase): Promise<readonly LockHolder[]> {
  const rows = await loginQuery<Omit<LockHolder, 'since'> & { readonly sinceMs: number }>(database, holders);
  return rows.map(({ sinceMs, ...holder }) => ({ ...holder, since: new Date(sinceMs) }));
}

// pg_locks shows the two halves of a 64-bit name; objsubid 1 says that it is one.
const holders = `
  select ((l.classid::bigint << 32) | l.objid::bigint)::text as key, l.pid,
    coalesce((extract(epoch from clock_timestamp() - a.state_change) * 1000)::float8, 0) as "silentMs",
    coalesce((extract(epoch from a.backend_start) * 1000)::float8, 0) as "sinceMs"
  from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and a.application_name = 'leadloop lock'
    and l.database = (select oid from pg_database where datname = current_database())
`;
