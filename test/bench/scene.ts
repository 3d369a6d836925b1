import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { ConnectorDefinition } from '../../src/connector-sdk/connector.ts';
import { openConnection, type Session, type SessionServices } from '../../src/connection.ts';
import { openDatabase, type OpenDatabase } from '../../src/db/database.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Database } from '../../src/db/tx.ts';
import type { OrgId } from '../../src/model/values.ts';
import { createSealer } from '../../src/secrets/seal.ts';
import { at, onServer } from '../support/postgres-server.ts';
import { type CrmName, crms } from './crms.ts';

/** A PostgreSQL server as a user has it: durable, with the settings of the embedded one. */
export interface BenchServer extends AsyncDisposable {
  readonly postmaster: number;
  /** A migrated database of its own with one organisation. */
  database(): Promise<Scene>;
}

export interface Scene extends AsyncDisposable {
  readonly database: OpenDatabase;
  readonly orgId: OrgId;
  /** A client outside of row level security's way: the organisation is set for the whole session. */
  readonly client: Client;
  /** Of the same database: for rows that are made in masses. */
  readonly superuserUrl: string;
}

const home = 'leadloop-bench-';

export async function startServer(): Promise<BenchServer> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), home));
  stack.defer(async () => rm(directory, { recursive: true, force: true }));
  // For root: the server runs as another user, who has to reach its files.
  await chmod(directory, 0o755);
  const server = await startEmbedded({ home: directory });
  stack.defer(async () => server.close());
  const kept = stack.move();
  return {
    postmaster: await postmasterOf(server.superuserUrl),
    database: async () => openScene(server.superuserUrl, server.url),
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

async function postmasterOf(superuserUrl: string): Promise<number> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ file: string }>(`select pg_read_file('postmaster.pid') as file`);
  await client.end();
  return Number(rows[0]?.file.split('\n')[0]);
}

async function openScene(superuserUrl: string, loginUrl: string): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const name = `bench_${randomUUID().slice(0, 8)}`;
  await onServer(superuserUrl, `create database ${name} owner ${new URL(loginUrl).username}`);
  stack.defer(async () => onServer(superuserUrl, `drop database ${name} with (force)`));
  const url = at(loginUrl, name);
  const database = stack.adopt(await openDatabase({ url, home: '' }), async (open) => open.close());
  await migrate(database);
  const orgId = randomUUID();
  await database.operator((tx) => tx.query(`insert into orgs (id, slug, name) values ($1, 'bench', 'Bench')`, [orgId]));
  const client = stack.adopt(new Client({ connectionString: url }), async (open) => open.end());
  await client.connect();
  await client.query(`select set_config('leadloop.org_id', $1, false)`, [orgId]);
  const kept = stack.move();
  return {
    database,
    orgId,
    client,
    superuserUrl: at(superuserUrl, name),
    [Symbol.asyncDispose]: async () => kept.disposeAsync(),
  };
}

export interface RunningCrm extends AsyncDisposable {
  readonly name: CrmName;
  readonly url: string;
  /** Calls by route since the last time, as the CRM saw them. */
  takeCalls(): Promise<Readonly<Record<string, number>>>;
  /** Lets time pass in there. */
  advance(ms: number): Promise<void>;
}

/** A CRM with so many people, in a process of its own and without rate limits. */
export async function startCrm(name: CrmName, people: number): Promise<RunningCrm> {
  const script = fileURLToPath(new URL('sandbox-process.ts', import.meta.url));
  const child = fork(script, [name, `${people}`]);
  const [url] = (await Promise.race([once(child, 'message'), failed(child)])) as [string];
  return {
    name,
    url,
    async takeCalls() {
      const answer = await fetch(`${url}/__sandbox/requests`);
      await fetch(`${url}/__sandbox/requests`, { method: 'DELETE' });
      return ((await answer.json()) as { counts: Record<string, number> }).counts;
    },
    async advance(advanceMs) {
      const body = JSON.stringify({ advanceMs });
      const headers = { 'content-type': 'application/json' };
      const { ok } = await fetch(`${url}/__sandbox/clock`, { method: 'POST', headers, body });
      if (!ok) throw new Error(`the clock of ${name} cannot be moved`);
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the process ended with ${code} before it was ready`);
}

const sealer = createSealer([{ id: 'bench', bytes: Buffer.alloc(32, 7) }]);

// Without limits of our own, too: what is measured is our work, not our patience.
// In a list they are only what JSON holds.
const unlimited = Object.values(crms).map(({ definition }) => ({
  ...definition,
  limits: {},
})) as unknown as readonly ConnectorDefinition[];

/** The only connection of a scene. */
export const connectionName = 'crm';

/** Connects the organisation to a CRM; with `massFrom` waiting records or more they are written as one job. */
export async function addConnection(
  scene: Scene,
  { name, url }: Pick<RunningCrm, 'name' | 'url'>,
  massFrom: number | null = null,
): Promise<string> {
  const { rows } = await scene.client.query<{ id: string }>(
    `insert into connections (org_id, name, kind, base_url, push_policy) values ($1, $2, $3, $4, $5) returning id`,
    [scene.orgId, connectionName, name, url, { mode: 'auto', massFrom }],
  );
  const id = rows[0]!.id;
  const sealed = sealer.seal(JSON.stringify(crms[name].credentials), { orgId: scene.orgId, connectionId: id });
  await scene.client.query('update connections set credentials_sealed = $2, credentials_key_id = $3 where id = $1', [
    id,
    Buffer.from(sealed.bytes),
    sealed.keyId,
  ]);
  return id;
}

/** `aheadMs`: how far the clock of the session is ahead of the real one. */
export async function openSession(database: Database, orgId: OrgId, aheadMs = 0): Promise<Session> {
  return openConnection(servicesOf(database, aheadMs), orgId, connectionName);
}

/** What a process works with; `aheadMs` as above. */
export function servicesOf(database: Database, aheadMs = 0): SessionServices {
  return {
    database,
    definitions: unlimited,
    sealer,
    now: () => new Date(Date.now() + aheadMs),
    newId: randomUUID,
    random: Math.random,
    log: () => undefined,
  };
}
