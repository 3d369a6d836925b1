import { type RescoreDate, rescoreDates } from './db/queries/rescore-dates.ts';
import type { Tx } from './db/tx.ts';
import type { OrgId } from './model/values.ts';
import { runsAfter } from './scheduler/calendar.ts';

/** When nobody waits for the CRM. */
const night = '0 3 * * *';

/**
 * Organisations whose scores are not those of their present profiles, or not of last night, which is over at three in the time zone of
 * their first connection. Through `Database.operator`.
 */
export async function dueRescores(tx: Tx, now: Date): Promise<OrgId[]> {
  return (await rescoreDates(tx)).filter((date) => isDue(date, now)).map(({ orgId }) => orgId);
}

function isDue({ timeZone, rescoredAt }: RescoreDate, now: Date): boolean {
  if (rescoredAt === null) return true;
  const [over] = runsAfter({ expression: night, timeZone }, rescoredAt, 1);
  return over !== undefined && over <= now;
}
