/** What one profile says of people beside what another one says of them, added up. */
import type { ScoreBreakdown } from '../model/score.ts';
import type { LeadId } from '../model/values.ts';

/** What of a score others see. */
export type Outcome = Pick<ScoreBreakdown, 'total' | 'tier' | 'action'> & {
  /** Null = the profile does not say. */
  readonly segment: string | null;
  readonly reason: string | null;
  readonly qualifies: boolean;
};

export interface ComparedPerson {
  /** Null = a signup without a lead. */
  readonly leadId: LeadId | null;
  /** For who has no lead. */
  readonly name: string | null;
  readonly before: Outcome;
  readonly after: Outcome;
  /** Whether a trigger would make it an MQL: it is none yet. */
  readonly isEarly: boolean;
  readonly isMql: boolean;
  /** CRM records that we write for it. */
  readonly records: number;
}

export interface Comparison {
  readonly scored: number;
  readonly changed: number;
  /** CRM records of people of whom something is to be told: more than a push writes where the mapping leaves it out. */
  readonly records: number;
  /** Ten points a bucket, from 0–9 to 90–100. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly tiers: readonly { readonly tier: string; readonly before: number; readonly after: number }[];
  readonly becomeMql: Crossing;
  readonly wouldNotBeMql: Crossing;
  /** Who moves farthest, first. */
  readonly movers: readonly ComparedPerson[];
  /** Of whom are named: for who adds up several. */
  readonly atMost: { readonly people: number; readonly movers: number };
}

export interface Crossing {
  readonly count: number;
  /** Some of them. */
  readonly people: readonly ComparedPerson[];
}

const atMost: Comparison['atMost'] = { people: 20, movers: 10 };

/** `tiers`: in the order in which they are told of. */
export function compareAll(people: readonly ComparedPerson[], tiers: readonly string[]): Comparison {
  const become = people.filter(({ isEarly, before, after }) => isEarly && after.qualifies && !before.qualifies);
  const wouldNot = people.filter(({ isMql, before, after }) => isMql && before.qualifies && !after.qualifies);
  return {
    scored: people.length,
    changed: people.filter(({ before, after }) => before.total !== after.total).length,
    records: people.filter(isTold).reduce((sum, { records }) => sum + records, 0),
    before: buckets(people.map(({ before }) => before.total)),
    after: buckets(people.map(({ after }) => after.total)),
    tiers: [...new Set(tiers)].map((tier) => ({
      tier,
      before: people.filter(({ before }) => before.tier === tier).length,
      after: people.filter(({ after }) => after.tier === tier).length,
    })),
    becomeMql: crossing(become),
    wouldNotBeMql: crossing(wouldNot),
    movers: people
      .filter(({ before, after }) => before.total !== after.total)
      .toSorted((a, b) => distance(b) - distance(a) || nameOf(a).localeCompare(nameOf(b)))
      .slice(0, atMost.movers),
    atMost,
  };
}

/** Whether a CRM would be told something else. */
function isTold({ before, after, isEarly }: ComparedPerson): boolean {
  const isSame = (['total', 'tier', 'segment', 'reason', 'action'] as const).every((key) => before[key] === after[key]);
  return !isSame || (isEarly && before.qualifies !== after.qualifies);
}

function crossing(people: readonly ComparedPerson[]): Crossing {
  return { count: people.length, people: people.slice(0, atMost.people) };
}

function buckets(totals: readonly number[]): readonly number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const total of totals) {
    const bucket = Math.min(9, Math.floor(total / 10));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

function distance({ before, after }: ComparedPerson): number {
  return Math.abs(after.total - before.total);
}

function nameOf({ leadId, name }: ComparedPerson): string {
  return leadId ?? name ?? '';
}
