import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';
import { lastRun, runsAfter } from './calendar.ts';
import { type CronTask, startCron, type StartCron } from './cron.ts';
import type { SchedulerLog } from './log.ts';
import type { Queue } from './queue.ts';
import type { Wakeup } from './wakeup.ts';

/** Something that has a schedule. */
export interface Planned {
  /** `org/name`: what people know it by. */
  readonly key: string;
  readonly kind: 'sync' | 'live' | 'import';
  readonly orgId: OrgId;
  readonly subjectId: string;
  /** Five cron fields, or six with seconds; null = by hand only. */
  readonly schedule: string | null;
  readonly timeZone: string;
  /** Every tick up to here has been run; null = none yet. */
  readonly lastTickAt: Date | null;
  /** Why it is not to run now; null = it may. */
  readonly heldBy: string | null;
}

export interface SchedulerOptions {
  /** Everything that has a schedule, as it is now. */
  readonly listPlanned: () => Promise<readonly Planned[]>;
  /** What is due without a schedule: the backstop of wake-ups that got lost. */
  readonly listDue: (now: Date) => Promise<readonly Wakeup[]>;
  readonly queue: Pick<Queue, 'wake'>;
  readonly now: () => Date;
  readonly log: SchedulerLog;
  readonly signal: AbortSignal;
  /** A new schedule, a pause and a missed tick are noticed after so long; default 5 s. */
  readonly lookAroundMs?: number;
  readonly startCron?: StartCron;
}

/** A tick so old is no longer on its way: its scheduler died, or nobody was there. */
const missedAfterMs = 20_000;

/**
 * Fires every schedule until the signal: a tick becomes a wake-up. Several processes may do so: the tick's instant is part of the
 * wake-up, and whoever runs it notes that instant, so each counts once. Ticks that were missed while nobody was there are made good
 * by one run, under the instant of the last of them, which is the same in every process.
 */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const { signal, lookAroundMs = 5_000 } = options;
  const scheduler = new Scheduler(options);
  while (!signal.aborted) {
    await scheduler.lookAround();
    await sleep(lookAroundMs, undefined, { signal }).catch(() => undefined);
  }
  scheduler.stop();
}

interface Entry {
  planned: Planned;
  readonly task: CronTask;
}

class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const { task } of this.#entries.values()) task.stop();
    this.#entries.clear();
  }

  /** A database that is away leaves everything as it is. */
  async lookAround(): Promise<void> {
    const { listPlanned, listDue, log, now, queue, signal } = this.#options;
    try {
      const planned = await listPlanned();
      if (signal.aborted) return;
      this.#adopt(planned);
      for (const one of planned) {
        if (this.#isMissed(one)) await this.#tick(one, lastTick(one, now()));
      }
      for (const wakeup of await listDue(now())) await queue.wake(wakeup);
    } catch (error) {
      log('warn', 'what is to run cannot be listed; trying again', { place: placeOf(error) });
    }
  }

  #adopt(planned: readonly Planned[]): void {
    const wanted = new Map(planned.map((one) => [idOf(one), one]));
    for (const [id, { planned: before, task }] of this.#entries) {
      const now = wanted.get(id);
      if (now !== undefined && now.schedule === before.schedule && now.timeZone === before.timeZone) continue;
      task.stop();
      this.#entries.delete(id);
    }
    for (const [id, one] of wanted) this.#enter(id, one);
  }

  #enter(id: string, planned: Planned): void {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      known.planned = planned;
      return;
    }
    if (planned.schedule === null) return;
    const fire = this.#options.startCron ?? startCron;
    const onTick = (tickAt: Date): void => {
      const entry = this.#entries.get(id);
      if (entry !== undefined) void this.#tick(entry.planned, tickAt);
    };
    const task = fire({ expression: planned.schedule, timeZone: planned.timeZone }, onTick);
    this.#entries.set(id, { planned, task });
  }

  #isMissed({ kind, schedule, timeZone, lastTickAt, heldBy }: Planned): boolean {
    // A look that was missed is none: the next one sees as much.
    if (kind === 'live' || schedule === null || heldBy !== null) return false;
    if (lastTickAt === null) return true;
    const [next] = runsAfter({ expression: schedule, timeZone }, lastTickAt, 1);
    return next !== undefined && this.#options.now().getTime() - next.getTime() > missedAfterMs;
  }

  async #tick({ key, kind, orgId, subjectId, heldBy }: Planned, tickAt: Date): Promise<void> {
    const { queue, log } = this.#options;
    if (heldBy !== null) {
      log('info', 'tick skipped', { job: key, reason: heldBy });
      return;
    }
    try {
      await queue.wake({ kind, orgId, subjectId, tickAt: tickAt.toISOString() });
    } catch (error) {
      log('warn', 'a tick could not be passed on; it is made good', { job: key, place: placeOf(error) });
    }
  }
}

/** So long ago a schedule has had a tick, whatever it is. */
const yearMs = 366 * 86_400_000;

/** The last tick that was due by `now`. What has never run has its first run under it. */
function lastTick({ schedule, timeZone, lastTickAt }: Planned, now: Date): Date {
  const from = lastTickAt ?? new Date(now.getTime() - yearMs);
  return (schedule === null ? null : lastRun({ expression: schedule, timeZone }, from, now)) ?? now;
}

function idOf({ kind, subjectId }: Planned): string {
  return `${kind} ${subjectId}`;
}
