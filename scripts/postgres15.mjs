// Runs a command against Debian's PostgreSQL 15, the oldest version that leadloop supports:
//   node scripts/postgres15.mjs npx vitest run --project integration
// Finds the binaries, or installs them when it may; says so and succeeds when neither is possible.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = '/usr/lib/postgresql/15/bin';
const isRoot = process.getuid?.() === 0;
const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  console.error('usage: node scripts/postgres15.mjs COMMAND [ARGUMENT…]');
  process.exit(2);
}

if (!existsSync(join(bin, 'postgres'))) install();
if (!existsSync(join(bin, 'postgres'))) {
  console.log('SKIPPED: PostgreSQL 15 is not installed and cannot be installed here (it takes root and apt).');
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), 'leadloop-postgres15-'));
// The server of a root process runs as another user, who has to reach the directory.
chmodSync(directory, 0o777);
const data = join(directory, 'data');
const owner = isRoot ? serverUser() : {};
let server = null;
try {
  must('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']);
  const port = await freePort();
  server = start(port);
  process.exitCode = await run({
    ...process.env,
    LEADLOOP_TEST_DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
  });
} finally {
  if (server !== null) await stop(server);
  rmSync(directory, { recursive: true, force: true });
}

function install() {
  if (!isRoot || spawnSync('apt-get', ['--version']).error !== undefined) return;
  console.log('installing postgresql-15 …');
  // Debian would make and start a cluster of its own, which nobody here wants.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-15'], quiet);
}

function serverUser() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith('postgres:'));
  const [, , uid, gid] = (line ?? 'nobody:x:65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function must(program, argv) {
  const { status, stderr, error } = spawnSync(join(bin, program), argv, { ...owner, cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

function start(port) {
  const settings = [
    // Commits stay synchronous: vacuum calls no row visible to everybody whose commit is not in the log yet.
    'fsync=off',
    'full_page_writes=off',
    'timezone=UTC',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  // Waits until it takes connections.
  must('pg_ctl', [
    'start',
    '-w',
    '-D',
    data,
    '-l',
    join(directory, 'log'),
    '-o',
    `-p ${port} ${flags.map((flag) => `'${flag}'`).join(' ')}`,
  ]);
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function stop() {
  must('pg_ctl', ['stop', '-w', '-m', 'immediate', '-D', data]);
}

async function run(env) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
