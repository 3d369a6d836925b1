/** PURE. Pages of a preview as one. */
import type { Preview, PreviewedPerson } from '../../../http/api/profiles/schemas.ts';

export function mergePreviews(first: Preview, then: Preview): Preview {
  const { people, movers } = first.atMost;
  return {
    ...first,
    next: then.next,
    total: first.total ?? then.total,
    scored: first.scored + then.scored,
    changed: first.changed + then.changed,
    records: first.records + then.records,
    before: first.before.map((count, index) => count + (then.before[index] ?? 0)),
    after: first.after.map((count, index) => count + (then.after[index] ?? 0)),
    tiers: first.tiers.map((row) => {
      const more = then.tiers.find(({ tier }) => tier === row.tier);
      return { tier: row.tier, before: row.before + (more?.before ?? 0), after: row.after + (more?.after ?? 0) };
    }),
    becomeMql: crossing(first.becomeMql, then.becomeMql, people),
    wouldNotBeMql: crossing(first.wouldNotBeMql, then.wouldNotBeMql, people),
    movers: [...first.movers, ...then.movers].toSorted((a, b) => distance(b) - distance(a)).slice(0, movers),
  };
}

function crossing(first: Preview['becomeMql'], then: Preview['becomeMql'], atMost: number): Preview['becomeMql'] {
  return { count: first.count + then.count, people: [...first.people, ...then.people].slice(0, atMost) };
}

function distance({ before, after }: PreviewedPerson): number {
  return Math.abs(after - before);
}

/** What a count of a sample stands for among all; exact where everybody was looked at. */
export function estimated(count: number, { scored, total, next }: Pick<Preview, 'scored' | 'total' | 'next'>): number {
  if (next === null || total === null || scored === 0) return count;
  const share = (count / scored) * total;
  // Two digits are all that a sample can tell.
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, share))) - 1);
  return Math.round(share / step) * step;
}
