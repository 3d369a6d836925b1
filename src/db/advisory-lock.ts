import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { connectFailure, unavailable } from './failures.ts';
import type { HeldLock } from './tx.ts';

/** A silent network loses a connection without a word, so the holder asks. */
const heartbeatMs = 10_000;

/** The lock, or null when somebody holds it. One connection a lock: it ends with its holder, whatever kills that. */
export async function tryLock(url: string, name: string): Promise<HeldLock | null> {
  const client = new Client({
    connectionString: url,
    application_name: 'leadloop lock',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: heartbeatMs,
  });
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(unavailable(error)));
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [lockKey(name)]);
    if (rows[0]?.held === true) return held(client, lost);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectFailure(error);
  }
  await client.end();
  return null;
}

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
