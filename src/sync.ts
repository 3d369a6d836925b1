import type { Session } from './connection.ts';
import { ConnectorError, QuotaExhaustedError } from './connector-sdk/errors.ts';
import { countPending } from './db/queries/claim-pushes.ts';
import { finishRun, type RunKind, startRun } from './db/queries/runs.ts';
import { AppError, exitCodes, type Recovery } from './model/errors.ts';
import type { MappingProblem } from './model/mapping.ts';
import { addCounts, type Lane, noCounts, type RunStatus, type SyncCounts } from './model/run.ts';
import type { RunId } from './model/values.ts';
import { prepare } from './pull/prepare.ts';
import { rescoreForProfile } from './pull/rescore.ts';
import { rescoreSignups } from './plg/rescore-signups.ts';
import { replayRejected } from './pull/replay.ts';
import { pullConnection, type PulledLane, pullOf } from './pull/run-sync.ts';
import { holdBack, pushConnection } from './push/run-push.ts';

export interface RunFailureReport {
  readonly code: string;
  readonly message: string;
  readonly recovery: Recovery;
  readonly remedy: string;
}

export interface RunReport {
  readonly runId: RunId;
  readonly connection: string;
  readonly status: RunStatus;
  readonly counts: SyncCounts;
  readonly objects: readonly PulledLane[];
  readonly problems: readonly MappingProblem[];
  readonly failure: RunFailureReport | null;
  /** When a run that stopped at a limit may go on. */
  readonly nextTryAt: Date | null;
}

export interface RunProgress {
  readonly phase: 'pull' | 'score' | 'push';
  readonly object: string;
  readonly lane: Lane | null;
  readonly done: number;
  readonly total: number | null;
  readonly apiCalls: number;
}

export interface SyncRunOptions {
  readonly full: boolean;
  /** Believe a full pass that misses many records: they were deleted on purpose. */
  readonly acceptMissing: boolean;
  readonly pullOnly: boolean;
  /** Push whatever the connection's mode, and without its blast radius: a person has asked for it. */
  readonly pushOnly: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
}

/** What a schedule asks for: everything that is due, nothing by force. */
export const plainSync = {
  full: false,
  acceptMissing: false,
  pullOnly: false,
  pushOnly: false,
  dryRun: false,
} as const;

/** One turn of the loop for one connection: pull → score → push, under the connection's lock, recorded as a run. */
export async function syncConnection(session: Session, options: SyncRunOptions): Promise<RunReport> {
  const kind = options.pushOnly ? 'push' : 'sync';
  return recordRun(session, { kind, signal: options.signal }, async ({ runId, report, signal }) => {
    const prepared = await prepare(session, runId, signal);
    const { pipeline, problems } = prepared;
    report.problems = problems;
    const progress = (step: Omit<RunProgress, 'apiCalls'>): void =>
      options.onProgress({ ...step, apiCalls: session.governor.admitted });
    const rescoring = (object: string) => ({
      signal,
      onProgress: (done: number): void => progress({ phase: 'score', object, lane: null, done, total: null }),
    });
    // Product scores first: the marketing profile may ask for them.
    if (prepared.rescoresDue.includes('plg')) await rescoreSignups(session, pipeline, rescoring('signups'));
    if (prepared.rescoresDue.includes('mql')) {
      const rescored = await rescoreForProfile(session, pipeline, rescoring('leads'));
      report.counts = addCounts(report.counts, rescored);
    }
    if (!options.pushOnly) {
      const before = report.counts;
      await pullConnection({
        session,
        ...prepared,
        full: options.full,
        acceptMissing: options.acceptMissing,
        signal,
        onProgress: (object, lane, done) => progress({ phase: 'pull', object, lane, done, total: null }),
        onPulled: ({ counts, lanes }) => {
          report.counts = addCounts(before, counts);
          report.objects = lanes;
        },
      });
    }
    const planned = await session.database.transaction(session.orgId, (tx) =>
      countPending(tx, pipeline.connectionId, null),
    );
    report.counts = { ...report.counts, planned };
    const outputs = pipeline.outputs.find((one) => one.connectionId === session.connection.id);
    if (outputs === undefined || !mayPush(session, options)) return;
    if (!options.pushOnly) await holdBack(session);
    const before = report.counts;
    await pushConnection({
      session,
      runId,
      outputs,
      signal,
      onProgress: (object, done, total) => progress({ phase: 'push', object, lane: null, done, total }),
      onPushed: (pushed) => {
        report.counts = addCounts(before, { ...pushed, planned: 0 });
      },
      onProblem: (problem) => {
        report.problems = [...report.problems, problem];
      },
    });
  });
}

