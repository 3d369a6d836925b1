import type { Session } from '../connection.ts';
import { noteResumeAt } from '../db/queries/daily-pool.ts';
import { noCounts, type RunDetail, type SyncCounts } from '../model/run.ts';
import type { RunId } from '../model/values.ts';
import { type EndedRun, recordRun, type RunWish } from '../record-run.ts';
import type { RunReport } from './options.ts';
import { tellProgress } from './tell-progress.ts';

/** What a run has come to so far. */
export type OpenReport = { -readonly [K in 'counts' | 'objects' | 'problems' | 'paused']: RunReport[K] } & {
  step: RunDetail['step'];
};

export interface OpenSync {
  readonly runId: RunId;
  readonly report: OpenReport;
  readonly signal: AbortSignal;
}

/** Runs `work` as the connection's only run, and keeps what became of it, whatever that is. */
export async function recordSync(
  session: Session,
  wish: Pick<RunWish, 'kind' | 'tickAt' | 'patienceMs' | 'signal'>,
  work: (run: OpenSync) => Promise<void>,
): Promise<RunReport> {
  const { connection, governor } = session;
  const report: OpenReport = { counts: noCounts, objects: [], problems: [], paused: null, step: null };
  const subject = { type: 'connection', id: connection.id, name: connection.name } as const;
  const counts = (): SyncCounts => ({ ...report.counts, apiCalls: governor.admitted });
  const detail = (): RunDetail => ({
    lanes: report.objects,
    problems: report.problems,
    paused: report.paused,
    step: report.step,
  });
  const ended = await recordRun(session, { ...wish, subject, counts, detail }, async (run) => {
    session.beginRun(run.runId);
    session.log('debug', 'run began', { kind: wish.kind });
    await using meanwhile = new AsyncDisposableStack();
    meanwhile.use(tellProgress(session, run.runId, () => ({ counts: counts(), detail: detail() })));
    await work({ ...run, report });
  });
  await keepResumeAt(session, ended);
  const { step: _step, ...told } = report;
  return { ...told, ...ended, connection: connection.name };
}

/** So that no process knocks before the time, whatever becomes of this one. */
async function keepResumeAt(
  { database, orgId, connection, governor }: Session,
  { nextTryAt, failure }: EndedRun,
): Promise<void> {
  if (nextTryAt === null && (failure !== null || governor.admitted === 0)) return;
  await database.transaction(orgId, (tx) => noteResumeAt(tx, connection.id, nextTryAt));
}
