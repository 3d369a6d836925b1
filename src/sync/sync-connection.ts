import type { Session } from '../connection.ts';
import type { QuotaExhaustedError } from '../connector-sdk/errors.ts';
import { allowedBy, refusePaused } from '../health/standing.ts';
import type { WhatRuns } from '../health/what-runs.ts';
import { duePull } from '../pull/run-sync.ts';
import { attendant } from './attendant.ts';
import type { RunReport, SyncRunOptions } from './options.ts';
import {
  prepareRun,
  pullPhase,
  pullRunOf,
  pushPhase,
  pushUnlessHeld,
  rescorePhase,
  type SyncRun,
  wantsPush,
} from './phases.ts';
import { recordSync } from './record-sync.ts';

/**
 * One turn of the loop for one connection: pull → score → push, under the connection's lock, recorded as a run. What people have
 * paused is left out.
 * @throws AppError `connection-paused` (retry) where nothing is left; `run-active`, `tick-done` (retry).
 */
export async function syncConnection(session: Session, options: SyncRunOptions): Promise<RunReport> {
  const kind = options.pushOnly ? 'push' : 'sync';
  const allowed = await allowedTo(session, options);
  const { tickAt, patienceMs, signal } = options;
  return recordSync(session, { kind, tickAt, patienceMs, signal }, async (open) => {
    const run = await prepareRun(session, options, open);
    run.report.paused = options.pushOnly || allowed.pull ? null : allowed.reason;
    if (options.isRescoring) await rescorePhase(run);
    const stop = options.pushOnly || !allowed.pull ? null : await pull(run);
    await pushPhase(run, stop);
    if (stop !== null) throw stop;
  });
}

/** What is recent, and then, where it is due, the census of everything: what is known by then is written before that. */
async function pull(run: SyncRun): Promise<QuotaExhaustedError | null> {
  const { recent, passes } = await duePull(pullRunOf(run));
  const stop = await pullPhase(run, recent);
  if (stop !== null || passes.length === 0) return stop;
  await pushUnlessHeld(run);
  return pullPhase(run, passes, attendant(run));
}

/** What people have not paused of what is asked for. */
async function allowedTo(session: Session, options: SyncRunOptions): Promise<WhatRuns> {
  const allowed = await allowedBy(session);
  const wanted = { pull: !options.pushOnly, push: wantsPush(session, options) };
  refusePaused(session.connection.name, allowed, wanted);
  return allowed;
}
