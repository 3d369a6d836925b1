import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { type EmbeddedServer, startEmbedded } from '../../../src/db/embedded.ts';
import { findPostmaster, type Postmaster } from '../../../src/db/embedded/postmaster.ts';

let home: string;
let opened: EmbeddedServer[];
let spawned: ChildProcess[];
let intruders: Server[];

beforeEach(async () => {
  opened = [];
  spawned = [];
  intruders = [];
  home = await mkdtemp(join(tmpdir(), 'leadloop-embedded-'));
  // mkdtemp closes the directory to everybody else; the server of a root process is somebody else.
  await chmod(home, 0o755);
});
afterEach(async () => {
  for (const child of spawned) await end(child, 'SIGKILL');
  for (const intruder of intruders) intruder.close();
  for (const server of opened) await server.close();
  const orphan = await findPostmaster(data());
  if (orphan !== null) process.kill(orphan.pid, 'SIGQUIT');
  await rm(home, { recursive: true, force: true });
});

/** Where it is free. */
async function takePort(port: number): Promise<void> {
  const intruder = createServer().listen(port, '127.0.0.1');
  await once(intruder, 'listening').then(
    () => intruders.push(intruder),
    () => undefined,
  );
}

const data = (): string => join(home, 'postgres', 'data');

async function start(): Promise<EmbeddedServer> {
  const server = await startEmbedded({ home, isDurable: false });
  opened.push(server);
  return server;
}

async function ask(url: string, text: string): Promise<object[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

async function postmaster(): Promise<Postmaster> {
  const found = await findPostmaster(data());
  if (found === null) throw new Error('no server is running');
  return found;
}

/** Another process that opens the same server, says so, and waits to be killed. */
function otherProcess(): ChildProcess {
  const module = new URL('../../../src/db/embedded.ts', import.meta.url).href;
  const script = `const { startEmbedded } = await import(${JSON.stringify(module)});
    const server = await startEmbedded({ home: ${JSON.stringify(home)}, isDurable: false });
    process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
    console.log('open'); setInterval(() => undefined, 1000);`;
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const args = ['--conditions=source', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  spawned.push(child);
  return child;
}

/** Fails when the process ends instead: waiting for a word of the dead would hide what it said on stderr. */
async function isOpen(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once('data', () => resolve());
    child.once('close', (code, signal) => reject(new Error(`ended with ${code ?? signal} before it was open`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const hasExited = child.exitCode !== null || child.signalCode !== null;
  if (hasExited) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

test('a new home gets a server, in UTF-8 and UTC, that stops with its only user', async () => {
  const server = await start();
  expect(
    await ask(
      server.url,
      `select current_user as role, current_setting('timezone') as zone,
    current_setting('server_encoding') as encoding, datlocprovider::text as provider, datlocale as locale, rolsuper as super
    from pg_database, pg_roles where datname = current_database() and rolname = current_user`,
    ),
  ).toEqual([{ role: 'leadloop', zone: 'UTC', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', super: false }]);
  await server.close();
  expect(await findPostmaster(data())).toBeNull();
  expect(await readdir(data())).not.toContain('postmaster.pid');
});

test('data, port and password outlive a restart; the password is for its owner only', async () => {
  const first = await start();
  await ask(first.url, 'create table kept (n int)');
  await first.close();
  const started = performance.now();
  const second = await start();
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, 'select * from kept')).toEqual([]);
  expect((await stat(join(home, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
});

test('two processes that start at once share one server, and the last one out stops it', async () => {
  const children = [otherProcess(), otherProcess()] as const;
  await Promise.all(children.map(isOpen));
  const server = await start();
  const { pid } = await postmaster();
  expect(
    await ask(
      server.superuserUrl,
      `select count(*)::int as users from pg_stat_activity where application_name = 'leadloop presence'`,
    ),
  ).toEqual([{ users: 3 }]);
  await server.close();
  await end(children[0], 'SIGTERM');
  expect((await postmaster()).pid).toBe(pid);
  await end(children[1], 'SIGTERM');
  expect(children.map((child) => child.exitCode)).toEqual([0, 0]);
  expect(await findPostmaster(data())).toBeNull();
});

test('a server whose owner was killed is taken over, as it is', async () => {
  const owner = otherProcess();
  await isOpen(owner);
  const { pid } = await postmaster();
  await end(owner, 'SIGKILL');
  const server = await start();
  expect((await postmaster()).pid).toBe(pid);
  expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.close();
  expect(await findPostmaster(data())).toBeNull();
});

test('a process killed at any moment of the first start leaves nothing that stops the next one', async () => {
  for (const afterMs of [300, 600, 900, 1_300, 1_800]) {
    const child = otherProcess();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    expect(child.exitCode).toBeNull();
    await end(child, 'SIGKILL');
  }
  const server = await start();
  expect(await ask(server.url, 'select current_database() as name')).toEqual([{ name: 'leadloop' }]);
  await server.close();
  // By now the orphans of the killed processes have failed or finished.
  await start();
  expect((await readdir(join(home, 'postgres'))).filter((name) => name.startsWith('data.new'))).toEqual([]);
});

test.each([
  ['a process that is gone', () => '4194000'],
  ['another process that got the number', () => `${process.pid}`],
])('a postmaster.pid that a power loss left, naming %s, is no obstacle', async (_, pid) => {
  await (await start()).close();
  const lines = [pid(), data(), '1700000000', '5432', '', '127.0.0.1', '1 1', 'ready'];
  const file = join(data(), 'postmaster.pid');
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  const { uid, gid } = await stat(data());
  await chown(file, uid, gid);
  const server = await start();
  expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a taken port is replaced by a free one', async () => {
  const first = await start();
  await first.close();
  const intruder = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
  await once(intruder, 'listening');
  const second = await start();
  intruder.close();
  expect(second.url).not.toBe(first.url);
  expect(await readFile(join(home, 'postgres', 'port'), 'utf8')).toBe(`${new URL(second.url).port}\n`);
});

test('a server that dies under a running process is started again, and its pool recovers', async () => {
  const database = await openDatabase({ url: null, home });
  const { pid } = await postmaster();
  process.kill(pid, 'SIGKILL');
  const deadline = Date.now() + 30_000;
  for (;;) {
    const current = await findPostmaster(data());
    const answer = await database.orm.em
      .getConnection()
      .execute('select 1 as one')
      .catch(() => null);
    if (answer !== null && current !== null && current.pid !== pid) break;
    expect(Date.now()).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await database.close();
  expect(await findPostmaster(data())).toBeNull();
});

/** Another program took the port in the second before the revival; the pool asked at the old one for ever. */
test('a server that is started again has its port, and waits until that is free', async () => {
  const server = await start();
  const port = Number(new URL(server.url).port);
  while (intruders.length === 0) {
    const running = await findPostmaster(data());
    if (running !== null) process.kill(running.pid, 'SIGKILL');
    await takePort(port);
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await findPostmaster(data())).toBeNull();
  for (const intruder of intruders.splice(0)) intruder.close();
  const one = () => ask(server.url, 'select 1 as one').catch(() => null);
  await expect.poll(one, { timeout: 30_000 }).toEqual([{ one: 1 }]);
});
