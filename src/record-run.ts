import { ConnectorError, QuotaExhaustedError } from './connector-sdk/errors.ts';
import { finishRun, noteTick, type RunKind, type RunSubject, startRun, wasCutOff } from './db/queries/runs.ts';
import type { Database } from './db/tx.ts';
import { noteLeadDay } from './leads/lead-mix.ts';
import { AppError, exitCodes, placeOf, type Recovery } from './model/errors.ts';
import { type LoopEvent, type Observe, secondsBetween } from './model/observation.ts';
import type { RunDetail, RunStatus, SyncCounts } from './model/run.ts';
import type { OrgId, RunId } from './model/values.ts';
import { inSpan } from './tracing.ts';

export interface RunFailureReport {
  readonly code: string;
  readonly message: string;
  readonly recovery: Recovery;
  readonly remedy: string;
}

/** What became of a run. */
export interface EndedRun {
  readonly runId: RunId;
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  readonly failure: RunFailureReport | null;
  /** When a run that stopped at a limit may go on. */
  readonly nextTryAt: Date | null;
}

export interface RunPlace {
  readonly database: Database;
  readonly orgId: OrgId;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly observe: Observe;
}

export interface RunWish {
  readonly subject: RunSubject & { readonly name: string };
  readonly kind: RunKind;
  /** The instant of the schedule that asks for it; left out = a person or an event does. */
  readonly tickAt?: Date | null;
  /** How long to wait for another run of the same to end, in ms; left out = not at all. */
  readonly patienceMs?: number;
  readonly signal: AbortSignal;
  /** So far. */
  readonly counts: () => SyncCounts;
  /** So far; left out = there are only counts. */
  readonly detail?: () => RunDetail;
}

export interface OpenRun {
  readonly runId: RunId;
  /** The caller's, and that of the lock: a run that has lost it must not go on beside the next one. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` as the only run of a connection, a source or an organisation's rescore, and keeps what became of it, whatever that is.
 * @throws AppError `run-active` (retry) where another one is under way, `tick-done` (retry) where its tick has been run already.
 */
export async function recordRun(
  { database, orgId, now, newId, observe }: RunPlace,
  wish: RunWish,
  work: (run: OpenRun) => Promise<void>,
): Promise<EndedRun> {
  const { subject, kind, tickAt = null, patienceMs = 0, signal, counts } = wish;
  await using lock = await database.lock(`${subject.type} ${subject.id}`, patienceMs, signal);
  if (lock === null) throw alreadyRunning(subject.name);
  const runId = newId();
  const startedAt = now();
  const isOpen = await database.transaction(orgId, (tx) =>
    startRun(tx, { id: runId, subject, kind, tickAt, now: startedAt }),
  );
  if (!isOpen) throw tickDone(subject.name);
  const open = { runId, signal: AbortSignal.any([signal, lock.signal]) };
  const attributes = { 'leadloop.run.id': runId, 'leadloop.org.id': orgId };
  const failure = await failureOf(() => inSpan(`run ${kind}`, attributes, () => work(open)));
  const described = failure === null ? null : describeFailure(failure);
  const status = failure === null ? statusOf(counts()) : statusAfter(failure);
  const end = { id: runId, status, counts: counts(), detail: detailOf(wish), failure: described, now: now() };
  const tick = { at: tickAt ?? startedAt, now: end.now };
  await database.transaction(orgId, async (tx) => {
    const isOurs = await finishRun(tx, end);
    const isOver = isOurs && isTickOver(kind, status);
    const isAgain = isOver && described !== null && (await wasCutOff(tx, subject, { tickAt, code: described.code }));
    if (isOver && !isAgain) await noteTick(tx, subject, tick);
    if (isOurs && end.counts.scored > 0) await noteLeadDay(tx, end.now);
  });
  observe(endOf(kind, end, startedAt));
  // A mistake of ours keeps its stack: the run is recorded, the error goes on.
  if (failure !== null && isMistake(failure, described)) throw failure;
  return {
    runId,
    status,
    counts: end.counts,
    failure: described,
    nextTryAt: failure instanceof QuotaExhaustedError ? failure.resetAt : null,
  };
}

function detailOf({ detail }: RunWish): RunDetail | null {
  return detail?.() ?? null;
}

/** Null = the work came to its end. */
async function failureOf(work: () => Promise<void>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error('thrown without an error', { cause: error });
  }
}

function isMistake(failure: Error, described: RunFailureReport | null): boolean {
  return described?.recovery === 'report-bug' && !(failure instanceof ConnectorError);
}

function endOf(kind: RunKind, end: Omit<Parameters<typeof finishRun>[1], 'id' | 'detail'>, startedAt: Date): LoopEvent {
  const { status, counts, failure, now } = end;
  return {
    type: 'run-ended',
    kind,
    status,
    counts,
    code: failure?.code ?? null,
    seconds: secondsBetween(startedAt, now),
  };
}

/**
 * What a schedule asks for; the same by hand serves the ticks before it, too. What was stopped or cut off goes on; everything else has
 * been the tick's run, a failure, too: the next tick tries again.
 */
function isTickOver(kind: RunKind, status: RunStatus): boolean {
  return (kind === 'sync' || kind === 'import') && status !== 'cancelled';
}

/** A run with rejected records is partial: the rest is done, these wait for somebody. */
function statusOf(counts: SyncCounts): RunStatus {
  return counts.rejected + counts.pushRejected > 0 ? 'partial' : 'succeeded';
}

/** What waits for a person's word (a held push) is done in part; an aborted run was cancelled. */
function statusAfter(failure: Error): RunStatus {
  if (failure instanceof AppError && failure.exitCode === exitCodes.partial) return 'partial';
  return describeFailure(failure) === null ? 'cancelled' : 'failed';
}

/** Null = the caller asked us to stop: no failure. */
export function describeFailure(error: unknown): RunFailureReport | null {
  if (error instanceof AppError || error instanceof ConnectorError) {
    const { code, message, recovery, remedy } = error;
    return { code, message, recovery, remedy };
  }
  if (error instanceof Error && error.name === 'AbortError') return null;
  return {
    code: 'unexpected',
    message: placeOf(error),
    recovery: 'report-bug',
    remedy: 'Report it with the log of this run; nothing that was committed is lost.',
  };
}

function alreadyRunning(name: string): AppError {
  return new AppError('run-active', `Another run of "${name}" is under way.`, {
    recovery: 'retry',
    remedy: 'Wait until it has ended; `leadloop doctor` shows what runs.',
    exitCode: exitCodes.tryLater,
  });
}

function tickDone(name: string): AppError {
  return new AppError('tick-done', `This tick of "${name}" has been run.`, {
    recovery: 'retry',
    remedy: 'Nothing has to be done: another process was faster.',
    exitCode: exitCodes.tryLater,
  });
}
