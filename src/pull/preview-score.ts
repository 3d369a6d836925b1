import { loadLeads } from '../db/queries/load-leads.ts';
import { loadDatedEvents } from '../db/queries/load-dated-events.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { ScoringProfile } from '../model/profile.ts';
import type { LeadId, OrgId } from '../model/values.ts';
import { type CompiledProfile, compileProfile } from '../scoring/compile.ts';
import { scoreLead } from '../scoring/score.ts';
import { distinctEvents } from './distinct-events.ts';

export interface ScorePreviewResult {
  readonly leads: number;
  readonly changed: number;
  /** Ten points a bucket, from 0–9 to 90–100. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly becomeMql: number;
  readonly wouldNotBeMql: number;
  readonly movers: readonly { readonly leadId: LeadId; readonly before: number | null; readonly after: number }[];
}

export interface PreviewRun {
  readonly database: Database;
  readonly orgId: OrgId;
  readonly at: Date;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

const batchLeads = 1_000;
const moversShown = 10;

/** Scores every lead with a profile that is not applied, by the engine that would apply it. Changes nothing. */
export async function previewScore(profile: ScoringProfile, run: PreviewRun): Promise<ScorePreviewResult> {
  const compiled = compileProfile(profile);
  const tally = new PreviewTally();
  for (let last: LeadId | null = null; ;) {
    const page: readonly Compared[] = await run.database.transaction(
      run.orgId,
      async (tx) => compareLeads(tx, compiled, { at: run.at, after: last }),
      run.signal,
    );
    if (page.length === 0) return tally.result();
    tally.add(page);
    last = page.at(-1)?.leadId ?? null;
    run.onProgress(tally.count);
  }
}

async function compareLeads(
  tx: Tx,
  profile: CompiledProfile,
  { at, after }: { readonly at: Date; readonly after: LeadId | null },
): Promise<readonly Compared[]> {
  const ids = await tx.query<{ id: LeadId }>(
    `select id from leads where org_id = $1 and ($2::uuid is null or id > $2) and merged_into is null
       and erased_at is null order by id limit $3`,
    [tx.orgId, after, batchLeads],
  );
  const leads = await loadLeads(
    tx,
    ids.map((row) => row.id),
  );
  const events = await loadDatedEvents(
    tx,
    leads.map(({ leadId }) => leadId),
  );
  return leads.map(({ leadId, values, baseline, score, status, signups: [best] }) => {
    const product = { plg_score: best?.plg_score ?? null, plg_tier: best?.plg_tier ?? null };
    const dated = distinctEvents(events.get(leadId) ?? []);
    const { total, mqlBy } = scoreLead(
      profile,
      { leadId, values: { ...values, ...product }, baseline, events: dated },
      at,
    );
    return {
      leadId,
      before: score,
      after: total,
      isMql: status === 'mql',
      wouldBe: mqlBy.length > 0,
      isEarly: status === 'new' || status === 'engaged',
    };
  });
}

/** Adds up what a profile would change. */
export class PreviewTally {
  readonly #before = Array.from({ length: 10 }, () => 0);
  readonly #after = Array.from({ length: 10 }, () => 0);
  readonly #totals = { leads: 0, changed: 0, becomeMql: 0, wouldNotBeMql: 0 };
  #movers: ScorePreviewResult['movers'] = [];

  get count(): number {
    return this.#totals.leads;
  }

  add(page: readonly Compared[]): void {
    const totals = this.#totals;
    for (const lead of page) {
      totals.leads += 1;
      if (lead.before !== lead.after) totals.changed += 1;
      if (lead.isEarly && lead.wouldBe) totals.becomeMql += 1;
      if (lead.isMql && !lead.wouldBe) totals.wouldNotBeMql += 1;
      if (lead.before !== null) count(this.#before, lead.before);
      count(this.#after, lead.after);
    }
    const moved = page.filter((lead) => lead.before !== lead.after);
    this.#movers = [...this.#movers, ...moved].toSorted(byDistance).slice(0, moversShown);
  }

  result(): ScorePreviewResult {
    return { ...this.#totals, before: this.#before, after: this.#after, movers: this.#movers };
  }
}

export interface Compared {
  readonly leadId: LeadId;
  readonly before: number | null;
  readonly after: number;
  readonly isMql: boolean;
  readonly wouldBe: boolean;
  readonly isEarly: boolean;
}

function count(buckets: number[], total: number): void {
  const bucket = Math.min(9, Math.floor(total / 10));
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
}

function byDistance(a: ScorePreviewResult['movers'][number], b: ScorePreviewResult['movers'][number]): number {
  return Math.abs(b.after - (b.before ?? 0)) - Math.abs(a.after - (a.before ?? 0)) || a.leadId.localeCompare(b.leadId);
}
