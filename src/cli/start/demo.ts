import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isLocal, type SandboxPlace } from '../../config/demo.ts';
import type { Environment } from '../../config/environment.ts';
import type { Settings } from '../../config/settings.ts';
import { isInUse } from '../../http/server.ts';
import { AppError } from '../../model/errors.ts';
import { type OpenSandbox, type SandboxKind, sandboxes } from '../../sandbox/index.ts';
import type { App } from '../app-port.ts';

/** One sandbox of the demo, in this process. */
export interface DemoSandbox extends SandboxPlace, Pick<OpenSandbox, 'contents' | 'askForDemo'>, AsyncDisposable {
  readonly label: string;
  /** The configured port, where something else listens; null = it is where it was meant to be. */
  readonly movedFrom: number | null;
}

/**
 * Starts a sandbox where the configuration expects it, or on a free port where something else listens there. It is kept in
 * the home directory beside the database: the next start meets the CRM that this one leaves, even after a kill.
 */
export async function startSandbox(sandbox: SandboxKind, address: URL, home: string): Promise<DemoSandbox> {
  const { kind, label, credentials } = sandbox;
  const file = join(home, sandbox.file);
  const port = Number(address.port || 80);
  const there = await sandbox.accountAt(address);
  if (there !== null && there === (await sandbox.keptAccount(file))) throw alreadyStarted(address);
  const open = async (port: number) => sandbox.open({ port, keepIn: file });
  const opened = await open(port).catch((error: unknown) => {
    if (isInUse(error)) return open(0);
    throw error;
  });
  return { ...opened, kind, label, credentials, movedFrom: opened.port === port ? null : port };
}

/** Whoever listens on this machine answers at once. */
const probeMs = 2_000;

/**
 * Whoever sets the secret of a connection and forgets to delete its `baseUrl` would wait in vain for a sandbox that does not
 * come along any more.
 * @throws AppError `address-silent` (fix-config)
 */
export async function refuseSilence({ orgs }: Settings): Promise<void> {
  for (const { slug, connections } of orgs) {
    for (const { name, baseUrl } of connections) {
      if (baseUrl === null || !isLocal(baseUrl) || (await answers(baseUrl))) continue;
      throw new AppError('address-silent', `Nothing answers at ${baseUrl}, the baseUrl of ${slug}/${name}.`, {
        recovery: 'fix-config',
        remedy:
          'To run on the CRM itself, delete that baseUrl. To run on a sandbox, unset the secret of the connection: then one ' +
          'comes along. Otherwise start what is to answer there.',
      });
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(probeMs) });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whoever tries the demo and then names a real CRM has its made-up people in the database still: they would be shown, scored
 * and matched among the real ones.
 * @throws AppError `demo-leads` (fix-config)
 */
export async function refuseDemoLeads(app: App, { orgs }: Settings, { home, databaseUrl }: Environment): Promise<void> {
  const played = sandboxes.filter(({ file }) => existsSync(join(home, file))).map(({ kind }) => kind);
  const { orgs: known } = await app.status(null);
  for (const { org: slug, connections: stored } of known) {
    const wanted = orgs.find((org) => org.slug === slug)?.connections ?? [];
    const isLeft = ({ name, kind, baseUrl }: (typeof stored)[number]): boolean =>
      played.includes(kind) && isLocal(baseUrl) && !wanted.some((one) => one.name === name && isLocal(one.baseUrl));
    if (wanted.length > 0 && stored.some(isLeft)) throw demoLeads(slug, home, databaseUrl);
  }
}

function demoLeads(org: string, home: string, databaseUrl: string | null): AppError {
  const isEmbedded = databaseUrl === null;
  const kept = isEmbedded ? 'its database and its sandboxes' : 'its sandboxes';
  const database = isEmbedded ? '' : ' name an empty database in DATABASE_URL,';
  return new AppError('demo-leads', `The organisation "${org}" holds the made-up leads of the demo.`, {
    recovery: 'fix-config',
    remedy: `Begin afresh: delete ${home}, where the demo keeps ${kept},${database} and run the command again.`,
  });
}

function alreadyStarted(address: URL): AppError {
  return new AppError('already-started', `This demo runs already; its sandbox answers at ${address.origin}.`, {
    recovery: 'retry',
    remedy: 'Use the page that it named when it started, or stop it first.',
  });
}
