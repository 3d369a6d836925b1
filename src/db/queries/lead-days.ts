import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** How many leads there were on a day. */
export interface LeadDay {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly statuses: Readonly<Record<string, number>>;
  readonly tiers: Readonly<Record<string, number>>;
}

/** Whether today's numbers are older than that, or there are none. */
export async function isLeadDayDue(tx: Tx, now: Date, maxAgeMs: number): Promise<boolean> {
  const rows = await tx.query(`select from lead_days where org_id = $1 and day = $2::date and counted_at > $3`, [
    tx.orgId,
    dayOf(now),
    new Date(now.getTime() - maxAgeMs),
  ]);
  return rows.length === 0;
}

/** The later numbers of a day take the place of the earlier ones. */
export async function saveLeadDay(tx: Tx, { statuses, tiers }: Omit<LeadDay, 'day'>, now: Date): Promise<void> {
  await tx.query(
    `insert into lead_days (org_id, day, statuses, tiers, counted_at) values ($1, $2::date, $3, $4, $5)
     on conflict (org_id, day) do update
       set statuses = excluded.statuses, tiers = excluded.tiers, counted_at = excluded.counted_at`,
    [tx.orgId, dayOf(now), toJson(statuses), toJson(tiers), now],
  );
}

/** Oldest first. */
export async function readLeadDays(tx: Tx, since: Date): Promise<LeadDay[]> {
  return tx.query<LeadDay>(
    `select day, statuses, tiers from lead_days where org_id = $1 and day >= $2::date order by day`,
    [tx.orgId, dayOf(since)],
  );
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
