import { validate as isCron } from 'node-cron';
import type { Reading } from './reading.ts';
import type { KeyPath } from './source.ts';

interface ScheduleFile {
  readonly schedule?: string | undefined;
  readonly timezone?: string | undefined;
}

/** What is wrong with the schedule of something that stands at `path`. */
export function reportSchedule(
  { schedule, timezone }: ScheduleFile,
  path: KeyPath,
  { source, problems }: Reading,
): void {
  if (schedule !== undefined && !(schedule.trim().split(/\s+/u).length === 5 && isCron(schedule))) {
    const remedy =
      'Write five cron fields: minute, hour, day of month, month, day of week; for example "*/15 * * * *".';
    problems.push(source.problem([...path, 'schedule'], `"${schedule}" is no schedule`, remedy));
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    const remedy = 'Write an IANA name such as Europe/Berlin, America/New_York or UTC.';
    problems.push(source.problem([...path, 'timezone'], `"${timezone}" is no time zone`, remedy));
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
