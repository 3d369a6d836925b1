import type { Session } from '../connection.ts';
import { countChanges } from '../db/queries/count-changes.ts';
import { AppError, exitCodes } from '../model/errors.ts';
import type { ConnectionOutputs } from '../model/push.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import type { RunId } from '../model/values.ts';
import { dispatchObject } from './dispatch.ts';

export interface PushRun {
  readonly session: Session;
  readonly runId: RunId;
  readonly outputs: ConnectionOutputs;
  readonly signal: AbortSignal;
  readonly onProgress: (object: string, done: number, total: number) => void;
  /** What has been settled so far, after every call: a run that stops half-way has written that much. */
  readonly onPushed: (counts: SyncCounts) => void;
}

/** Creates the fields that are missing in the CRM, then writes everything that waits. The caller holds the connection's lock. */
export async function pushConnection(run: PushRun): Promise<void> {
  let counts = noCounts;
  for (const capability of run.session.definition.objects) {
    const output = run.outputs.objects[capability.object];
    if (capability.push === null || output === undefined) continue;
    await ensureOwnFields(run, capability.object);
    const pushed = await dispatchObject(
      {
        database: run.session.database,
        connector: run.session.connector,
        orgId: run.session.orgId,
        connectionId: run.session.connection.id,
        runId: run.runId,
        now: run.session.now,
        newToken: run.session.newId,
        signal: run.signal,
        onTally: (tally, total) => {
          run.onProgress(capability.object, tally.planned, total);
          run.onPushed(addCounts(counts, tally));
        },
      },
      {
        object: capability.object,
        push: capability.push,
        massFrom: run.session.connection.push.massFrom ?? null,
        ...output,
      },
    );
    counts = addCounts(counts, pushed);
  }
}

/** @throws AppError `push-field` when a field that we write can neither be found nor made. */
async function ensureOwnFields({ session, outputs, signal }: PushRun, object: string): Promise<void> {
  const written = new Set(outputs.objects[object]?.rules.map((rule) => rule.to));
  const owned = (session.definition.ownedFields[object] ?? []).filter(({ name }) => written.has(name));
  const known = new Set((await session.connector.describe(object, signal)).map(({ name }) => name));
  const missing = owned.filter(({ name }) => !known.has(name));
  if (missing.length === 0) return;
  const ensured = await session.connector.ensureFields(object, missing, signal);
  const failed = ensured.find(({ status }) => status === 'conflict' || status === 'forbidden');
  if (failed === undefined) return;
  throw new AppError('push-field', `The field ${failed.field} of ${object} cannot be used: ${failed.message}`, {
    recovery: 'fix-config',
    remedy: 'Map the value to another field, or let an administrator of the CRM create this one.',
  });
}

/**
 * Refuses an automatic push that would change more of the CRM than allowed: more than `records` records *and* more than
 * `share` of all that we have written. Filling fields that were never written is no change and is not counted.
 * @throws AppError `push-held` (exit 3)
 */
export async function holdBack(session: Session): Promise<void> {
  const radius = session.connection.push.blastRadius;
  if (radius === undefined) return;
  const { changing, written } = await session.database.transaction(session.orgId, (tx) =>
    countChanges(tx, session.connection.id),
  );
  if (changing <= radius.records || changing <= written * radius.share) return;
  throw new AppError(
    'push-held',
    `The push would change ${changing} of ${written} records, more than its blast radius.`,
    {
      recovery: 'fix-config',
      remedy: 'Look at it with `leadloop plan`, then write it with `leadloop push`, or raise push.blastRadius.',
      exitCode: exitCodes.partial,
    },
  );
}
