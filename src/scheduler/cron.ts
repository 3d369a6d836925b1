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

const divisors = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

/** PURE. So often, or a little less often: cron counts within a minute and within an hour, and begins anew. At most an hour. */
export function everySeconds(seconds: number): string {
  const isOfMinute = seconds <= 30;
  const wanted = isOfMinute ? seconds : seconds / 60;
  const step = divisors.find((one) => one >= wanted) ?? 60;
  if (isOfMinute) return `*/${step} * * * * *`;
  return step === 60 ? '0 0 * * * *' : `0 */${step} * * * *`;
}
