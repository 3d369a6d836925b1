import { Client } from 'pg';
import { lockKey } from './advisory-lock.ts';
import type { OpenDatabase } from './database.ts';
import { connectFailure, unmigrated } from './failures.ts';

/** Applies what is pending, as the login role, in one transaction. Returns the names; [] when there was nothing to do. */
export async function migrate(database: OpenDatabase): Promise<string[]> {
  return alone(database, async () => {
    const applied = await database.orm.migrator.up();
    return applied.map(({ name }) => name);
  });
}

/** Names of the migrations that `migrate` would apply, in order. */
export async function pendingMigrations(database: OpenDatabase): Promise<string[]> {
  const pending = await database.orm.migrator.getPending();
  return pending.map(({ name }) => name);
}

/**
 * For whoever is about to work for days: what an older schema lacks would show late, in one run after another. A newer schema than
 * ours is no fault: while an upgrade rolls, the old version goes on beside the new one.
 * @throws AppError `database-unmigrated` (fix-config)
 */
export async function refuseUnmigrated(database: OpenDatabase): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0) throw unmigrated(new Error(`pending: ${pending.join(', ')}`));
}

/** Reverts the latest migration, or all of them: for development and tests; production goes forward only. */
export async function revertMigrations(database: OpenDatabase, to: 'previous' | 'nothing'): Promise<string[]> {
  return alone(database, async () => {
    const reverted = await database.orm.migrator.down(to === 'nothing' ? { to: 0 } : undefined);
    return reverted.map(({ name }) => name);
  });
}

/** A second process waits here until the first has migrated, and then finds nothing to do. */
async function alone<T>(database: OpenDatabase, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: database.url, application_name: 'leadloop migrate' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [lockKey('migrate')]);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectFailure(error);
  }
  try {
    return await work();
  } finally {
    await client.end();
  }
}
