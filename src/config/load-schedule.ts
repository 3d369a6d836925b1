import { validate as isCron } from 'node-cron';
import { runsAfter } from '../scheduler/calendar.ts';
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
  if (schedule !== undefined && !isSchedule(schedule)) {
    const remedy =
      'Write five cron fields: minute, hour, day of month, month, day of week; for example "*/15 * * * *".';
    problems.push(source.problem([...path, 'schedule'], `"${schedule}" is no schedule`, remedy));
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    const remedy = 'Write an IANA name such as Europe/Berlin, America/New_York or UTC.';
    problems.push(source.problem([...path, 'timezone'], `"${timezone}" is no time zone`, remedy));
  }
}

/** Who fires it has to understand it, and who says when it fires next. */
function isSchedule(expression: string): boolean {
  if (expression.trim().split(/\s+/u).length !== 5 || !isCron(expression)) return false;
  return runsAfter({ expression, timeZone: 'UTC' }, new Date(0), 1).length > 0;
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
