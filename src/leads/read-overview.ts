import { type LeadDay, readLeadDays } from '../db/queries/lead-days.ts';
import { readProductTiers } from '../db/queries/product-tiers.ts';
import type { Tx } from '../db/tx.ts';
import { readOrgStatus } from '../health/read-status.ts';
import type { OrgStatus } from '../health/status-report.ts';
import { type LeadMix, readLeadMix } from './lead-mix.ts';

export interface OrgOverview {
  readonly at: Date;
  readonly status: Omit<OrgStatus, 'org'>;
  readonly mix: LeadMix;
  /** Scored signups by the tier of their product score. */
  readonly productTiers: readonly { readonly tier: string; readonly leads: number }[];
  /** Oldest first; the last one is today. */
  readonly days: readonly LeadDay[];
}

const daysShown = 90;
const dayMs = 86_400_000;

/** How everything stands, from the database alone. */
export async function readOverview(tx: Tx, at: Date): Promise<OrgOverview> {
  const mix = await readLeadMix(tx);
  const before = await readLeadDays(tx, new Date(at.getTime() - daysShown * dayMs));
  return {
    at,
    status: await readOrgStatus(tx, at),
    mix,
    productTiers: await readProductTiers(tx),
    days: withToday(before, mix, at),
  };
}

/** PURE. What was written down of today is older than what is counted now. */
export function withToday(days: readonly LeadDay[], { statuses, tiers }: LeadMix, at: Date): readonly LeadDay[] {
  const day = at.toISOString().slice(0, 10);
  const today = { day, statuses, tiers: Object.fromEntries(tiers.map(({ tier, leads }) => [tier, leads])) };
  return [...days.filter((one) => one.day < day), today];
}
