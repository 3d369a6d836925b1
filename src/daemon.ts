import type { Database } from './db/tx.ts';
import { listConnections } from './db/queries/directory.ts';
import { readTimeZones } from './db/queries/time-zones.ts';
import type { SessionServices } from './connection.ts';
import { openNamed } from './named-connection.ts';
import { type ScheduledConnection, type Serving, serveConnections } from './scheduler/serve.ts';
import { plainSync, type RunReport, syncConnection } from './sync.ts';

export interface DaemonOptions {
  /** scheduler, worker, api, console; null = all. */
  readonly roles: readonly string[] | null;
  /** Instead of each connection's own; null or left out = its own. */
  readonly schedule?: string | null;
  readonly runAtStart?: boolean;
  readonly signal: AbortSignal;
  readonly onListening?: (url: string) => void;
  readonly onReport?: (report: RunReport) => void;
}

/** The page, once it listens. */
export interface Site extends AsyncDisposable {
  readonly url: string;
}

/** Scheduler and page in this process, until the signal; then the runs under way come to their next checkpoint. */
export async function runDaemon(
  services: SessionServices,
  options: DaemonOptions,
  openSite: (nextRunAt: Serving['nextRunAt']) => Promise<Site>,
): Promise<void> {
  const { now, log } = services;
  const isIn = (...roles: string[]): boolean => options.roles?.some((role) => roles.includes(role)) ?? true;
  let serving: Serving | null = null;
  await using site = isIn('api', 'console') ? await openSite((key) => serving?.nextRunAt(key) ?? null) : null;
  if (site !== null) options.onListening?.(site.url);
  if (!isIn('scheduler', 'worker')) return await aborted(options.signal);
  const quietly = { ...plainSync, onProgress: () => undefined };
  serving = serveConnections({
    listConnections: () => scheduled(services.database, options.schedule ?? null),
    sync: async (key, signal) => {
      await using session = await openNamed(services, key);
      return await syncConnection(session, { ...quietly, signal });
    },
    now,
    // Whoever hears the reports needs no log of the runs that have one.
    log: (level, message, fields) =>
      log(options.onReport !== undefined && (level === 'info' || 'runId' in fields) ? 'debug' : level, message, fields),
    signal: options.signal,
    runAtStart: options.runAtStart ?? true,
    onReport: (report) => options.onReport?.(report),
  });
  await serving.ended;
}

async function scheduled(database: Database, schedule: string | null): Promise<readonly ScheduledConnection[]> {
  const entries = await database.operator(listConnections);
  const orgIds = [...new Set(entries.map(({ orgId }) => orgId))];
  const zones = await Promise.all(orgIds.map((orgId) => database.transaction(orgId, readTimeZones)));
  return entries.map((entry) => ({
    key: `${entry.org}/${entry.name}`,
    schedule: schedule ?? entry.schedule,
    timeZone: zones.map((zone) => zone.get(entry.id)).find((zone) => zone !== undefined) ?? 'UTC',
    pausedReason: entry.pausedReason,
  }));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
