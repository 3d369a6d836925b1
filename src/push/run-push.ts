import type { Session } from '../connection.ts';
import { countByPriority, fieldsThatWait } from '../db/queries/claim-pushes.ts';
import { countChanges } from '../db/queries/count-changes.ts';
import { AppError, exitCodes } from '../model/errors.ts';
import type { MappingProblem } from '../model/mapping.ts';
import type { ConnectionOutputs, PushPriority } from '../model/push.ts';
import { addCounts, noCounts, type SyncCounts } from '../model/run.ts';
import type { RunId } from '../model/values.ts';
import { dispatchObject, type DispatchPass, type DispatchTarget, recoverClaims } from './dispatch.ts';
import { pushUnlessLeftOut } from './left-out.ts';

export interface PushRun {
  readonly session: Session;
  readonly runId: RunId;
  readonly outputs: ConnectionOutputs;
  /** The day's pool is dry but for what it keeps for tier, MQL and status. */
  readonly isUrgentOnly: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (object: string, done: number, total: number) => void;
  /** What has been settled so far, after every call: a run that stops half-way has written that much. */
  readonly onPushed: (counts: SyncCounts) => void;
  /** Of an object that is left out. */
  readonly onProblem: (problem: MappingProblem) => void;
}

/**
 * Writes what waits; fields that the CRM lacks are made before. What is urgent comes first, of all objects, and may use up
 * the day's pool; then the scores of hot leads; then the rest. The caller holds the connection's lock.
 */
export async function pushConnection(run: PushRun): Promise<void> {
  const { session } = run;
  const { id: connectionId } = session.connection;
  await session.database.transaction(session.orgId, (tx) => recoverClaims(tx, { connectionId, now: session.now }));
  const objects = session.definition.objects.flatMap(({ object, push }) => {
    const output = run.outputs.objects[object];
    return push === null || output === undefined ? [] : [new ObjectPush(run, { object, push, ...output })];
  });
  const tell = (): void => run.onPushed(objects.reduce((sum, { counts }) => addCounts(sum, counts), noCounts));
  const pass = async (upTo: PushPriority, isFilledUp: boolean): Promise<void> => {
    for (const object of objects) await object.write({ upTo, isFilledUp }, tell);
  };
  // A call that is not full takes others along, unless it may go for what is urgent alone.
  const isFilledUp = !run.isUrgentOnly && (await session.governor.hasOrdinaryCalls());
  await session.urgently(() => pass(0, isFilledUp));
  if (run.isUrgentOnly) return;
  await pass(1, true);
  await pass(3, true);
}

/** The writes of one object, over all passes. */
class ObjectPush {
  counts = noCounts;
  readonly #run: PushRun;
  readonly #target: Omit<DispatchTarget, 'massFrom'>;
  #isLeftOut = false;
  #total = 0;

  constructor(run: PushRun, target: Omit<DispatchTarget, 'massFrom'>) {
    this.#run = run;
    this.#target = target;
  }

  async write(pass: Omit<DispatchPass, 'waiting'>, tell: () => void): Promise<void> {
    const { object, push, rules } = this.#target;
    if (this.#isLeftOut) return;
    const waiting = await this.#waiting();
    const due = waiting.filter(({ priority }) => priority <= pass.upTo);
    if (due.length === 0) return;
    this.#total = Math.max(this.#total, this.counts.planned + sumOf(waiting));
    // Whether the rest goes as a job is decided for all of it: in pieces it would cost more calls.
    const write = () => this.#dispatch({ ...pass, waiting: sumOf(pass.upTo === 0 ? due : waiting) }, tell);
    const field = rules.map(({ to }) => to).join(', ');
    const problem = push.optional
      ? await pushUnlessLeftOut(this.#run.session, { object, field }, write)
      : await write();
    if (!problem) return;
    this.#isLeftOut = true;
    this.#run.onProblem(problem);
  }

  async #waiting(): ReturnType<typeof countByPriority> {
    const { database, orgId, connection } = this.#run.session;
    const { object } = this.#target;
    return database.transaction(orgId, (tx) => countByPriority(tx, { connectionId: connection.id, object }));
  }

  async #dispatch(pass: DispatchPass, tell: () => void): Promise<void> {
    const { session, runId, signal, onProgress } = this.#run;
    const { database, connector, orgId, connection, now, newId: newToken, observe } = session;
    const { object } = this.#target;
    await ensureOwnFields(this.#run, object);
    const before = this.counts;
    const onTally = (tally: SyncCounts): void => {
      this.counts = addCounts(before, tally);
      onProgress(object, this.counts.planned, this.#total);
      tell();
    };
    await dispatchObject(
      { database, connector, orgId, connectionId: connection.id, runId, now, newToken, signal, observe, onTally },
      { ...this.#target, massFrom: connection.push.massFrom ?? null },
      pass,
    );
    const { pushed, pushRejected: rejected, pushDeferred: deferred, gone } = this.counts;
    session.log('debug', 'object pushed', { object, pushed, rejected, deferred, gone });
  }
}

function sumOf(waiting: Awaited<ReturnType<typeof countByPriority>>): number {
  return waiting.reduce((sum, { count }) => sum + count, 0);
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
  const held = await heldByRadius(session);
  if (held !== null) throw held;
}

/** What `holdBack` would say; null = it lets everything through. */
export async function heldByRadius({
  database,
  orgId,
  connection,
}: Pick<Session, 'database' | 'orgId' | 'connection'>): Promise<AppError | null> {
  const radius = connection.push.blastRadius;
  if (radius === undefined) return null;
  const { changing, written } = await database.transaction(orgId, (tx) =>
    countChanges(tx, connection.id, radius.records),
  );
  if (changing <= radius.records || changing <= written * radius.share) return null;
  return new AppError(
    'push-held',
    `The push would change ${changing} of ${written} records, more than its blast radius.`,
    {
      recovery: 'fix-config',
      remedy:
        'Look at the plan, then write it with `leadloop push`, or raise push.blastRadius: “Writing” in the settings of the connection.',
      exitCode: exitCodes.partial,
    },
  );
}
