import { countLeads, type LeadCounts } from '../db/queries/count-leads.ts';
import { isLeadDayDue, saveLeadDay } from '../db/queries/lead-days.ts';
import { readRules } from '../db/queries/read-rules.ts';
import type { Tx } from '../db/tx.ts';
import { leadStatuses, type LeadStatus } from '../model/lead.ts';
import type { Tier } from '../model/profile.ts';
import { mqlProfileOf } from './explain.ts';

/** How many leads there are now. */
export interface LeadMix {
  readonly statuses: Readonly<Record<LeadStatus, number>>;
  /** Of the marketing profile, the highest first. */
  readonly tiers: readonly { readonly tier: string; readonly leads: number }[];
}

export async function readLeadMix(tx: Tx): Promise<LeadMix> {
  const counts = await countLeads(tx);
  return mixOf(counts, mqlProfileOf(await readRules(tx)).tiers);
}

/** PURE. `tiers`: highest first. */
export function mixOf(counts: LeadCounts, tiers: readonly Pick<Tier, 'tier'>[]): LeadMix {
  const ofStatus = new Map(counts.statuses.map(({ status, leads }) => [status, leads]));
  const ofTier = new Map(counts.tiers.map(({ tier, leads }) => [tier, leads]));
  return {
    statuses: Object.fromEntries(
      leadStatuses.map((status) => [status, ofStatus.get(status) ?? 0]),
    ) as LeadMix['statuses'],
    tiers: tiers.map(({ tier }) => ({ tier, leads: ofTier.get(tier) ?? 0 })),
  };
}

/** Runs may end every few seconds; a count looks at every lead. */
const countedAnewMs = 10 * 60_000;

/** Keeps how many leads there are today: later nobody could tell. */
export async function noteLeadDay(tx: Tx, now: Date): Promise<void> {
  if (!(await isLeadDayDue(tx, now, countedAnewMs))) return;
  const { statuses, tiers } = await readLeadMix(tx);
  await saveLeadDay(tx, { statuses, tiers: Object.fromEntries(tiers.map(({ tier, leads }) => [tier, leads])) }, now);
}
