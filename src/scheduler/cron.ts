import { schedule } from 'node-cron';

export interface CronSchedule {
  /** Five cron fields, or six: the first one then counts seconds. */
  readonly expression: string;
  /** IANA name, such as `America/New_York`. */
  readonly timeZone: string;
}

export interface CronTask {
  /** Null once it is stopped. */
  nextRunAt(): Date | null;
  stop(): void;
}

export type StartCron = (schedule: CronSchedule, onTick: () => void) => CronTask;

/** A crowd of connections with the same schedule shall not meet at second 0; nobody waits for these seconds. */
const jitterMs = 5_000;

// node-cron warns on the console about executions that a busy process missed; a missed tick is made good by the next one.
const silent = { info: ignore, warn: ignore, error: ignore, debug: ignore };
function ignore(): void {
  /* says nothing */
}

export const startCron: StartCron = ({ expression, timeZone }, onTick) => {
  const task = schedule(expression, () => onTick(), {
    timezone: timeZone,
    maxRandomDelay: countsSeconds(expression) ? 0 : jitterMs,
    suppressMissedWarning: true,
    logger: silent,
  });
  return { nextRunAt: () => task.getNextRun(), stop: () => void task.destroy() };
};

function countsSeconds(expression: string): boolean {
  return expression.trim().split(/\s+/u).length === 6;
}
