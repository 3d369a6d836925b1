/** PURE. Pages of a preview as one. */
import type { Preview, PreviewedPerson } from '../../../http/api/profiles/schemas.ts';
import { number } from '../../parts/words.ts';

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

type Sample = Pick<Preview, 'scored' | 'total' | 'next'>;

/** `12`; of a sample `about 240`, or `12 of 500` while nobody knows yet of how many it is one. */
export function estimatedText(count: number, preview: Sample): string {
  const { scored, total, next } = preview;
  if (next === null) return number(count);
  if (total === null) return `${number(count)} of ${number(scored)}`;
  return count === 0 ? '0' : `about ${number(estimated(count, preview))}`;
}

/** What a count of a sample stands for among all; exact where everybody was looked at. */
function estimated(count: number, { scored, total, next }: Sample): number {
  if (next === null || total === null || scored === 0) return count;
  const share = (count / scored) * total;
  // Two digits are all that a sample can tell.
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, share))) - 1);
  return Math.round(share / step) * step;
}
