import { setTimeout as sleep } from 'node:timers/promises';
import { type CronTask, startCron, type StartCron } from './cron.ts';
import { type Job, JobLoop, type LoopPort, type SchedulerLog } from './job-loop.ts';

export interface ScheduledJob extends Job {
  /** `org/name`: what it is known by. */
  readonly key: string;
  /** Five cron fields, or six with seconds; null = by hand only. */
  readonly schedule: string | null;
  readonly timeZone: string;
}

export interface ServeJobs {
  /** Asked at every tick, so that a pause or a new schedule counts at once. */
  readonly listJobs: () => Promise<readonly ScheduledJob[]>;
  readonly now: () => Date;
  readonly log: SchedulerLog;
  /** Aborted: no new run begins, and runs under way stop at their next checkpoint. */
  readonly signal: AbortSignal;
  /** How long the end waits for runs under way; default 20 s, below the 30 s that container platforms give. */
  readonly graceMs?: number;
  /** Default true: the first run does not wait for its tick. */
  readonly runAtStart?: boolean;
  readonly startCron?: StartCron;
}

/** The schedule of this process, for whoever wants to show it. */
export interface Serving {
  nextRunAt(key: string): Date | null;
  isRunning(key: string): boolean;
  /** After the abort, when everything is at rest or the grace period is over. */
  readonly ended: Promise<void>;
}

const defaultGraceMs = 20_000;

/** New jobs are looked for once a minute. */
const lookAround = { expression: '* * * * *', timeZone: 'UTC' };

/**
 * Runs every job that has a schedule, in this process. A tick while a run is under way is skipped; failures are
 * logged with their remedy and never end the loop.
 *
 * @example
 * const serving = serveJobs({ listJobs, now, log, signal });
 * await serving.ended;
 */
export function serveJobs(options: ServeJobs): Serving {
  const schedule = new Schedule(options);
  return {
    nextRunAt: (key) => schedule.nextRunAt(key),
    isRunning: (key) => schedule.isRunning(key),
    ended: schedule.serve(),
  };
}

interface Entry {
  readonly loop: JobLoop;
  job: ScheduledJob;
  task: CronTask | null;
}

class Schedule {
  readonly #options: ServeJobs;
  readonly #port: LoopPort;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ServeJobs) {
    this.#options = options;
    this.#port = options;
  }

  nextRunAt(key: string): Date | null {
    return this.#entries.get(key)?.task?.nextRunAt() ?? null;
  }

  isRunning(key: string): boolean {
    return this.#entries.get(key)?.loop.isRunning ?? false;
  }

  async serve(): Promise<void> {
    const { signal, runAtStart = true } = this.#options;
    const isDone = aborted(signal);
    await this.#refresh();
    const around = this.#cron(lookAround, () => void this.#refresh());
    if (runAtStart) for (const key of this.#entries.keys()) void this.#tick(key);
    await isDone;
    around.stop();
    await this.#drain();
  }

  /** Makes the tasks what the jobs say now; a database that is away leaves them as they are. */
  async #refresh(): Promise<boolean> {
    try {
      const jobs = await this.#options.listJobs();
      if (this.#options.signal.aborted) return false;
      for (const job of jobs) this.#adopt(job);
      const keys = new Set(jobs.map(({ key }) => key));
      for (const [key, entry] of this.#entries) {
        if (!keys.has(key)) this.#schedule(entry, { ...entry.job, schedule: null });
      }
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#port.log('warn', 'what is to run cannot be listed; trying again', { message });
      return false;
    }
  }

  #adopt(job: ScheduledJob): void {
    const known = this.#entries.get(job.key);
    if (known === undefined && job.schedule === null) return;
    const entry = known ?? this.#enter(job);
    this.#schedule(entry, job);
  }

  #enter(job: ScheduledJob): Entry {
    const loop = new JobLoop(job.key, this.#port);
    const entry: Entry = { loop, job: { ...job, schedule: null }, task: null };
    this.#entries.set(job.key, entry);
    return entry;
  }

  #schedule(entry: Entry, wanted: ScheduledJob): void {
    const { schedule, timeZone } = entry.job;
    entry.job = wanted;
    if (schedule === wanted.schedule && timeZone === wanted.timeZone) return;
    entry.task?.stop();
    entry.task = null;
    if (wanted.schedule === null) return;
    const { key } = wanted;
    entry.task = this.#cron({ expression: wanted.schedule, timeZone: wanted.timeZone }, () => void this.#tick(key));
  }

  #cron(schedule: Parameters<StartCron>[0], onTick: () => void): CronTask {
    return (this.#options.startCron ?? startCron)(schedule, onTick);
  }

  async #tick(key: string): Promise<void> {
    if (!(await this.#refresh())) return;
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.job.schedule === null) return;
    await entry.loop.run(entry.job);
  }

  async #drain(): Promise<void> {
    const entries = [...this.#entries.values()];
    for (const { task } of entries) task?.stop();
    const late = new AbortController();
    const idle = Promise.all(entries.map(({ loop }) => loop.idle())).then(() => true);
    const isIdle = await Promise.race([idle, graceOver(this.#options.graceMs ?? defaultGraceMs, late.signal)]);
    late.abort();
    if (isIdle) return;
    const running = entries.filter(({ loop }) => loop.isRunning).map(({ job }) => job.key);
    this.#port.log('warn', 'stopped before these runs had ended; they go on at the next start', { running });
  }
}

async function graceOver(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, false, { signal }).catch(() => false);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
