/** What a worker of the daemon does about each kind of wake-up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, type Session, type SessionServices } from './connection.ts';
import { hasUrgentPushes } from './db/queries/claim-pushes.ts';
import { resumeAt } from './db/queries/daily-pool.ts';
import { nameOfSource } from './db/queries/data-sources.ts';
import { findConnection } from './db/queries/directory.ts';
import { forgetConsents } from './db/queries/consents.ts';
import { forgetLooks, hasLongRun, lastRescoreFailedAt, noteTick } from './db/queries/runs.ts';
import { hasHints } from './db/queries/waiting-hints.ts';
import { type HealthSubject, withHealth } from './health/record-health.ts';
import { standingOf } from './health/standing.ts';
import { AppError } from './model/errors.ts';
import type { ConnectionId, OrgId } from './model/values.ts';
import type { RunWish } from './scheduler/wakeup.ts';
import type { Look } from './scheduler/worker.ts';
import type { Wakeup, WakeupKind } from './scheduler/wakeup.ts';
import { rescoreIfDue } from './score-run.ts';
import { runSource, type SourceReport } from './source/run-source.ts';
import { plainSync, type RunReport } from './sync/options.ts';
import { replayConnection } from './sync/replay-connection.ts';
import { syncConnection } from './sync/sync-connection.ts';
import { syncLive } from './sync/sync-live.ts';
import { syncHints } from './sync/sync-hints.ts';

export interface WorkOptions {
  readonly onReport: (report: RunReport) => void;
  /** An organisation's scores have changed: its connections may have something to write. */
  readonly onRescored: (orgId: OrgId) => Promise<void>;
}

const onProgress = (): void => undefined;

const rescorePauseMs = 900_000;

export function looksOf(services: SessionServices, options: WorkOptions): Readonly<Record<WakeupKind, Look>> {
  const run = async (wakeup: Wakeup, work: (session: Session) => Promise<RunReport>): Promise<RunReport | null> => {
    const report = await runConnection(services, wakeup, work);
    if (report !== null) options.onReport(report);
    return report;
  };
  return {
    sync: (wakeup, signal) => {
      const wish = { ...plainSync, isRescoring: false, tickAt: tickOf(wakeup), onProgress, signal };
      return beforeHints(services, wakeup, (patienceMs) =>
        run(wakeup, (session) => syncConnection(session, { ...wish, patienceMs })),
      );
    },
    asked: async (wakeup, signal) => {
      const report = await runAsked(services, wakeup, { patienceMs: askedPatienceMs, signal });
      options.onReport(report);
      return report;
    },
    live: (wakeup, signal) => run(wakeup, (session) => syncLive(session, { tickAt: tickOf(wakeup), signal })),
    hints: (wakeup, signal) =>
      afterOthers(services, wakeup, signal, () => run(wakeup, (session) => syncHints(session, { signal }))),
    rescore: async ({ orgId }, signal) => {
      const failedAt = await services.database.transaction(orgId, async (tx) => {
        await forgetLooks(tx, services.now());
        await forgetConsents(tx, services.now());
        return lastRescoreFailedAt(tx);
      });
      // What fails on somebody's scores does so again: it shall not keep others from theirs.
      if (failedAt !== null && services.now().getTime() - failedAt.getTime() < rescorePauseMs) return null;
      const ended = await rescoreIfDue(services, orgId, signal);
      if (ended !== null && ended.counts.scored > 0) await options.onRescored(orgId);
      return ended;
    },
    import: (wakeup, signal) => importSource(services, wakeup, signal),
  };
}

/** One run of a connection, and what it says of its health; null where something holds it. */
async function runConnection(
  services: SessionServices,
  wakeup: Wakeup,
  work: (session: Session) => Promise<RunReport>,
): Promise<RunReport | null> {
  const subject = await subjectOf(services, wakeup);
  const heldBy = await whatHolds(services, { ...subject, kind: wakeup.kind });
  if (heldBy !== null) {
    // Hints that wait are asked about every few seconds.
    services.log(wakeup.kind === 'sync' ? 'info' : 'debug', 'not run', {
      org: subject.org,
      connection: subject.name,
      reason: heldBy,
    });
    await passTick(services, wakeup);
    return null;
  }
  try {
    return await withHealth(services, subject, { work: () => inSession(services, subject, work) });
  } catch (error) {
    // What a person has to mend is tried at the next tick, not at once.
    if (error instanceof AppError && error.recovery !== 'retry') await passTick(services, wakeup);
    throw error;
  }
}

/** One run of a source, and what it says of its health; null where something holds it. */
async function importSource(
  services: SessionServices,
  wakeup: Wakeup,
  signal: AbortSignal,
): Promise<SourceReport | null> {
  const { orgId, subjectId: id } = wakeup;
  const found = await services.database.transaction(orgId, (tx) => nameOfSource(tx, id));
  if (found === null) throw unknownSource();
  const subject = { type: 'source', orgId, id, ...found } as const;
  const { pull, reason } = await standingOf(services, subject);
  if (!pull) {
    services.log('info', 'not run', { org: found.org, source: found.name, reason });
    await passTick(services, wakeup);
    return null;
  }
  const run = { full: false, tickAt: tickOf(wakeup), signal, onProgress };
  return withHealth(services, subject, { work: () => runSource(services, subject, run) });
}

