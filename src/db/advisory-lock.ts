import { createHash } from 'node:crypto';
import { Client, DatabaseError } from 'pg';
import { connectFailure, unavailable } from './failures.ts';
import { keepAliveSettings } from './server-settings.ts';
import type { HeldLock } from './tx.ts';

/** A silent network loses a connection without a word, so the holder asks, and gives the lock up when nothing answers. */
const heartbeatMs = 2_000;
const answerMs = 5_000;

/**
 * A holder that has not been heard of for so long is dead, frozen or cut off: its connection is ended, and the lock with it. Longer
 * than a holder waits for an answer, so that it has given up by then, unless it is not running at all; and not longer than the queue
 * waits for a worker, so that whoever gets its work finds the lock free.
 */
const silentSeconds = 9;

/** Whoever waits for the lock looks so often whether its holder has fallen silent. */
const lookMs = 3_000;

const lockApplicationName = 'leadloop lock';

/**
 * The lock, or null when somebody holds it, and goes on holding it for `waitMs`. Whoever waits is served before whoever only
 * asks. One connection a lock: it ends with its holder, whatever kills that. A holder that is
 * silent is parted from it.
 */
export async function tryLock(
  url: string,
  name: string,
  waitMs = 0,
  signal: AbortSignal = new AbortController().signal,
): Promise<HeldLock | null> {
  const client = new Client({
    connectionString: url,
    application_name: lockApplicationName,
    options: keepAliveSettings,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: answerMs,
  });
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(unavailable(error)));
  try {
    await client.connect();
    if ((await isTaken(client, name)) || (await comesFree(client, { name, waitMs, signal }))) return held(client, lost);
  } catch (error) {
    await client.end().catch(() => undefined);
    signal.throwIfAborted();
    throw connectFailure(error);
  }
  await client.end();
  return null;
}

async function isTaken(client: Client, name: string): Promise<boolean> {
  const key = lockKey(name);
  const take = async (): Promise<boolean> => {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [key]);
    return rows[0]?.held === true;
  };
  if (await take()) return true;
  const { rowCount } = await client.query(endSilentHolder, [key, lockApplicationName, silentSeconds]);
  return (rowCount ?? 0) > 0 && take();
}

interface Waiting {
  readonly name: string;
  readonly waitMs: number;
  /** Noticed at the next look. */
  readonly signal: AbortSignal;
}

/** Waits for the lock; a holder that falls silent meanwhile is parted from it. */
async function comesFree(client: Client, { name, waitMs, signal }: Waiting): Promise<boolean> {
  for (let leftMs = waitMs; leftMs > 0; leftMs -= lookMs) {
    signal.throwIfAborted();
    if (await isGranted(client, name, Math.min(leftMs, lookMs))) return true;
    if (await isTaken(client, name)) return true;
  }
  return false;
}

/** Waits in the server's line. */
async function isGranted(client: Client, name: string, waitMs: number): Promise<boolean> {
  await client.query(`select set_config('lock_timeout', $1, false)`, [`${waitMs}ms`]);
  const waiting = { text: 'select pg_advisory_lock($1)', values: [lockKey(name)], query_timeout: waitMs + answerMs };
  return client.query(waiting).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DatabaseError && error.code === lockTimeout) return false;
      throw error;
    },
  );
}

/** SQLSTATE lock_not_available. */
const lockTimeout = '55P03';

// A 64-bit advisory lock shows its halves as classid and objid. The holder speaks on the connection of the lock itself;
// one that is not idle has just been granted it.
const endSilentHolder = `
  select pg_terminate_backend(a.pid, 2000)
  from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
    and a.application_name = $2 and a.state = 'idle' and a.state_change < clock_timestamp() - make_interval(secs => $3)
`;

/** Advisory locks have 64-bit names: the first eight bytes of SHA-256. */
export function lockKey(name: string): string {
  return createHash('sha256').update(`leadloop:${name}`).digest().readBigInt64BE().toString();
}

function held(client: Client, lost: AbortController): HeldLock {
  const heartbeat = setInterval(() => {
    client.query('select 1').catch((error: unknown) => lost.abort(unavailable(error)));
  }, heartbeatMs);
  heartbeat.unref();
  return {
    signal: lost.signal,
    [Symbol.asyncDispose]: async () => {
      clearInterval(heartbeat);
      await client.end().catch(() => undefined);
    },
  };
}
