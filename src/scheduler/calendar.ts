import { PgBoss } from 'pg-boss';
import type { CronSchedule } from './cron.ts';

/** It connects when it is started, which this one never is. */
const boss = new PgBoss({ connectionString: 'postgres://' });

/**
 * The first instants of a schedule after another one, whoever runs it; none where it has no more, or cannot be understood. Asks no
 * database.
 */
export function runsAfter({ expression, timeZone }: CronSchedule, from: Date, count: number): Date[] {
  try {
    return boss.previewSchedule(expression, { tz: timeZone, from, count });
  } catch {
    return [];
  }
}

/** The last instant of a schedule after `from`, up to `until`; null = there is none. */
export function lastRun(schedule: CronSchedule, from: Date, until: Date): Date | null {
  const firstAfter = (at: Date): Date | null => {
    const [next] = runsAfter(schedule, at, 1);
    return next !== undefined && next <= until ? next : null;
  };
  let last = firstAfter(from);
  // Halves what lies between: a schedule of minutes has half a million of them in a year. After `beyond` there is none.
  let beyond = until.getTime();
  while (last !== null && beyond - last.getTime() >= shortestMs) {
    const middle = new Date((last.getTime() + beyond) / 2);
    const later = firstAfter(middle);
    if (later === null) beyond = middle.getTime();
    else last = later;
  }
  return last;
}

/** Between two instants of a schedule. */
const shortestMs = 1_000;
