import { Client } from 'pg';
import { lockKey } from '../../src/db/advisory-lock.ts';

export interface SilentHolder extends AsyncDisposable {
  /** What its connection ends with, when somebody else ends it. */
  readonly ended: Promise<Error>;
}

/** A process that has taken the lock and is frozen: nothing is heard of it, and its connection stays. */
export async function silentHolder(url: string, name: string): Promise<SilentHolder> {
  const client = new Client({ connectionString: url, application_name: 'leadloop lock' });
  const ended = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [lockKey(name)]);
  return { ended, [Symbol.asyncDispose]: () => client.end().catch(() => undefined) };
}