async function subjectOf({ database }: SessionServices, { orgId, subjectId: id }: Wakeup): Promise<Subject> {
  const found = await database.transaction(orgId, (tx) => findConnection(tx, id));
  if (found === null) throw unknownConnection();
  return { type: 'connection', orgId, id, ...found };
}

interface Subject extends HealthSubject {
  readonly pushMode: string;
}

async function inSession(
  services: SessionServices,
  { orgId, name }: Subject,
  work: (session: Session) => Promise<RunReport>,
): Promise<RunReport> {
  await using session = await openConnection(services, orgId, name);
  return await work(session);
}

/** Who asks by name wants to try, whatever waits: only what people have paused is left out. */
async function runAsked(
  services: SessionServices,
  wakeup: Wakeup,
  how: { readonly patienceMs: number; readonly signal: AbortSignal },
): Promise<RunReport> {
  const { wish = 'sync' } = wakeup;
  const subject = await subjectOf(services, wakeup);
  const work = (session: Session): Promise<RunReport> =>
    wish === 'retry'
      ? replayConnection(session, { ...how, onProgress })
      : syncConnection(session, { ...plainSync, ...asks[wish], ...how, isRescoring: false, onProgress });
  return withHealth(services, subject, { work: () => inSession(services, subject, work) });
}

const asks: Readonly<Record<Exclude<RunWish, 'retry'>, { readonly full: boolean; readonly pullOnly: boolean }>> = {
  sync: { full: false, pullOnly: false },
  full: { full: true, pullOnly: false },
  pull: { full: false, pullOnly: true },
  'full-pull': { full: true, pullOnly: true },
};

/** A pause, a breaker or a limit that was hit; null = nothing. */
async function whatHolds(
  services: SessionServices,
  {
    kind,
    orgId,
    id,
    pushMode,
  }: Pick<Wakeup, 'kind' | 'orgId'> & { readonly id: ConnectionId; readonly pushMode: string },
): Promise<string | null> {
  const { database, now } = services;
  const runs = await standingOf(services, { type: 'connection', orgId, id });
  // Hints and looks read; what waits to be written is written by a sync.
  const isPushing = kind === 'sync' && runs.push && pushMode === 'auto';
  if (!runs.pull && !isPushing) return runs.reason ?? 'paused';
  return database.transaction(orgId, async (tx) => {
    const until = await resumeAt(tx, id, now());
    if (until === null || until <= now()) return null;
    // The day's pool keeps a reserve for these; hints and looks have to read first, which it does not pay for.
    if (kind === 'sync' && runs.push && (await hasUrgentPushes(tx, { connectionId: id, now: now() }))) return null;
    return `waiting for the quota until ${until.toISOString()}`;
  });
}

/** What has held this tick is over at the next one, or not: this one is not made up for. */
async function passTick({ database, now }: SessionServices, { kind, orgId, subjectId, tickAt }: Wakeup): Promise<void> {
  if ((kind !== 'sync' && kind !== 'import') || tickAt === null) return;
  const subject = { type: kind === 'sync' ? 'connection' : 'source', id: subjectId } as const;
  const tick = { at: new Date(tickAt), now: now() };
  await database.transaction(orgId, (tx) => noteTick(tx, subject, tick));
}

/** Longer than a holder of its lock may be silent: what a person has asked for is begun once more where its worker was frozen. */
const askedPatienceMs = 20_000;

/** Longer than a look or an answer to hints takes. */
const hintsPatienceMs = 15_000;

/** The schedule has its turn between two runs that attend to hints, however many there are. */
async function beforeHints(
  { database }: SessionServices,
  { orgId, subjectId }: Wakeup,
  work: (patienceMs: number) => Promise<RunReport | null>,
): Promise<RunReport | null> {
  try {
    return await work(0);
  } catch (error) {
    // Where there is none it has just ended.
    if (!isBusy(error) || (await database.transaction(orgId, (tx) => hasLongRun(tx, subjectId)))) throw error;
    return work(hintsPatienceMs);
  }
}

const othersPatience = { totalMs: 10_000, pauseMs: 300 };

/** While the connection has another run, that may attend to the hints, too: else we do so when it is over. */
async function afterOthers(
  { database, now }: SessionServices,
  { orgId, subjectId }: Wakeup,
  signal: AbortSignal,
  work: () => Promise<RunReport | null>,
): Promise<RunReport | null> {
  const end = now().getTime() + othersPatience.totalMs;
  while (await database.transaction(orgId, (tx) => hasHints(tx, subjectId))) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || now().getTime() > end) throw error;
      await sleep(othersPatience.pauseMs, undefined, { signal });
    }
  }
  return null;
}

function isBusy(error: unknown): boolean {
  return error instanceof AppError && error.code === 'run-active';
}

function tickOf({ tickAt }: Wakeup): Date | null {
  return tickAt === null ? null : new Date(tickAt);
}

function unknownConnection(): AppError {
  return new AppError('connection-unknown', 'The connection is not there any more.', {
    recovery: 'fix-config',
    remedy: deleted,
  });
}

function unknownSource(): AppError {
  return new AppError('source-unknown', 'The source is not there any more.', {
    recovery: 'fix-config',
    remedy: deleted,
  });
}

const deleted = 'Nothing has to be done, where it was deleted on purpose.';
