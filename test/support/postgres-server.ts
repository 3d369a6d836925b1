import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase } from '../../src/db/database.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';

/** A server for tests, with a migrated database to clone. */
export interface TestServer {
  readonly superuserUrl: string;
  /** The login that owns the databases: no superuser, as on a hosted server. */
  readonly loginUrl: string;
  readonly template: string;
}

/**
 * The server named by `LEADLOOP_TEST_DATABASE_URL` (a superuser's), or an embedded one made for the occasion. `isDurable`: what
 * it has committed survives its death; a test that kills it needs that.
 */
export async function startTestServer({ isDurable = false } = {}): Promise<TestServer & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const given = process.env['LEADLOOP_TEST_DATABASE_URL'];
  const superuserUrl = given ?? (await startOwn(stack, isDurable));
  const login = await makeLogin(superuserUrl);
  const template = `leadloop_template_${randomBytes(4).toString('hex')}`;
  const loginUrl = at(login, template);
  await onServer(superuserUrl, `create database ${template} owner ${new URL(login).username}`);
  stack.defer(async () => onServer(superuserUrl, `drop database ${template} with (force)`));
  const database = await openDatabase({ url: loginUrl, home: '' });
  await migrate(database);
  await database.close();
  const kept = stack.move();
  return { superuserUrl, loginUrl, template, [Symbol.asyncDispose]: async () => kept.disposeAsync() };
}

/** The same server, another database. */
export function at(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function onServer(superuserUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function startOwn(stack: AsyncDisposableStack, isDurable: boolean): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'leadloop-test-'));
  stack.defer(async () => rm(home, { recursive: true, force: true }));
  // For root: the server runs as another user, who has to reach its files.
  await chmod(home, 0o755);
  const server = await startEmbedded({ home, isDurable });
  stack.defer(async () => server.close());
  return server.superuserUrl;
}

async function makeLogin(superuserUrl: string): Promise<string> {
  const login = new URL(superuserUrl);
  login.username = 'leadloop_test';
  login.password = 'leadloop_test';
  await onServer(
    superuserUrl,
    `do $$ begin
      create role leadloop_test login createdb createrole password 'leadloop_test';
    exception when duplicate_object or unique_violation then null; end $$`,
  );
  return login.href;
}
