import { join } from 'node:path';
import type { SandboxPlace } from '../../config/demo.ts';
import { AppError } from '../../model/errors.ts';

/** The sandbox of the demo, in this process. */
export interface DemoSandbox extends SandboxPlace, AsyncDisposable {
  readonly contacts: number;
  /** The configured port was taken by something else. */
  readonly hasMoved: boolean;
}

const contacts = 250;
/** Whoever listens on the port of a sandbox answers at once, or is no sandbox. */
const probeMs = 1_000;

/**
 * Starts the HubSpot sandbox where the configuration expects it, or on a free port where something else listens there. It
 * is kept in the home directory beside the database: the next start meets the CRM that this one leaves, even after a kill.
 */
export async function startDemo(address: URL, home: string): Promise<DemoSandbox> {
  // Loaded here: on a real CRM nobody needs it.
  const { DEFAULT_TOKEN, keptPortal, startHubSpotSandbox } = await import('../../sandbox/hubspot/index.ts');
  const file = join(home, 'sandbox.json');
  const port = Number(address.port || 80);
  const there = await portalAt(address);
  if (there !== null && there === keptPortal(file)) throw alreadyStarted(address);
  const open = async (port: number) => startHubSpotSandbox({ contacts, port, keepIn: file, portalId: newPortalId() });
  const sandbox = await open(port).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return open(0);
    throw error;
  });
  return {
    url: sandbox.url,
    token: DEFAULT_TOKEN,
    contacts: sandbox.store.contacts.size,
    hasMoved: sandbox.port !== port,
    [Symbol.asyncDispose]: async () => sandbox.close(),
  };
}

/** The id of the portal that a sandbox there plays; null where no sandbox answers. */
async function portalAt(address: URL): Promise<number | null> {
  try {
    const answer = await fetch(new URL('/__sandbox/state', address), { signal: AbortSignal.timeout(probeMs) });
    const { portalId } = (await answer.json()) as { portalId?: unknown };
    return typeof portalId === 'number' ? portalId : null;
  } catch {
    return null;
  }
}

/** Each demo is a CRM account of its own. */
function newPortalId(): number {
  return 44_000_001 + Math.floor(Math.random() * 1_000_000);
}

function alreadyStarted(address: URL): AppError {
  return new AppError('already-started', `This demo runs already; its sandbox answers at ${address.origin}.`, {
    recovery: 'retry',
    remedy: 'Use the page that it named when it started, or stop it first.',
  });
}
