import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { openDatabase, type OpenDatabase } from '../../src/db/database.ts';
import { wireTypes } from '../../src/db/wire-types.ts';
import type { OrgId } from '../../src/model/values.ts';
import { serverVariable } from './global-postgres.ts';
import { at, onServer, startTestServer, type TestServer } from './postgres-server.ts';

/** A database of one's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly database: OpenDatabase;
  /** As its owner, for a process under test (`DATABASE_URL`). */
  readonly url: string;
  readonly superuserUrl: string;
  /** As superuser: sees every organisation's rows. For assertions and for rows that nobody could write by the rules. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  org(slug: string): Promise<OrgId>;
  twoOrgs(): Promise<readonly [acme: OrgId, umbrella: OrgId]>;
}

/**
 * Clones the migrated template (about 50 ms); `isEmpty` gives one without any table, `server` one on a server of
 * the caller's. In vitest the server is shared by
 * the run; a plain script gets a server of its own, which stops with its last database.
 *
 * @example
 * await using db = await testDatabase();
 * const orgId = await db.org('acme');
 * await db.database.transaction(orgId, (tx) => tx.query('select 1'));
 */
export async function testDatabase(
  options: { readonly isEmpty?: boolean; readonly server?: TestServer } = {},
): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  const server = options.server ?? (await useServer(stack));
  const name = `leadloop_test_${randomBytes(6).toString('hex')}`;
  const owner = new URL(server.loginUrl).username;
  const template = options.isEmpty === true ? 'template1' : server.template;
  await onServer(server.superuserUrl, `create database ${name} template ${template} owner ${owner}`);
  stack.defer(async () => onServer(server.superuserUrl, `drop database if exists ${name} with (force)`));
  const superuserUrl = at(server.superuserUrl, name);
  const superuser = stack.adopt(new Pool({ connectionString: superuserUrl, max: 2, types: wireTypes }), (pool) =>
    pool.end(),
  );
  superuser.on('error', () => undefined);
  const url = at(server.loginUrl, name);
  const database = stack.adopt(await openDatabase({ url, home: '' }), async (open) => open.close());
  const kept = stack.move();
  return {
    database,
    url,
    superuserUrl,
    ...statements(superuser),
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

function statements(superuser: Pool): Pick<TestDatabase, 'sql' | 'org' | 'twoOrgs'> {
  const org = async (slug: string): Promise<OrgId> => {
    const { rows } = await superuser.query<{ id: OrgId }>(
      'insert into orgs (slug, name) values ($1, $1) returning id',
      [slug],
    );
    return rows[0]!.id;
  };
  return {
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await superuser.query<Row>(text, [...values])).rows,
    org,
    twoOrgs: async () => [await org('acme'), await org('umbrella')],
  };
}

let own: Promise<TestServer & AsyncDisposable> | null = null;
let users = 0;

async function useServer(stack: AsyncDisposableStack): Promise<TestServer> {
  const shared = process.env[serverVariable];
  if (shared !== undefined) return JSON.parse(shared) as TestServer;
  users += 1;
  own ??= startTestServer();
  stack.defer(async () => {
    users -= 1;
    if (users > 0 || own === null) return;
    const last = await own;
    own = null;
    await last[Symbol.asyncDispose]();
  });
  return own;
}
