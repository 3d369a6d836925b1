import type { Session } from '../connection.ts';
import { allowedBy, refusePaused } from '../health/standing.ts';
import { duePull } from '../pull/run-sync.ts';
import { plainSync, type RunReport } from './options.ts';
import { prepareRun, pullPhase, pullRunOf, pushPhase } from './phases.ts';
import { recordSync } from './record-sync.ts';

/**
 * Looks for people who have changed, and for nothing else: for a CRM that does not tell. One call for each object where there is nothing
 * new; what happened to them is for the next sync. Nothing is done before everything has been read once.
 * @throws AppError `connection-paused`, `run-active`, `tick-done` (retry)
 */
export async function syncLive(
  session: Session,
  { tickAt, signal }: { readonly tickAt: Date | null; readonly signal: AbortSignal },
): Promise<RunReport> {
  refusePaused(session.connection.name, await allowedBy(session), { pull: true, push: false });
  return recordSync(session, { kind: 'live', tickAt, signal }, async (open) => {
    const options = { ...plainSync, signal: open.signal, onProgress: () => undefined };
    const run = await prepareRun(session, options, open);
    const { recent, isFirst } = await duePull(pullRunOf(run));
    if (isFirst) return;
    const people = recent.filter(({ capability, plan }) => capability.kind === 'lead' && plan.lane === 'live');
    const stop = await pullPhase(run, people);
    await pushPhase(run, stop);
    if (stop !== null) throw stop;
  });
}
