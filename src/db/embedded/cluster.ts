import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../model/errors.ts';
import type { Place } from './place.ts';
import { findPostmaster, isHeldByStranger, type Postmaster } from './postmaster.ts';

/** Crash recovery of a big write-ahead log takes its time; a start that has died is noticed at once. */
const startPatienceMs = 120_000;
const stopPatienceMs = 30_000;
/** Kept over restarts up to this size. */
const maxLogBytes = 5_000_000;

/** The login of leadloop: owner of its database, no superuser, as on a hosted server. */
export const login = 'leadloop';

/** For a small machine that it shares with us. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  work_mem: '16MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  // Compiling a statement costs more than running it: ours are short and many.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Row values in error details are personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/**
 * A power loss may destroy the cluster: for tests. Commits stay synchronous, which costs little without fsync: vacuum calls no row
 * visible to everybody whose commit is not in the log yet, and then the planner reads tables that it would not touch.
 */
const undurable = { fsync: 'off', full_page_writes: 'off' };

/** Makes the cluster unless it is there. A half-made one never has the name `data`, so `kill -9` leaves only litter. */
export async function initialise(place: Place, isDurable: boolean): Promise<void> {
  for (const name of await readdir(place.directory)) {
    // An initdb whose parent was killed may still be writing; then the next start clears it away.
    if (name.startsWith('data.new-')) await rm(join(place.directory, name), { recursive: true }).catch(() => undefined);
  }
  if (await exists(join(place.data, 'PG_VERSION'))) return;
  const unfinished = `${place.data}.new-${randomBytes(4).toString('hex')}`;
  const initdb = [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${join(place.directory, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and case rules on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(isDurable ? [] : ['--no-sync']),
  ];
  await run(place, 'initdb', initdb);
  // One statement a line. Single-user mode, so that whoever sees `data` sees role and database too.
  const statements = [
    `create role ${login} login createdb createrole password '${place.password}';`,
    `create database ${login} owner ${login};`,
  ];
  await run(place, 'postgres', ['--single', '-D', unfinished, 'postgres'], `${statements.join('\n')}\n`);
  await rename(unfinished, place.data);
}

/** Starts the server on `port`, or on a free one when that is taken, and returns when it takes connections. */
export async function start(place: Place, port: number | null, isDurable: boolean): Promise<Postmaster> {
  if (await isHeldByStranger(place.data)) await rm(join(place.data, 'postmaster.pid'));
  const chosen = port !== null && (await isFree(port)) ? port : await freePort();
  const all = { ...settings, ...(isDurable ? {} : undurable) };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await openLog(place);
  // Detached: a Ctrl-C in the terminal is for us, who stop the server when our work is done.
  const child = spawn(join(place.binaries, 'postgres'), ['-D', place.data, '-p', `${chosen}`, ...flags], {
    ...asOwner(place),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  await log.close();
  return whenReady(place, child);
}

async function whenReady(place: Place, child: ChildProcess): Promise<Postmaster> {
  const failure: { error?: Error } = {};
  child.once('error', (error) => (failure.error = error));
  const deadline = Date.now() + startPatienceMs;
  while (!failure.error && child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const postmaster = await findPostmaster(place.data);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return postmaster;
    await sleep(10);
  }
  const log = await readFile(join(place.directory, 'server.log'), 'utf8').catch(() => '');
  throw new AppError('database-start-failed', 'The embedded PostgreSQL did not start.', {
    recovery: 'fix-config',
    remedy: `Read the end of ${join(place.directory, 'server.log')}, or set DATABASE_URL.`,
    cause: failure.error ?? new Error(log.slice(-2_000)),
  });
}

/** Fast shutdown: clients are cut off, everything committed is on disk. Returns when the process is gone. */
export async function stop(place: Place, postmaster: Postmaster): Promise<void> {
  process.kill(postmaster.pid, 'SIGINT');
  const deadline = Date.now() + stopPatienceMs;
  while ((await findPostmaster(place.data))?.pid === postmaster.pid) {
    // Immediate shutdown: the next start replays the write-ahead log.
    if (Date.now() > deadline) process.kill(postmaster.pid, 'SIGQUIT');
    await sleep(10);
  }
}

async function run(place: Place, program: string, args: readonly string[], input = ''): Promise<void> {
  const child = spawn(join(place.binaries, program), args, { ...asOwner(place), stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new AppError('database-start-failed', `The embedded PostgreSQL could not be made: ${program} failed.`, {
    recovery: 'fix-config',
    remedy: 'Check that LEADLOOP_HOME is writable and has room, or set DATABASE_URL.',
    cause: new Error(output.slice(-2_000)),
  });
}

/** Nothing of our environment: PGDATA and the like would lead the server astray. The binaries call nothing by name. */
const asOwner = (place: Place): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } => ({
  ...place.owner,
  cwd: place.directory,
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
});

async function openLog(place: Place): ReturnType<typeof open> {
  const file = join(place.directory, 'server.log');
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  const log = await open(file, size > maxLogBytes ? 'w' : 'a', 0o600);
  if (place.owner !== null) await chown(file, place.owner.uid, place.owner.gid);
  return log;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

export async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port).catch(() => null)) === port;
}

async function freePort(): Promise<number> {
  return listenOnce(0);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error()),
      );
    });
  });
}
