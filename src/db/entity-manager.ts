import { type EntityManager, Kysely, type MikroORM, type PostgreSqlConnection } from '@mikro-orm/postgresql';
import type { PoolClient } from 'pg';

type KyselyConfig = ConstructorParameters<typeof Kysely>[0];
type Dialect = KyselyConfig['dialect'];
type Driver = ReturnType<Dialect['createDriver']>;
type DatabaseConnection = Awaited<ReturnType<Driver['acquireConnection']>>;

/**
 * Entity managers on a connection whose transaction we began ourselves.
 *
 * MikroORM would spend three round trips on `begin`, `set_config` and `set local role`, and puts parameters into the text
 * of each statement. The hot path needs neither, so `Tx.query` talks to `pg` directly, and the entity manager is laid over
 * the same client: MikroORM takes a Kysely transaction as context, and this Kysely's driver hands out our client and leaves
 * begin, commit and rollback to us. Savepoints (a nested `em.transactional`) are real.
 */
export class EntityManagers {
  readonly #orm: MikroORM;
  readonly #base: Dialect;
  /** One Kysely a client: building it costs more than a statement does. */
  readonly #kyselys = new WeakMap<PoolClient, Kysely<unknown>>();

  constructor(orm: MikroORM) {
    this.#orm = orm;
    const connection: PostgreSqlConnection = orm.em.getConnection();
    // For its SQL compiler only: the pool it makes never opens a connection.
    this.#base = connection.createKyselyDialect({});
  }

  async on(client: PoolClient): Promise<EntityManager> {
    let kysely = this.#kyselys.get(client);
    if (kysely === undefined) {
      kysely = this.#kyselyOn(client);
      this.#kyselys.set(client, kysely);
    }
    const em = this.#orm.em.fork({ clear: true, useContext: false });
    em.setTransactionContext(await kysely.startTransaction().execute());
    return em;
  }

  #kyselyOn(client: PoolClient): Kysely<unknown> {
    const base = this.#base;
    return new Kysely({
      dialect: {
        createDriver: () => driverOn(client),
        createAdapter: () => base.createAdapter(),
        createQueryCompiler: () => base.createQueryCompiler(),
        createIntrospector: (db) => base.createIntrospector(db),
      },
    });
  }
}

const nothing = async (): Promise<void> => undefined;

function driverOn(client: PoolClient): Driver {
  const connection = connectionOn(client);
  const run = (sql: string) => async (): Promise<void> => {
    await client.query(sql);
  };
  return {
    init: nothing,
    acquireConnection: async () => connection,
    releaseConnection: nothing,
    beginTransaction: nothing,
    commitTransaction: nothing,
    rollbackTransaction: nothing,
    savepoint: async (_connection, name) => run(`savepoint ${client.escapeIdentifier(name)}`)(),
    releaseSavepoint: async (_connection, name) => run(`release savepoint ${client.escapeIdentifier(name)}`)(),
    rollbackToSavepoint: async (_connection, name) => run(`rollback to savepoint ${client.escapeIdentifier(name)}`)(),
    destroy: nothing,
  };
}

const writes: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

function connectionOn(client: PoolClient): DatabaseConnection {
  return {
    executeQuery: async ({ sql, parameters }) => {
      const { command, rowCount, rows } = await client.query(sql, [...parameters]);
      return writes.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
    },
    streamQuery: () => {
      throw new Error('the entity manager of a transaction does not stream; write a statement of db/queries');
    },
  };
}
