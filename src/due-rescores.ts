import { type RescoreDate, rescoreDates } from './db/queries/rescore-dates.ts';
import type { Tx } from './db/tx.ts';
import type { OrgId } from './model/values.ts';
import { runsAfter } from './scheduler/calendar.ts';

/** When nobody waits for the CRM. */
const night = '0 3 * * *';
/** Clocks of machines differ a little; what is noted as later than this was noted by one that ran ahead. */
const toleratedMs = 3_600_000;

/**
 * Organisations whose scores are not those of their present profiles, or not of last night, which is over at three in the time zone of
 * their first connection. Through `Database.operator`.
 */
export async function dueRescores(tx: Tx, now: Date): Promise<OrgId[]> {
  return (await rescoreDates(tx)).filter((date) => isDue(date, now)).map(({ orgId }) => orgId);
}

function isDue({ timeZone, rescoredAt }: RescoreDate, now: Date): boolean {
  if (rescoredAt === null || rescoredAt.getTime() > now.getTime() + toleratedMs) return true;
  const [over] = runsAfter({ expression: night, timeZone }, rescoredAt, 1);
  return over !== undefined && over <= now;
}
