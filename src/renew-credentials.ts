import { readSealed, updateCredentials } from './db/queries/read-connection.ts';
import type { Database, HeldLock } from './db/tx.ts';
import { AppError, exitCodes } from './model/errors.ts';
import type { SecretBinding, Sealer } from './secrets/seal.ts';

export interface RenewalServices {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A renewal is one request; whoever waits longer than this waits for a process that hangs. */
const patienceMs = 180_000;
const pauseMs = 250;

/**
 * Renews a connection's credentials under a lock that all processes share: a refresh token that rotates must not be used
 * twice, for CRMs take that for theft and revoke everything. What `renew` returns is stored before this resolves.
 * @throws AppError `renewal-busy` (retry) when another process holds the lock for minutes; what `renew` throws.
 */
export async function renewCredentials<Credentials>(
  { database, sealer, sleep }: RenewalServices,
  binding: SecretBinding,
  renew: (stored: Credentials) => Promise<Credentials>,
): Promise<Credentials> {
  const { orgId, connectionId } = binding;
  await using _ = await waitForLock(database, `credentials ${connectionId}`, sleep);
  const sealed = await database.transaction(orgId, (tx) => readSealed(tx, connectionId));
  if (sealed === null) throw withoutCredentials();
  const stored = JSON.parse(sealer.unseal(sealed, binding)) as Credentials;
  const renewed = await renew(stored);
  if (renewed !== stored) {
    const resealed = sealer.seal(JSON.stringify(renewed), binding);
    await database.transaction(orgId, (tx) => updateCredentials(tx, connectionId, resealed));
  }
  return renewed;
}

async function waitForLock(database: Database, name: string, sleep: RenewalServices['sleep']): Promise<HeldLock> {
  const { signal } = new AbortController();
  for (let waited = 0; waited < patienceMs; waited += pauseMs) {
    const lock = await database.lock(name);
    if (lock !== null) return lock;
    await sleep(pauseMs, signal);
  }
  throw new AppError(
    'renewal-busy',
    'Another process has been renewing the credentials of this connection for minutes.',
    {
      recovery: 'retry',
      remedy: 'Nothing is lost; if it goes on, look for a daemon that hangs and stop it.',
      exitCode: exitCodes.tryLater,
    },
  );
}

function withoutCredentials(): AppError {
  return new AppError('connection-unauthorised', 'The credentials of this connection were removed.', {
    recovery: 'reauthorise',
    remedy: 'Set the secret that the configuration names and run `leadloop apply` again.',
  });
}
