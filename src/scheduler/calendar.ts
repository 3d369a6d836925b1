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
