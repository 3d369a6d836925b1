/** What a run of a connection does in turn: prepare, score, pull, push. Each takes what is open and adds to its report. */
import type { Session } from '../connection.ts';
import { QuotaExhaustedError } from '../connector-sdk/errors.ts';
import { countPending, hasUrgentPushes } from '../db/queries/claim-pushes.ts';
import { allowedBy } from '../health/standing.ts';
import { AppError } from '../model/errors.ts';
import type { MappingProblem } from '../model/mapping.ts';
import {
  addCounts,
  countsSince,
  type Lane,
  noCounts,
  type PulledLane,
  type RunStep,
  type SyncCounts,
} from '../model/run.ts';
import { rescoreSignups } from '../plg/rescore-signups.ts';
import { prepare, type Prepared } from '../pull/prepare.ts';
import { rescoreForProfile } from '../pull/rescore.ts';
import { pullConnection, type PullRun, type PullStep } from '../pull/run-sync.ts';
import { holdBack, pushConnection } from '../push/run-push.ts';
import type { SyncRunOptions } from './options.ts';
import type { OpenReport, OpenSync } from './record-sync.ts';

/** A run that has been prepared. */
export interface SyncRun extends OpenSync {
  readonly session: Session;
  readonly options: SyncRunOptions;
  readonly prepared: Prepared;
}

/** @throws QuotaExhaustedError unless something urgent waits for it: that may go although the day's pool is dry. */
export async function prepareRun(session: Session, options: SyncRunOptions, open: OpenSync): Promise<SyncRun> {
  const { database, orgId, connection, now } = session;
  const load = (): Promise<Prepared> => prepare(session, open.runId, open.signal);
  const prepared = await load().catch(async (error: unknown) => {
    if (!(error instanceof QuotaExhaustedError) || !wantsPush(session, options)) throw error;
    const waiting = { connectionId: connection.id, now: now() };
    if (!(await database.transaction(orgId, (tx) => hasUrgentPushes(tx, waiting)))) throw error;
    return session.urgently(load);
  });
  open.report.problems = prepared.problems;
  return { ...open, session, options, prepared };
}

/** Brings scores to the present where profiles or time have changed them. */
export async function rescorePhase(run: SyncRun): Promise<void> {
  const { session, prepared, report, signal } = run;
  const rescoring = (object: string) => ({
    signal,
    onProgress: (done: number): void => progressOf(run)({ phase: 'score', object, lane: null, done, total: null }),
  });
  // Product scores first: the marketing profile may ask for them.
  if (prepared.rescoresDue.includes('plg')) {
    const rescored = await rescoreSignups(session, prepared.pipeline, rescoring('signups'));
    report.counts = addCounts(report.counts, rescored);
  }
  if (prepared.rescoresDue.includes('mql')) {
    const rescored = await rescoreForProfile(session, prepared.pipeline, rescoring('leads'));
    report.counts = addCounts(report.counts, rescored);
  }
}

export function pullRunOf(run: SyncRun): PullRun {
  const { session, options, prepared, signal } = run;
  return {
    session,
    ...prepared,
    full: options.full,
    acceptMissing: options.acceptMissing,
    signal,
    onProgress: (object: string, lane: Lane, done: number) =>
      progressOf(run)({ phase: 'pull', object, lane, done, total: null }),
  };
}

/** Pulls until all is read, or until the quota says stop: then returns what it said. */
export async function pullPhase(
  run: SyncRun,
  steps: readonly PullStep[],
  between: () => Promise<void> = nothing,
): Promise<QuotaExhaustedError | null> {
  const { report } = run;
  let lanes: readonly PulledLane[] = [];
  const add = addingTo(report);
  try {
    await pullConnection({
      ...pullRunOf(run),
      steps,
      between,
      onPulled: (pulled) => {
        add(pulled.counts);
        // Of a phase within this one, others are there as well.
        report.objects = [...report.objects.filter((lane) => !lanes.includes(lane)), ...pulled.lanes];
        ({ lanes } = pulled);
      },
    });
    return null;
  } catch (error) {
    if (error instanceof QuotaExhaustedError) return error;
    throw error;
  }
}

const nothing = async (): Promise<void> => undefined;

/** For a phase that tells each time what it has come to so far: what is new of that is added, for others add, too. */
function addingTo(report: OpenReport): (soFar: SyncCounts) => void {
  let told = noCounts;
  return (soFar) => {
    report.counts = addCounts(report.counts, countsSince(told, soFar));
    told = soFar;
  };
}

/**
 * Writes what waits, where that is wanted and no person has paused it. After a stop of the quota only what is urgent is written,
 * and the stop stays the reason why the run ended.
 */
export async function pushPhase(run: SyncRun, stop: QuotaExhaustedError | null = null): Promise<void> {
  const { session, options, prepared, runId, report, signal } = run;
  const { pipeline } = prepared;
  const planned = await session.database.transaction(session.orgId, (tx) => countPending(tx, pipeline.connectionId));
  const { pushed, pushRejected } = report.counts;
  // What waits, and what of it this run has written already.
  report.counts = { ...report.counts, planned: planned + pushed + pushRejected };
  const outputs = pipeline.outputs.find((one) => one.connectionId === session.connection.id);
  if (outputs === undefined || !(await mayPush(run))) return;
  try {
    if (!options.pushOnly) await holdBack(session);
    const add = addingTo(report);
    await pushConnection({
      session,
      runId,
      outputs,
      isUrgentOnly: stop !== null,
      signal,
      onProgress: (object, done, total) => progressOf(run)({ phase: 'push', object, lane: null, done, total }),
      onPushed: (pushed) => add({ ...pushed, planned: 0 }),
      onProblem: (problem) => {
        report.problems = addProblem(report.problems, problem);
      },
    });
  } catch (error) {
    const isNoNews = error instanceof QuotaExhaustedError || isHeld(error);
    throw stop !== null && isNoNews ? stop : error;
  }
}

/** While there is more to read: a push that is held back waits for a person, and nothing else must. */
export async function pushUnlessHeld(run: SyncRun): Promise<void> {
  await pushPhase(run).catch((error: unknown) => {
    if (!isHeld(error)) throw error;
  });
}

function isHeld(error: unknown): boolean {
  return error instanceof AppError && error.code === 'push-held';
}

function addProblem(problems: readonly MappingProblem[], problem: MappingProblem): readonly MappingProblem[] {
  const isKnown = problems.some(({ object, field, code }) => {
    return object === problem.object && field === problem.field && code === problem.code;
  });
  return isKnown ? problems : [...problems, problem];
}

export function wantsPush({ connection }: Session, options: SyncRunOptions): boolean {
  if (options.dryRun || options.pullOnly) return false;
  return options.pushOnly || connection.push.mode === 'auto';
}

/** A pause counts from the moment on when a person says so: also of a run that is under way. */
async function mayPush({ session, options, report }: SyncRun): Promise<boolean> {
  if (!wantsPush(session, options)) return false;
  const { push, reason } = await allowedBy(session);
  if (!push) report.paused = reason;
  return push;
}

function progressOf({ session, options, report }: SyncRun): (step: RunStep) => void {
  return (step) => {
    report.step = step;
    options.onProgress({ ...step, apiCalls: session.governor.admitted });
  };
}