function mayPush({ connection }: Session, options: SyncRunOptions): boolean {
  if (options.dryRun || options.pullOnly) return false;
  return options.pushOnly || connection.push.mode === 'auto';
}

type OpenReport = { -readonly [K in 'counts' | 'objects' | 'problems']: RunReport[K] };

interface OpenRun {
  readonly runId: RunId;
  readonly report: OpenReport;
  /** The caller's, and that of the lock: a run that has lost it must not go on beside the next one. */
  readonly signal: AbortSignal;
}

/** Runs `work` as the connection's only run, and keeps what became of it, whatever that is. */
async function recordRun(
  session: Session,
  { kind, signal }: { readonly kind: RunKind; readonly signal: AbortSignal },
  work: (run: OpenRun) => Promise<void>,
): Promise<RunReport> {
  const { database, orgId, connection, now } = session;
  await using lock = await database.lock(`connection ${connection.id}`);
  if (lock === null) throw alreadyRunning(connection.name);
  const runId = session.newId();
  await database.transaction(orgId, (tx) => startRun(tx, { id: runId, connectionId: connection.id, kind, now: now() }));
  const report: OpenReport = { counts: noCounts, objects: [], problems: [] };
  let failure: Error | null = null;
  try {
    await work({ runId, report, signal: AbortSignal.any([signal, lock.signal]) });
  } catch (error) {
    failure = error instanceof Error ? error : new Error('thrown without an error', { cause: error });
  }
  const counts = { ...report.counts, apiCalls: session.governor.admitted };
  const described = failure === null ? null : describeFailure(failure);
  const status = failure === null ? statusOf(counts) : statusAfter(failure);
  const end = { id: runId, status, counts, failure: described, now: now() };
  await database.transaction(orgId, (tx) => finishRun(tx, end));
  // A mistake of ours keeps its stack: the run is recorded, the error goes on.
  if (failure !== null && described?.recovery === 'report-bug' && !(failure instanceof ConnectorError)) throw failure;
  return {
    ...report,
    runId,
    connection: connection.name,
    status,
    counts,
    failure: described,
    nextTryAt: failure instanceof QuotaExhaustedError ? failure.resetAt : null,
  };
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
function describeFailure(error: unknown): RunFailureReport | null {
  if (error instanceof AppError || error instanceof ConnectorError) {
    const { code, message, recovery, remedy } = error;
    return { code, message, recovery, remedy };
  }
  if (error instanceof Error && error.name === 'AbortError') return null;
  return {
    code: 'unexpected',
    message:
      error instanceof Error
        ? `${error.name} in ${error.stack?.split('\n')[1]?.trim() ?? 'an unknown place'}`
        : 'not an error',
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

/** Reads what was rejected again and lets refused writes wait for the next push, as a run of its own. */
export async function replayConnection(
  session: Session,
  { signal, onProgress }: Pick<SyncRunOptions, 'signal' | 'onProgress'>,
): Promise<RunReport> {
  return recordRun(session, { kind: 'replay', signal }, async ({ runId, report, signal }) => {
    const prepared = await prepare(session, runId, signal);
    const progress = (object: string, done: number): void =>
      onProgress({ phase: 'pull', object, lane: null, done, total: null, apiCalls: session.governor.admitted });
    const pull = pullOf({
      session,
      ...prepared,
      ...plainSync,
      signal,
      onProgress: (object, _, done) => progress(object, done),
    });
    report.counts = { ...report.counts, ...(await replayRejected(pull)) };
  });
}
