import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The newest that was held against the sandbox; raise it together with the table in the sandbox's README. */
const VERSION = '2.150.6';
const INSTALL_MS = 480_000;
/** Signs of a registry that cannot be reached, or has no such package: no fault of ours. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E40[134]|E50\d|ENOTCACHED)\b/u;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(
  [command, ...line]: readonly [string, ...string[]],
  { cwd, env, ms }: { cwd: string; env: NodeJS.ProcessEnv; ms: number },
): Promise<Ended> {
  const child = spawn(command, line, { cwd, env, timeout: ms, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, out, err] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

/** Outside of the checkout, and kept for the next run. */
function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'leadloop-test');
}

/** Where the command line is, or why it cannot be had. */
export type Installed = { readonly entry: string } | { readonly missing: string };

/** Installs the vendor's own command line, once for a machine. */
export async function installSalesforceCli(): Promise<Installed> {
  const home = join(cacheFolder(), `salesforce-cli-${VERSION}`);
  const entry = join(home, 'node_modules/@salesforce/cli/bin/run.js');
  if (existsSync(entry)) return { entry };
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(`${home}-`);
  await writeFile(join(draft, 'package.json'), '{ "private": true }\n');
  const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts', '--fetch-retries=1'];
  const npm = ['npm', 'install', ...flags, `@salesforce/cli@${VERSION}`] as const;
  const { code, err } = await run([...npm], { cwd: draft, env: process.env, ms: INSTALL_MS });
  if (code === 0) {
    // Two runs at once: the later one finds the folder taken and uses it.
    await rename(draft, home).catch(async () => rm(draft, { recursive: true, force: true }));
    return { entry };
  }
  await rm(draft, { recursive: true, force: true });
  const sign = UNREACHABLE.exec(err)?.[0] ?? (code === null ? `no end within ${INSTALL_MS / 1_000} s` : undefined);
  if (sign === undefined) throw new Error(`npm could not install @salesforce/cli: ${err.slice(-2_000)}`);
  return { missing: `SKIPPED: @salesforce/cli ${VERSION} cannot be installed here (npm: ${sign})` };
}

export interface Answer<R> {
  readonly status: number;
  readonly result: R;
  readonly name?: string;
  readonly message?: string;
}

export interface SalesforceCli extends AsyncDisposable {
  /** A file in the folder the commands run in. */
  file(name: string): string;
  /** One command with `--json`: what it printed, failed or not. */
  sf<R>(...line: readonly string[]): Promise<Answer<R>>;
}

/** The command line with a home of its own: it finds no log-in of this machine, and leaves none. */
export async function salesforceCli(entry: string, accessToken: string): Promise<SalesforceCli> {
  const home = await mkdtemp(join(tmpdir(), 'leadloop-sf-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    SF_ACCESS_TOKEN: accessToken,
    SF_AUTOUPDATE_DISABLE: 'true',
    SF_DISABLE_TELEMETRY: 'true',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    NO_COLOR: '1',
  };
  return {
    file: (name) => join(home, name),
    async sf<R>(...line: readonly string[]) {
      const command = [process.execPath, '--no-deprecation', entry, ...line, '--json'] as const;
      const { out, err } = await run([...command], { cwd: home, env, ms: 120_000 });
      if (!out.startsWith('{')) throw new Error(`sf ${line.join(' ')} printed no JSON: ${out}${err}`);
      return JSON.parse(out) as Answer<R>;
    },
    [Symbol.asyncDispose]: async () => rm(home, { recursive: true, force: true }),
  };
}
