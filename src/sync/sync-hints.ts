import type { Session } from '../connection.ts';
import { attendToHints } from '../hints/attend.ts';
import { allowedBy, refusePaused } from '../health/standing.ts';
import { addCounts } from '../model/run.ts';
import { duePull, pullOf } from '../pull/run-sync.ts';
import { plainSync, type RunReport } from './options.ts';
import { prepareRun, pullRunOf, pushUnlessHeld } from './phases.ts';
import { recordSync } from './record-sync.ts';

/**
 * What comes meanwhile goes with the next round. A round is two calls or three: one after the other without a pause, they use up what
 * a CRM allows in ten seconds in three, and then wait for seven.
 */
const roundMs = 500;

/** Then the schedule has its turn, however many hints come; the rest is attended to in the run after that. */
const longestMs = 5_000;

/**
 * Attends to what the CRM has told of by itself, until nothing more waits: read, scored, written, round by round. A connection that
 * has not been read to its end once writes nothing yet, as in its first sync.
 * @throws AppError `connection-paused` (retry), `run-active` (retry)
 */
export async function syncHints(session: Session, { signal }: { readonly signal: AbortSignal }): Promise<RunReport> {
  refusePaused(session.connection.name, await allowedBy(session), { pull: true, push: false });
  return recordSync(session, { kind: 'hints', signal }, async (open) => {
    const options = { ...plainSync, signal: open.signal, onProgress: () => undefined };
    const run = await prepareRun(session, options, open);
    const pull = pullOf(pullRunOf(run));
    const { isFirst } = await duePull(pullRunOf(run));
    const end = session.now().getTime() + longestMs;
    do {
      const hinted = await attendToHints(pull);
      if (hinted === null) return;
      run.report.counts = addCounts(run.report.counts, hinted);
      if (!isFirst) await pushUnlessHeld(run);
      await session.sleep(roundMs, open.signal);
    } while (session.now().getTime() < end);
  });
}
