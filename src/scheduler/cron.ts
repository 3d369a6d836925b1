import { schedule } from 'node-cron';

export interface CronSchedule {
  /** Five cron fields, or six: the first one then counts seconds. */
  readonly expression: string;
  /** IANA name, such as `America/New_York`. */
  readonly timeZone: string;
}

export interface CronTask {
  stop(): void;
}

/** `onTick` gets the instant that the schedule means, which is the same in every process. */
export type StartCron = (schedule: CronSchedule, onTick: (tickAt: Date) => void) => CronTask;

/** A crowd of connections with the same schedule shall not meet at second 0; nobody waits for these seconds. */
const jitterMs = 5_000;

// node-cron warns on the console about executions that a busy process missed; a missed tick is made good by the scheduler.
const silent = { info: ignore, warn: ignore, error: ignore, debug: ignore };
function ignore(): void {
  /* says nothing */
}

export const startCron: StartCron = ({ expression, timeZone }, onTick) => {
  const task = schedule(expression, ({ date }) => onTick(date), {
    timezone: timeZone,
    maxRandomDelay: countsSeconds(expression) ? 0 : jitterMs,
    suppressMissedWarning: true,
    logger: silent,
  });
  return { stop: () => void task.destroy() };
};

function countsSeconds(expression: string): boolean {
  return expression.trim().split(/\s+/u).length === 6;
}
