import { scheduleProblems } from '../config/load-schedule.ts';
import { runsAfter } from '../scheduler/calendar.ts';
import { InvalidSettings } from './refusals.ts';

const previewed = 5;

/** The next runs of a schedule, whoever has it. @throws InvalidSettings */
export function schedulePreview(
  { expression, timezone }: { readonly expression: string; readonly timezone: string },
  now: Date,
): readonly Date[] {
  const problems = scheduleProblems({ schedule: expression, timezone });
  if (problems.length > 0) throw new InvalidSettings(problems);
  return runsAfter({ expression, timeZone: timezone }, now, previewed);
}
