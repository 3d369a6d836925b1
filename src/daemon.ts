import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionServices } from './connection.ts';
import { listSources } from './db/queries/data-sources.ts';
import { listConnections } from './db/queries/directory.ts';
import { waitingHints } from './db/queries/waiting-hints.ts';
import { dueRescores } from './due-rescores.ts';
import { sendAlerts } from './health/send-alerts.ts';
import { AppError, placeOf } from './model/errors.ts';
import type { ConnectionId, OrgId } from './model/values.ts';
import { everySeconds, type StartCron } from './scheduler/cron.ts';
import { openQueue, type Queue } from './scheduler/queue.ts';
import { type Planned, runScheduler } from './scheduler/scheduler.ts';
import type { Wakeup, WakeupKind } from './scheduler/wakeup.ts';
import { startWorker } from './scheduler/worker.ts';
import type { RunReport } from './sync/options.ts';
import { looksOf } from './work.ts';

/** What a process may be told to do. `http` = api, hooks (of CRMs) and console. */
export const daemonRoles = ['scheduler', 'worker', 'http', 'api', 'hooks', 'console'] as const;
const httpRoles: readonly DaemonRole[] = ['api', 'hooks', 'console'];
export type DaemonRole = (typeof daemonRoles)[number];

export interface DaemonServices extends SessionServices {
  readonly databaseUrl: string;
  /** Where alerts go; null = nowhere. */
  readonly alertUrl: string | null;
}

export interface DaemonOptions {
  /** Null = all. */
  readonly roles: readonly string[] | null;
  /** Instead of each connection's own; null or left out = its own. */
  readonly schedule?: string | null;
  readonly signal: AbortSignal;
  /** How long the end waits for runs and calls under way; default 20 s, below the 30 s that container platforms give. */
  readonly graceMs?: number;
  readonly onListening?: (url: string) => void | Promise<void>;
  readonly onReport?: (report: RunReport) => void;
  /** Who fires schedules, and how often somebody looks for what nobody fired; left out = by the clock of this machine. */
  readonly startCron?: StartCron;
  readonly lookAroundMs?: number;
}

/** The page, once it listens. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Takes no more calls; what is being answered has so long to end. A second time it does nothing. */
  stop(graceMs: number): Promise<void>;
}

/** A CRM has told of changes. */
export type OnHints = (orgId: OrgId, connectionId: ConnectionId) => Promise<void>;

/** Asks a worker, whatever process that is; false where the same waits already or is under way. */
export type Wake = Queue['wake'];

export const defaultGraceMs = 20_000;

/** What a call has that came in when the runs had used up the time. */
const lastCallMs = 1_000;

/**
 * Runs of a kind at once in this process. A sync waits for its CRM most of the time; scoring keeps a core busy.
 */
const slots: Readonly<Record<WakeupKind, number>> = {
  sync: 8,
  asked: 4,
  live: 4,
  hints: 8,
  rescore: 1,
  import: 2,
};

/** Does what its roles say until the signal; then the runs under way come to their next checkpoint. */
export async function runDaemon(
  services: DaemonServices,
  options: DaemonOptions,
  openSite: (onHints: OnHints, wake: Wake) => Promise<Site>,
): Promise<void> {
  const { signal, graceMs = defaultGraceMs } = options;
  const isIn = rolesOf(options.roles);
  const { log } = services;
  await using stack = new AsyncDisposableStack();
  const queue = await openQueue({ url: services.databaseUrl, log });
  stack.defer(() => queue.stop(graceMs));
  const onHints: OnHints = async (orgId, subjectId) => {
    await queue.wake({ kind: 'hints', orgId, subjectId, tickAt: null });
  };
  // Also a worker that serves neither page nor API is watched: health and metrics are everywhere.
  const site = stack.use(await openSite(onHints, (wakeup) => queue.wake(wakeup)));
  await options.onListening?.(site.url);
  if (isIn('worker')) await work(services, queue, options);
  log('info', 'daemon is up', { roles: (options.roles ?? daemonRoles).join(','), url: site.url });
  await Promise.all([
    isIn('scheduler') ? schedule(services, queue, options) : aborted(signal),
    isIn('worker') ? tellPeople(services, signal) : null,
  ]);
  const end = performance.now() + graceMs;
  // Whoever asks meanwhile is answered, and hears at `/readyz` that we are draining.
  await queue.stop(graceMs);
  await site.stop(Math.max(lastCallMs, end - performance.now()));
}

