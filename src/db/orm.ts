import { fileURLToPath } from 'node:url';
import { MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { entities } from './entities/index.ts';
import { idleTransactionSettings, keepAliveSettings } from './server-settings.ts';

/** Beside `src`, and beside `dist/src` after a build. */
const migrationsPath = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface OrmOptions {
  readonly url: string;
  /** Connections at most. Default 10: more than two cores of workers can use, and a tenth of a stock server. */
  readonly poolSize?: number | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/** The ORM and the one connection pool of the process. It connects at the first use. */
export async function createOrm({ url, poolSize = 10, log = () => undefined }: OrmOptions): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    // `connectionString` as well, so that `sslmode` and other parameters of the URL reach the driver.
    driverOptions: {
      connectionString: url,
      max: poolSize,
      application_name: 'leadloop',
      options: `${keepAliveSettings} ${idleTransactionSettings}`,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    },
    entities,
    extensions: [Migrator],
    // Or a misspelt DATABASE_URL would make a database of that name.
    ensureDatabase: false,
    // Entities travel with the transaction that loaded them; a global identity map would mix organisations.
    allowGlobalContext: false,
    forceUtcTimezone: true,
    migrations: {
      path: migrationsPath,
      glob: '*_*.{js,ts}',
      tableName: 'schema_migrations',
      transactional: true,
      allOrNothing: true,
      snapshot: false,
      disableForeignKeys: false,
    },
    // The migrations own what the ORM does not need to know: constraints, indexes, policies, triggers and functions.
    schemaGenerator: { ignoreTriggers: true, ignoreRoutines: true },
    logger: log,
    colors: false,
  });
}
