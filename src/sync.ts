import type { Session } from './connection.ts';
import { countPending } from './db/queries/claim-pushes.ts';
import type { RunKind } from './db/queries/runs.ts';
import type { MappingProblem } from './model/mapping.ts';
import { addCounts, type Lane, noCounts, type SyncCounts } from './model/run.ts';
import type { RunId } from './model/values.ts';
import { prepare } from './pull/prepare.ts';
import { rescoreForProfile } from './pull/rescore.ts';
import { rescoreSignups } from './plg/rescore-signups.ts';
import { replayRejected } from './pull/replay.ts';
import { pullConnection, type PulledLane, pullOf } from './pull/run-sync.ts';
import { holdBack, pushConnection } from './push/run-push.ts';
import { type EndedRun, recordRun } from './record-run.ts';

export interface RunReport extends EndedRun {
  readonly connection: string;
  readonly objects: readonly PulledLane[];
  readonly problems: readonly MappingProblem[];
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
  return recordSync(session, { kind, signal: options.signal }, async ({ runId, report, signal }) => {
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
    if (prepared.rescoresDue.includes('plg')) {
      const rescored = await rescoreSignups(session, pipeline, rescoring('signups'));
      report.counts = addCounts(report.counts, rescored);
    }
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

interface OpenSync {
  readonly runId: RunId;
  readonly report: OpenReport;
  readonly signal: AbortSignal;
}

/** Runs `work` as the connection's only run, and keeps what became of it, whatever that is. */
async function recordSync(
  session: Session,
  { kind, signal }: { readonly kind: RunKind; readonly signal: AbortSignal },
  work: (run: OpenSync) => Promise<void>,
): Promise<RunReport> {
  const { connection, governor } = session;
  const report: OpenReport = { counts: noCounts, objects: [], problems: [] };
  const subject = { type: 'connection', id: connection.id, name: connection.name } as const;
  const counts = (): SyncCounts => ({ ...report.counts, apiCalls: governor.admitted });
  const ended = await recordRun(session, { subject, kind, signal, counts }, (run) => {
    session.beginRun(run.runId);
    session.log('debug', 'run began', { kind });
    return work({ ...run, report });
  });
  return { ...report, ...ended, connection: connection.name };
}

/** Reads what was rejected again and lets refused writes wait for the next push, as a run of its own. */
export async function replayConnection(
  session: Session,
  { signal, onProgress }: Pick<SyncRunOptions, 'signal' | 'onProgress'>,
): Promise<RunReport> {
  return recordSync(session, { kind: 'replay', signal }, async ({ runId, report, signal }) => {
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