/** @throws AppError `role-unknown` (fix-config) */
export function rolesOf(roles: readonly string[] | null): (role: DaemonRole) => boolean {
  const unknown = roles?.find((role) => !daemonRoles.includes(role as DaemonRole));
  if (unknown !== undefined || roles?.length === 0) throw unknownRole(unknown ?? '');
  return (role) => {
    if (roles === null || roles.includes(role)) return true;
    return httpRoles.includes(role) && roles.includes('http');
  };
}

async function work(services: SessionServices, queue: Queue, options: DaemonOptions): Promise<void> {
  const { log, signal } = { ...services, ...options };
  // Whoever hears the reports needs no log of the runs that have one.
  const told = new Set<unknown>();
  const looks = looksOf(services, {
    onReport: (report) => {
      told.add(report.runId);
      options.onReport?.(report);
    },
    onRescored: (orgId) => wakeConnections(services, queue, orgId),
  });
  const logRun: SessionServices['log'] = (level, message, fields) => {
    const isTold = options.onReport !== undefined && (told.delete(fields['runId']) || level === 'info');
    log(isTold ? 'debug' : level, message, fields);
  };
  await startWorker({ queue, looks, slots, log: logRun, signal });
}

/** What rescoring has changed shall not wait for the next tick. */
async function wakeConnections({ database }: SessionServices, queue: Queue, orgId: string): Promise<void> {
  const connections = (await database.operator(listConnections)).filter((one) => one.orgId === orgId);
  for (const { id: subjectId } of connections.filter(({ schedule }) => schedule !== null)) {
    await queue.wake({ kind: 'sync', orgId, subjectId, tickAt: null });
  }
}

async function schedule(services: SessionServices, queue: Queue, options: DaemonOptions): Promise<void> {
  const { database, now, log } = services;
  await runScheduler({
    listPlanned: () => listPlanned(services, options.schedule ?? null),
    listDue: async (at) => {
      const { orgs, hints } = await database.operator(async (tx) => ({
        orgs: await dueRescores(tx, at),
        hints: await waitingHints(tx),
      }));
      return [
        ...orgs.map((orgId): Wakeup => ({ kind: 'rescore', orgId, subjectId: orgId, tickAt: null })),
        ...hints.map((one): Wakeup => ({ ...one, kind: 'hints', tickAt: null })),
      ];
    },
    queue,
    now,
    log,
    signal: options.signal,
    ...(options.startCron !== undefined && { startCron: options.startCron }),
    ...(options.lookAroundMs !== undefined && { lookAroundMs: options.lookAroundMs }),
  });
}

async function listPlanned({ database }: SessionServices, schedule: string | null): Promise<readonly Planned[]> {
  const { connections, sources } = await database.operator(async (tx) => ({
    connections: await listConnections(tx),
    sources: await listSources(tx),
  }));
  return [
    ...connections.flatMap(({ org, name, id, pausedReason, liveEverySeconds, ...one }): Planned[] => {
      const own = { ...one, subjectId: id, heldBy: pausedReason };
      const sync = { ...own, key: `${org}/${name}`, kind: 'sync', schedule: schedule ?? one.schedule } as const;
      if (liveEverySeconds === null) return [sync];
      return [sync, { ...own, key: `${org}/${name} live`, kind: 'live', schedule: everySeconds(liveEverySeconds) }];
    }),
    // A connection may have the same name.
    ...sources.map(({ org, name, id, pausedReason, ...one }): Planned => {
      return { ...one, key: `${org}/sources/${name}`, kind: 'import', subjectId: id, heldBy: pausedReason };
    }),
  ];
}

/** How often alerts go out, in ms: nobody is woken a minute late. */
const alertPauseMs = 5_000;

/** Sends alerts until the signal; those that do not arrive are tried again, by their own schedule. */
async function tellPeople(services: DaemonServices, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sendAlerts(services, signal).catch((error: unknown) => {
      if (!signal.aborted) services.log('warn', 'alerts could not be sent; trying again', { place: placeOf(error) });
    });
    await sleep(alertPauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function unknownRole(role: string): AppError {
  return new AppError('role-unknown', `There is no role "${role}".`, {
    recovery: 'fix-config',
    remedy: `Name some of: ${daemonRoles.join(', ')}. Without --roles a process has all of them.`,
  });
}
