import { inBackground } from '../db/queries/in-background.ts';
import { type LeadDay, readLeadDays } from '../db/queries/lead-days.ts';
import { readProductTiers } from '../db/queries/product-tiers.ts';
import type { Tx } from '../db/tx.ts';
import { readOrgStatus } from '../health/read-status.ts';
import type { OrgStatus } from '../health/status-report.ts';
import { type LeadMix, readLeadMix } from './lead-mix.ts';

/** How everything stands but for what has to be counted. */
export interface OrgOverview {
  readonly status: Omit<OrgStatus, 'org'>;
  /** As they were written down; oldest first. */
  readonly days: readonly LeadDay[];
}

/** What takes a look at everybody. */
export interface OrgCounts {
  readonly at: Date;
  readonly mix: LeadMix;
  /** Scored signups by the tier of their product score. */
  readonly productTiers: readonly { readonly tier: string; readonly leads: number }[];
}

const daysShown = 90;
const dayMs = 86_400_000;

/** From the database alone, and at once however many leads there are. */
export async function readOverview(tx: Tx, at: Date): Promise<OrgOverview> {
  return {
    status: await readOrgStatus(tx, at),
    days: await readLeadDays(tx, new Date(at.getTime() - daysShown * dayMs)),
  };
}

export async function countOrg(tx: Tx, at: Date): Promise<OrgCounts> {
  await inBackground(tx);
  return { at, mix: await readLeadMix(tx), productTiers: await readProductTiers(tx) };
}

/** PURE. What was written down of today is older than what is counted now. */
export function withToday(days: readonly LeadDay[], { at, mix: { statuses, tiers } }: OrgCounts): readonly LeadDay[] {
  const day = at.toISOString().slice(0, 10);
  const today = { day, statuses, tiers: Object.fromEntries(tiers.map(({ tier, leads }) => [tier, leads])) };
  return [...days.filter((one) => one.day < day), today];
}
