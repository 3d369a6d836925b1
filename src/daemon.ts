import { listSources } from './db/queries/data-sources.ts';
import { listConnections } from './db/queries/directory.ts';
import { readTimeZones } from './db/queries/time-zones.ts';
import { openConnection, type SessionServices } from './connection.ts';
import { type ScheduledJob, type Serving, serveJobs } from './scheduler/serve.ts';
import { runSource } from './source/run-source.ts';
import { plainSync, type RunReport, syncConnection } from './sync.ts';

export interface DaemonOptions {
  /** scheduler, worker, api, hooks, console; null = all. */
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
  await using site = isIn('api', 'hooks', 'console') ? await openSite((key) => serving?.nextRunAt(key) ?? null) : null;
  if (site !== null) options.onListening?.(site.url);
  if (!isIn('scheduler', 'worker')) return await aborted(options.signal);
  // Whoever hears the reports needs no log of the runs that have one.
  const told = new Set<unknown>();
  const tell = (report: RunReport): void => {
    told.add(report.runId);
    options.onReport?.(report);
  };
  serving = serveJobs({
    listJobs: async () => [...(await syncs(services, options.schedule ?? null, tell)), ...(await imports(services))],
    now,
    log: (level, message, fields) => {
      const isTold = options.onReport !== undefined && (told.delete(fields['runId']) || level === 'info');
      log(isTold ? 'debug' : level, message, fields);
    },
    signal: options.signal,
    runAtStart: options.runAtStart ?? true,
  });
  await serving.ended;
}

const onProgress = (): void => undefined;

async function syncs(
  services: SessionServices,
  schedule: string | null,
  onReport: (report: RunReport) => void,
): Promise<readonly ScheduledJob[]> {
  const { database } = services;
  const entries = await database.operator(listConnections);
  const orgIds = [...new Set(entries.map(({ orgId }) => orgId))];
  const zones = await Promise.all(orgIds.map((orgId) => database.transaction(orgId, readTimeZones)));
  return entries.map((entry) => ({
    key: `${entry.org}/${entry.name}`,
    schedule: schedule ?? entry.schedule,
    timeZone: zones.map((zone) => zone.get(entry.id)).find((zone) => zone !== undefined) ?? 'UTC',
    pausedReason: entry.pausedReason,
    run: async (signal) => {
      await using session = await openConnection(services, entry.orgId, entry.name);
      const report = await syncConnection(session, { ...plainSync, onProgress, signal });
      onReport(report);
      return report;
    },
  }));
}

async function imports(services: SessionServices): Promise<readonly ScheduledJob[]> {
  const entries = await services.database.operator(listSources);
  return entries.map((entry) => ({
    // A connection may have the same name.
    key: `${entry.org}/sources/${entry.name}`,
    schedule: entry.schedule,
    timeZone: entry.timeZone,
    pausedReason: entry.pausedReason,
    run: (signal) => runSource(services, entry, { full: false, signal, onProgress }),
  }));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
