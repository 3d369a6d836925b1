// PostgreSQL 15, the oldest that we work on, for the integration tests: Debian's own, installed when it is not there. The
// cluster is made for the occasion, on a free port and without durability, and is gone afterwards.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

const bin = '/usr/lib/postgresql/15/bin';
// Wrong passwords must be refused here as they are in life.
const password = 'leadloop';
const isRoot = process.getuid?.() === 0;

/** A running server (`url` is its superuser's), or null where this system has none and cannot get one. */
export async function postgres15() {
  if (!existsSync(join(bin, 'initdb')) && !(await install())) return null;
  const directory = mkdtempSync(join(tmpdir(), 'leadloop-pg15-'));
  // PostgreSQL refuses to run as root; Debian's package brings the user along.
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password);
  for (const path of isRoot ? [directory, passwordFile] : []) chownSync(path, idOf('-u'), idOf('-g'));
  const data = join(directory, 'data');
  const port = await freePort();
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  await postgres('initdb', '-D', data, ...access, '-E', 'UTF8', '--no-sync');
  const options = `-F -p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=200`;
  await postgres('pg_ctl', 'start', '-w', '-D', data, '-l', join(directory, 'log'), '-o', options);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await postgres('pg_ctl', 'stop', '-D', data, '-m', 'immediate');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function install() {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return false;
  console.log('installing PostgreSQL 15 (apt-get install postgresql-15) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run(['apt-get', 'update', '-qq'], { env });
  await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'postgresql-15'], { env });
  return existsSync(join(bin, 'initdb'));
}

async function postgres(program, ...args) {
  const command = [join(bin, program), ...args];
  const { code, output } = await run(isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command, {
    cwd: tmpdir(),
  });
  if (code !== 0) throw new Error(`PostgreSQL 15: ${program} failed\n${output}`);
}

const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);

const freePort = async () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
