import type { Session } from '../connection.ts';
import { allowedBy, refusePaused } from '../health/standing.ts';
import { addCounts } from '../model/run.ts';
import { replayRejected } from '../pull/replay.ts';
import { pullOf } from '../pull/run-sync.ts';
import { plainSync, type RunReport, type SyncRunOptions } from './options.ts';
import { prepareRun, pullRunOf } from './phases.ts';
import { recordSync } from './record-sync.ts';

/** Reads what was rejected again and lets refused writes wait for the next push, as a run of its own. */
export async function replayConnection(
  session: Session,
  {
    signal,
    onProgress,
    patienceMs = 0,
  }: Pick<SyncRunOptions, 'signal' | 'onProgress'> & Partial<Pick<SyncRunOptions, 'patienceMs'>>,
): Promise<RunReport> {
  refusePaused(session.connection.name, await allowedBy(session), { pull: true, push: false });
  return recordSync(session, { kind: 'replay', patienceMs, signal }, async (open) => {
    const options = { ...plainSync, pullOnly: true, signal: open.signal, onProgress };
    const run = await prepareRun(session, options, open);
    run.report.counts = addCounts(run.report.counts, await replayRejected(pullOf(pullRunOf(run))));
  });
}
