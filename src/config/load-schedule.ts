import { validate as isCron } from 'node-cron';
import { runsAfter } from '../scheduler/calendar.ts';
import type { Reading } from './reading.ts';
import type { KeyPath } from './source.ts';

interface ScheduleFile {
  readonly schedule?: string | undefined;
  readonly timezone?: string | undefined;
}

/** What is wrong with the schedule of something that stands at `path`. */
export function reportSchedule(file: ScheduleFile, path: KeyPath, { source, problems }: Reading): void {
  for (const { path: key, message, remedy } of scheduleProblems(file))
    problems.push(source.problem([...path, key], message, remedy));
}

interface ScheduleProblem {
  readonly path: 'schedule' | 'timezone';
  readonly message: string;
  readonly remedy: string;
}

export function scheduleProblems({ schedule, timezone }: ScheduleFile): readonly ScheduleProblem[] {
  const problems: ScheduleProblem[] = [];
  if (schedule !== undefined && !isSchedule(schedule)) {
    const remedy =
      'Write five cron fields: minute, hour, day of month, month, day of week; for example "*/15 * * * *".';
    problems.push({ path: 'schedule', message: `"${schedule}" is no schedule`, remedy });
  }
  if (timezone !== undefined && !isTimezone(timezone)) {
    const remedy = 'Write an IANA name such as Europe/Berlin, America/New_York or UTC.';
    problems.push({ path: 'timezone', message: `"${timezone}" is no time zone`, remedy });
  }
  return problems;
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
