import type { Session } from '../connection.ts';
import { type HealthOf, readHealth } from '../db/queries/health.ts';
import { readSlug } from '../db/queries/directory.ts';
import { pausesFor, type PauseTarget, readPauses } from '../db/queries/pauses.ts';
import type { Database } from '../db/tx.ts';
import { AppError, exitCodes } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import { whatRuns, type WhatRuns } from './what-runs.ts';

/** What of a connection or a source may run by itself now: to be asked before each run of a schedule. */
export async function standingOf(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  { orgId, ...subject }: { readonly orgId: OrgId } & HealthOf,
): Promise<WhatRuns> {
  return database.transaction(orgId, async (tx) =>
    whatRuns(pausesFor(await readPauses(tx), targetOf(subject)), await readHealth(tx, subject), now()),
  );
}

function targetOf({ type, id }: HealthOf): PauseTarget {
  return { connectionId: type === 'connection' ? id : null, sourceId: type === 'source' ? id : null };
}

export interface Allowed extends WhatRuns {
  /** What takes the pause back. */
  readonly remedy: string;
}

/** What people allow of the session's connection, however it fares: whoever asks for a run by name wants to try. */
export async function allowedBy({ database, orgId, connection, now }: Session): Promise<Allowed> {
  const { pauses, org } = await database.transaction(orgId, async (tx) => ({
    pauses: pausesFor(await readPauses(tx), { connectionId: connection.id, sourceId: null }),
    org: await readSlug(tx),
  }));
  const name = pauses.some(({ of }) => of === 'org') ? `--org ${org}` : connection.name;
  return { ...whatRuns(pauses, null, now()), remedy: `To take the pause back: leadloop resume ${name}` };
}

/** @throws AppError `connection-paused` (retry) unless one of the directions that are wanted may run. */
export function refusePaused(
  name: string,
  { pull, push, reason, remedy }: Allowed,
  wanted: { readonly pull: boolean; readonly push: boolean },
): void {
  if ((wanted.pull && pull) || (wanted.push && push)) return;
  throw pausedError(name, reason ?? 'paused', remedy);
}

export function pausedError(name: string, reason: string, remedy: string): AppError {
  return new AppError('connection-paused', `"${name}" does not run: ${reason}.`, {
    recovery: 'retry',
    remedy,
    exitCode: exitCodes.tryLater,
  });
}
