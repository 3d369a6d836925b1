import { attendToHints } from '../hints/attend.ts';
import { addCounts } from '../model/run.ts';
import { duePull, pullOf } from '../pull/run-sync.ts';
import { pullPhase, pullRunOf, pushUnlessHeld, type SyncRun } from './phases.ts';

/** How often somebody looks for hints, and how often for what nobody hinted at, in ms. */
const pauses = { hints: 1_000, recent: 60_000 };

/**
 * While a census of everything is under way, which may take hours, what is new goes on being read, scored and written: to be called
 * between the batches of the census, and while it waits for one.
 */
export function attendant(run: SyncRun): () => Promise<void> {
  const { session, report } = run;
  const pull = pullOf(pullRunOf(run));
  const next = { hints: 0, recent: session.now().getTime() + pauses.recent };
  return async () => {
    const now = session.now().getTime();
    if (now < next.hints) return;
    next.hints = now + pauses.hints;
    const hinted = await attendToHints(pull);
    if (hinted !== null) report.counts = addCounts(report.counts, hinted);
    const isRecentDue = now >= next.recent;
    if (isRecentDue) {
      next.recent = now + pauses.recent;
      const { recent } = await duePull(pullRunOf(run));
      const stop = await pullPhase(run, recent);
      if (stop !== null) throw stop;
    }
    if (hinted !== null || isRecentDue) await pushUnlessHeld(run);
  };
}
