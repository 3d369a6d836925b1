import type { Wake } from './daemon.ts';
import { connectionNamed } from './db/queries/standing-connections.ts';
import { findConnection } from './db/queries/directory.ts';
import { pausesFor, readPauses } from './db/queries/pauses.ts';
import { hasLongRun } from './db/queries/runs.ts';
import { writeAudit } from './db/queries/write-audit.ts';
import type { Database, Tx } from './db/tx.ts';
import { pausedError } from './health/standing.ts';
import { whatRuns } from './health/what-runs.ts';
import { unknownConnection } from './connections/refusals.ts';
import { AppError } from './model/errors.ts';
import type { ConnectionId, OrgId } from './model/values.ts';
import type { RunWish } from './scheduler/wakeup.ts';

export interface AskServices {
  readonly database: Database;
  readonly now: () => Date;
  /** Null = this process has no queue. */
  readonly wake: Wake | null;
}

/**
 * Lets a worker run a connection as soon as one is free, because a person asks for it. What they would be refused there they are
 * refused here.
 * @throws AppError `connection-unknown`, `queue-missing` (fix-config), `connection-paused`, `run-active` (retry)
 */
export async function askRun(
  { database, now, wake }: AskServices,
  { orgId, actor }: { readonly orgId: OrgId; readonly actor: string },
  { name, wish }: { readonly name: string; readonly wish: RunWish },
): Promise<void> {
  if (wake === null) throw withoutQueue();
  const subjectId = await database.transaction(orgId, (tx) => refuseUnrunnable(tx, { name, wish, now: now() }));
  const isTaken = await wake({ kind: 'asked', orgId, subjectId, tickAt: null, wish });
  if (!isTaken) throw alreadyAsked(name);
  const entry = { actor, action: 'connection.run', subject: name, after: { wish }, at: now() };
  await database.transaction(orgId, (tx) => writeAudit(tx, entry));
}

async function refuseUnrunnable(
  tx: Tx,
  { name, wish, now }: { readonly name: string; readonly wish: RunWish; readonly now: Date },
): Promise<ConnectionId> {
  const id = await connectionNamed(tx, name);
  if (id === null) throw unknownConnection(name);
  const { pull, push, reason } = await runsNow(tx, { id, now });
  const isWritten = (await findConnection(tx, id))?.pushMode === 'auto';
  const isPushing = push && isWritten && (wish === 'sync' || wish === 'full');
  if (!pull && !isPushing) throw paused(name, reason);
  if (await hasLongRun(tx, id)) throw alreadyAsked(name);
  return id;
}

/** @throws AppError `connection-paused` (retry) where people have paused what it reads. */
export async function refusePausedReading(
  tx: Tx,
  { id, name, now }: { readonly id: ConnectionId; readonly name: string; readonly now: Date },
): Promise<void> {
  const { pull, reason } = await runsNow(tx, { id, now });
  if (!pull) throw paused(name, reason);
}

async function runsNow(tx: Tx, { id, now }: { readonly id: ConnectionId; readonly now: Date }) {
  return whatRuns(pausesFor(await readPauses(tx), { connectionId: id, sourceId: null }), null, now);
}

function paused(name: string, reason: string | null): AppError {
  return pausedError(name, reason ?? 'paused', 'Take the pause back first.');
}

function alreadyAsked(name: string): AppError {
  return new AppError('run-active', `A run of "${name}" is under way, or waits for a worker already.`, {
    recovery: 'retry',
    remedy: 'Wait until it has ended; the page of the runs shows it.',
  });
}

export function withoutQueue(): AppError {
  return new AppError('queue-missing', 'This process hands out no work: it has no queue.', {
    recovery: 'fix-config',
    remedy: 'Ask a daemon (leadloop serve), or run it at the command line: leadloop sync NAME',
  });
}
