/** What a worker of the daemon does about each kind of wake-up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, type Session, type SessionServices } from './connection.ts';
import { hasUrgentPushes } from './db/queries/claim-pushes.ts';
import { resumeAt } from './db/queries/daily-pool.ts';
import { nameOfSource } from './db/queries/data-sources.ts';
import { findConnection } from './db/queries/directory.ts';
import { noteTick } from './db/queries/runs.ts';
import { hasHints } from './db/queries/waiting-hints.ts';
import { endOfError, recordHealth } from './health/record-health.ts';
import { standingOf } from './health/standing.ts';
import { AppError } from './model/errors.ts';
import type { ConnectionId, OrgId } from './model/values.ts';
import type { Look } from './scheduler/worker.ts';
import type { Wakeup, WakeupKind } from './scheduler/wakeup.ts';
import { rescoreIfDue } from './score-run.ts';
import { runSource } from './source/run-source.ts';
import { plainSync, type RunReport } from './sync/options.ts';
import { syncConnection } from './sync/sync-connection.ts';
import { syncHints } from './sync/sync-hints.ts';

export interface WorkOptions {
  readonly onReport: (report: RunReport) => void;
  /** An organisation's scores have changed: its connections may have something to write. */
  readonly onRescored: (orgId: OrgId) => Promise<void>;
}

const onProgress = (): void => undefined;

export function looksOf(services: SessionServices, options: WorkOptions): Readonly<Record<WakeupKind, Look>> {
  const run = async (wakeup: Wakeup, work: (session: Session) => Promise<RunReport>): Promise<RunReport | null> => {
    const report = await runConnection(services, wakeup, work);
    if (report !== null) options.onReport(report);
    return report;
  };
  return {
    sync: (wakeup, signal) => {
      const wish = { ...plainSync, isRescoring: false, tickAt: tickOf(wakeup), onProgress, signal };
      return afterOthers(services, signal, () => run(wakeup, (session) => syncConnection(session, wish)));
    },
    hints: (wakeup, signal) => {
      const attend = () => run(wakeup, (session) => syncHints(session, { signal }));
      return afterOthers(services, signal, async () => ((await areThere(services, wakeup)) ? attend() : null));
    },
    rescore: async ({ orgId }, signal) => {
      const ended = await rescoreIfDue(services, orgId, signal);
      if (ended !== null && ended.counts.scored > 0) await options.onRescored(orgId);
      return ended;
    },
    import: async (wakeup, signal) => {
      const { orgId, subjectId: id } = wakeup;
      const found = await services.database.transaction(orgId, (tx) => nameOfSource(tx, id));
      if (found === null) throw unknown('source');
      return runSource(services, { orgId, id, ...found }, { full: false, tickAt: tickOf(wakeup), signal, onProgress });
    },
  };
}

/** One run of a connection, and what it says of its health; null where something holds it. */
async function runConnection(
  services: SessionServices,
  wakeup: Wakeup,
  work: (session: Session) => Promise<RunReport>,
): Promise<RunReport | null> {
  const { orgId, subjectId: id } = wakeup;
  const found = await services.database.transaction(orgId, (tx) => findConnection(tx, id));
  if (found === null) throw unknown('connection');
  const subject = { orgId, id, ...found };
  const heldBy = await whatHolds(services, subject);
  if (heldBy !== null) {
    services.log('info', 'not run', { org: found.org, connection: found.name, reason: heldBy });
    await passTick(services, wakeup);
    return null;
  }
  try {
    await using session = await openConnection(services, orgId, found.name);
    const report = await work(session);
    await recordHealth(services, subject, report);
    return report;
  } catch (error) {
    if (error instanceof AppError && !isNoFault(error)) {
      await recordHealth(services, subject, endOfError(error));
      // What a person has to mend is tried at the next tick, not at once.
      if (error.recovery !== 'retry') await passTick(services, wakeup);
    }
    throw error;
  }
}

const noFaults: ReadonlySet<string> = new Set(['run-active', 'tick-done', 'connection-paused', 'database-unavailable']);

function isNoFault({ code }: AppError): boolean {
  return noFaults.has(code);
}

/** A pause, a breaker or a limit that was hit; null = nothing. */
async function whatHolds(
  services: SessionServices,
  { orgId, id, pushMode }: { readonly orgId: OrgId; readonly id: ConnectionId; readonly pushMode: string },
): Promise<string | null> {
  const { database, now } = services;
  const runs = await standingOf(services, { orgId, id });
  if (!runs.pull && !(runs.push && pushMode === 'auto')) return runs.reason ?? 'paused';
  return database.transaction(orgId, async (tx) => {
    const until = await resumeAt(tx, id);
    if (until === null || until <= now()) return null;
    // The day's pool keeps a reserve for these.
    if (runs.push && (await hasUrgentPushes(tx, { connectionId: id, now: now() }))) return null;
    return `waiting for the quota until ${until.toISOString()}`;
  });
}

async function passTick({ database }: SessionServices, { kind, orgId, subjectId, tickAt }: Wakeup): Promise<void> {
  if (kind !== 'sync' || tickAt === null) return;
  await database.transaction(orgId, (tx) => noteTick(tx, { type: 'connection', id: subjectId }, new Date(tickAt)));
}

const waiting = { patienceMs: 10_000, pauseMs: 300 };

/**
 * A run that is in the way may be short, as those of hints are: then this is done as soon as it is over. A tick that gave way to
 * each would be late by its whole look-around, and where hints never end it would never come.
 */
async function afterOthers(
  { now }: SessionServices,
  signal: AbortSignal,
  work: () => Promise<RunReport | null>,
): Promise<RunReport | null> {
  const end = now().getTime() + waiting.patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'run-active';
      if (!isBusy || now().getTime() > end) throw error;
      await sleep(waiting.pauseMs, undefined, { signal });
    }
  }
}

/** The run that was in the way may have attended to the hints, too. */
function areThere({ database }: SessionServices, { orgId, subjectId }: Wakeup): Promise<boolean> {
  return database.transaction(orgId, (tx) => hasHints(tx, subjectId));
}

function tickOf({ tickAt }: Wakeup): Date | null {
  return tickAt === null ? null : new Date(tickAt);
}

function unknown(what: 'connection' | 'source'): AppError {
  return new AppError(`${what}-unknown`, `The ${what} is not there any more.`, {
    recovery: 'fix-config',
    remedy: 'Nothing has to be done, where it was deleted on purpose.',
  });
}
