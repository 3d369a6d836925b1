import { setTimeout as sleep } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import type { OrgId } from '../model/values.ts';
import { tryLock } from './advisory-lock.ts';
import type { DatabaseLog } from './log.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { EntityManagers } from './entity-manager.ts';
import { connectFailure, isConflict, isUnmigrated, unmigrated } from './failures.ts';
import { createOrm } from './orm.ts';
import { type Scope, transact } from './transaction.ts';
import type { Database, HeldLock, Tx } from './tx.ts';

/** Attempts of one transaction that keeps losing against others, the first included. */
const maxAttempts = 5;

/** Doubles with each attempt, with full jitter: two losers must not meet again. */
const firstPauseMs = 20;

export interface DatabaseOptions {
  /** null: the embedded server under `home`. */
  readonly url: string | null;
  readonly home: string;
  readonly signal?: AbortSignal;
  readonly log?: DatabaseLog;
  readonly poolSize?: number;
}

/** The database of a process, with what migrations and the job queue need besides. */
export interface OpenDatabase extends Database {
  /** Where it is, with the password: for other clients of this process, never for a log. */
  readonly url: string;
  readonly orm: MikroORM;
}

/**
 * Connects to `url`, or starts the embedded server. Throws `database-unavailable` (retry) when nobody answers and
 * `database-refused` (fix-config) on a wrong user, password or database name.
 *
 * @example
 * await using scope = new AsyncDisposableStack();
 * const database = scope.adopt(await openDatabase({ url: null, home: '.leadloop' }), (open) => open.close());
 * await migrate(database);
 * await database.transaction(orgId, (tx) => tx.query('select id from leads where status = $1', ['mql']));
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { home, log, signal } = options;
  const server = options.url === null ? await startEmbedded({ home, log, signal }) : null;
  try {
    return await connect(server?.url ?? options.url ?? '', server, options);
  } catch (error) {
    await server?.close();
    throw error;
  }
}

async function connect(url: string, server: EmbeddedServer | null, options: DatabaseOptions): Promise<OpenDatabase> {
  const tell = (message: string): void => options.log?.info({}, message);
  const orm = await createOrm({ url, poolSize: options.poolSize, log: tell });
  try {
    const pool = await orm.em.getConnection().getNativeClient();
    (await pool.connect()).release();
    return new PooledDatabase(url, orm, pool, server);
  } catch (error) {
    await orm.close(true);
    throw connectFailure(error);
  }
}

class PooledDatabase implements OpenDatabase {
  readonly url: string;
  readonly orm: MikroORM;
  readonly #pool: Pool;
  readonly #managers: EntityManagers;
  readonly #server: EmbeddedServer | null;

  // oxlint-disable-next-line max-params -- the parts of one whole, made in one place
  constructor(url: string, orm: MikroORM, pool: Pool, server: EmbeddedServer | null) {
    this.url = url;
    this.orm = orm;
    this.#pool = pool;
    this.#managers = new EntityManagers(orm);
    this.#server = server;
  }

  /**
   * Runs `work` again, whole, after a deadlock or a serialization failure, so `work` must not keep state between runs.
   * A connection lost during the commit leaves the outcome unknown; that is for the caller to find out, and not retried.
   */
  async transaction<T>(orgId: OrgId, work: (tx: Tx) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#transact({ role: 'leadloop_app', orgId }, work, signal);
  }

  async operator<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#transact({ role: 'leadloop_operator', orgId: '' }, work);
  }

  async lock(name: string, waitMs?: number, signal?: AbortSignal): Promise<HeldLock | null> {
    return tryLock(this.url, name, waitMs, signal);
  }

  async close(): Promise<void> {
    await this.orm.close(true);
    // The ORM leaves idle connections to their time-out, and the process would wait for that.
    if (!this.#pool.ending) await this.#pool.end();
    await this.#server?.close();
  }

  async #transact<T>(scope: Scope, work: (tx: Tx) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connections = { pool: this.#pool, managers: this.#managers };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transact(connections, scope, work, signal);
      } catch (error) {
        if (isUnmigrated(error)) throw unmigrated(error);
        if (attempt === maxAttempts || !isConflict(error)) throw error;
        await sleep(Math.random() * firstPauseMs * 2 ** attempt, undefined, signal === undefined ? {} : { signal });
      }
    }
  }
}
