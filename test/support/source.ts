import { randomUUID } from 'node:crypto';
import { connectors } from '../../connectors/index.ts';
import type { Change } from '../../src/config/apply.ts';
import { applySettings } from '../../src/config/execute.ts';
import type { SourceSettings } from '../../src/config/settings.ts';
import type { Database } from '../../src/db/tx.ts';
import { chooseSource } from '../../src/named-source.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { checkSource, type SourceCheck } from '../../src/source/check-source.ts';
import type { SourceServices } from '../../src/source/open-source.ts';
import { runSource, type SourceReport, type SourceRun } from '../../src/source/run-source.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { sealingKey } from './loop.ts';

const sealer = createSealer([{ id: 'test', bytes: sealingKey }]);

/** leadloop, and a database of the customer's own beside it. */
export interface Shop extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly theirs: TestDatabase;
  /** Applies sources to an organisation; what is left out of one takes a default. */
  apply(sources: readonly Partial<SourceSettings>[], org?: string, url?: string): Promise<readonly Change[]>;
  run(options?: Partial<SourceRun> & { readonly org?: string; readonly database?: Database }): Promise<SourceReport>;
  check(): Promise<SourceCheck>;
  /** What has come in of an organisation, by address and instant. */
  usage(org?: string): Promise<Record<string, unknown>[]>;
  rejects(): Promise<Record<string, unknown>[]>;
  position(): Promise<{ readonly watermark: string | null; readonly version: number }>;
}

export const usageQuery = 'select email, captured_at, api_calls from usage_daily where captured_at >= $1';

const plain: SourceSettings = {
  name: 'product-usage',
  kind: 'usage',
  secrets: { database: { env: 'PRODUCT_DATABASE_URL' } },
  query: usageQuery,
  since: { column: 'captured_at', first: '2026-01-01' },
  columns: { api_calls_30d: 'api_calls' },
  schedule: null,
  timezone: 'UTC',
};

export async function startShop(now: () => Date = () => new Date()): Promise<Shop> {
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const theirs = stack.use(await testDatabase({ isEmpty: true }));
  await theirs.sql('create table usage_daily (email text, captured_at timestamptz, api_calls text)');
  await theirs.sql('grant all on usage_daily to leadloop_test');
  const services: SourceServices = {
    database: db.database,
    definitions: connectors,
    sealer,
    now,
    newId: randomUUID,
  };
  const signal = new AbortController().signal;
  const kept = stack.move();
  return {
    db,
    theirs,
    apply: (sources, org = 'acme', url = theirs.url) =>
      applySettings(
        {
          database: db.database,
          sealer,
          actor: 'cli',
          now,
          defaultProfiles: [],
          readCredentials: () => ({ values: {} }),
          readAddress: () => ({ values: { database: url } }),
        },
        {
          orgs: [
            {
              slug: org,
              name: org,
              connections: [],
              profiles: [],
              examples: [],
              sources: sources.map((one) => ({ ...plain, ...one })),
            },
          ],
        },
        { dryRun: false },
      ),
    async run({ org = 'acme', database = db.database, ...options } = {}) {
      const source = await chooseSource(db.database, plain.name, org);
      const run = { full: false, signal, onProgress: () => undefined, ...options };
      return runSource({ ...services, database }, source, run);
    },
    check: async () => checkSource(services, await chooseSource(db.database, plain.name, 'acme'), signal),
    usage: (org = 'acme') =>
      db.sql(
        `select d.email, u.captured_at as at, u.api_calls_30d as calls from internal_signals u
         join developer_signups d on d.id = u.developer_id join orgs o on o.id = d.org_id
         where o.slug = $1 order by 2, 1`,
        [org],
      ),
    rejects: () =>
      db.sql(
        `select field, code, message, fields, times, resolved_at is not null as resolved from source_rejects order by id`,
      ),
    async position() {
      const [row] = await db.sql<{ watermark: string | null; version: number }>(
        `select watermark, version from data_sources`,
      );
      return row!;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A database that fails at a transaction, counted from 1, after its work and before its commit. */
export function failingAt(database: Database, isFailing: (nth: number) => boolean): Database {
  let nth = 0;
  return {
    transaction: (orgId, work, signal) =>
      database.transaction(
        orgId,
        async (tx) => {
          const result = await work(tx);
          nth += 1;
          if (isFailing(nth)) throw new Error('struck down');
          return result;
        },
        signal,
      ),
    operator: (work) => database.operator(work),
    lock: (...asked) => database.lock(...asked),
    close: () => database.close(),
  };
}
