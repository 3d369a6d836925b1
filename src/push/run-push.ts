import type { Session } from '../connection.ts';
import { countPending, fieldsThatWait } from '../db/queries/claim-pushes.ts';
import { countChanges } from '../db/queries/count-changes.ts';
import { AppError, exitCodes } from '../model/errors.ts';
import type { MappingProblem } from '../model/mapping.ts';
import type { ConnectionOutputs } from '../model/push.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import type { RunId } from '../model/values.ts';
import { dispatchObject, type DispatchTarget } from './dispatch.ts';
import { pushUnlessLeftOut } from './left-out.ts';

export interface PushRun {
  readonly session: Session;
  readonly runId: RunId;
  readonly outputs: ConnectionOutputs;
  readonly signal: AbortSignal;
  readonly onProgress: (object: string, done: number, total: number) => void;
  /** What has been settled so far, after every call: a run that stops half-way has written that much. */
  readonly onPushed: (counts: SyncCounts) => void;
  /** Of an object that is left out. */
  readonly onProblem: (problem: MappingProblem) => void;
}

/** Writes everything that waits, object by object; fields that the CRM lacks are made before. The caller holds the connection's lock. */
export async function pushConnection(run: PushRun): Promise<void> {
  let counts = noCounts;
  for (const { object, push } of run.session.definition.objects) {
    const output = run.outputs.objects[object];
    if (push === null || output === undefined) continue;
    let pushed = noCounts;
    const write = () =>
      pushObject(run, { object, push, ...output }, (tally) => {
        pushed = tally;
        run.onPushed(addCounts(counts, tally));
      });
    const field = output.rules.map(({ to }) => to).join(', ');
    const problem = push.optional ? await pushUnlessLeftOut(run.session, { object, field }, write) : await write();
    if (problem) run.onProblem(problem);
    counts = addCounts(counts, pushed);
  }
}

async function pushObject(
  run: PushRun,
  target: Omit<DispatchTarget, 'massFrom'>,
  onPushed: (counts: SyncCounts) => void,
): Promise<void> {
  const { session, runId, signal } = run;
  const { database, connector, orgId, connection, now, newId: newToken, observe } = session;
  const waiting = await database.transaction(orgId, (tx) => countPending(tx, connection.id, target.object));
  if (waiting > 0) await ensureOwnFields(run, target.object);
  const onTally = (tally: SyncCounts, total: number): void => {
    run.onProgress(target.object, tally.planned, total);
    onPushed(tally);
  };
  const counts = await dispatchObject(
    { database, connector, orgId, connectionId: connection.id, runId, now, newToken, signal, observe, onTally },
    { ...target, massFrom: connection.push.massFrom ?? null },
  );
  const { pushed, pushRejected: rejected, pushDeferred: deferred, gone } = counts;
  session.log('debug', 'object pushed', { object: target.object, pushed, rejected, deferred, gone });
}

/** @throws AppError `push-field` when a field that we write can neither be found nor made. */
async function ensureOwnFields({ session, outputs, signal }: PushRun, object: string): Promise<void> {
  const written = new Set(outputs.objects[object]?.rules.map((rule) => rule.to));
  const owned = (session.definition.ownedFields[object] ?? []).filter(({ name }) => written.has(name));
  const known = new Set((await session.connector.describe(object, signal)).map(({ name }) => name));
  const unknown = owned.filter(({ name }) => !known.has(name));
  if (unknown.length === 0) return;
  // Who has no signups needs no fields for their scores.
  const waiting = await session.database.transaction(session.orgId, (tx) =>
    fieldsThatWait(
      tx,
      { connectionId: session.connection.id, object },
      unknown.map(({ name }) => name),
    ),
  );
  const missing = unknown.filter(({ name }) => waiting.includes(name));
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
