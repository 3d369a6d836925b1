import { expect, test } from 'vitest';
import { scoresOf } from '../../../src/leads/find-leads.ts';
import { mixOf } from '../../../src/leads/lead-mix.ts';
import { withToday } from '../../../src/leads/read-overview.ts';

const tiers = [
  { tier: 'hot', atLeast: 80 },
  { tier: 'warm', atLeast: 59.5 },
  { tier: 'cold', atLeast: 0 },
];
const counts = {
  statuses: [
    { status: 'new', leads: 5 },
    { status: 'mql', leads: 5 },
  ],
  tiers: [
    { tier: 'cold', leads: 3 },
    { tier: 'hot', leads: 4 },
    { tier: 'of an older profile', leads: 1 },
  ],
} as const;

test('each status and each tier of the profile has its number, which may be none', () => {
  const mix = mixOf(counts, tiers);
  expect(mix.statuses).toEqual({ new: 5, engaged: 0, mql: 5, sql: 0, opportunity: 0, disqualified: 0, recycled: 0 });
  expect(mix.tiers).toEqual([
    { tier: 'hot', leads: 4 },
    { tier: 'warm', leads: 0 },
    { tier: 'cold', leads: 3 },
  ]);
});

test('the scores of a tier are those that its leads may show', () => {
  expect(scoresOf(tiers, 'hot')).toEqual({ least: 80, most: 100 });
  expect(scoresOf(tiers, 'warm')).toEqual({ least: 59, most: 80 });
  expect(scoresOf(tiers, 'cold')).toEqual({ least: 0, most: 60 });
  for (const tier of [null, 'lukewarm']) expect(scoresOf(tiers, tier)).toEqual({ least: 0, most: 100 });
});

test('today is what is counted now, not what was written down before', () => {
  const day = (name: string, hot: number) => ({ day: name, statuses: {}, tiers: { hot } });
  const now = { at: new Date('2026-11-27T10:00:00Z'), mix: mixOf(counts, tiers), productTiers: [] };
  const days = withToday([day('2026-11-26', 1), day('2026-11-27', 2)], now);
  expect(days.map(({ day: name, tiers: { hot } }) => [name, hot])).toEqual([
    ['2026-11-26', 1],
    ['2026-11-27', 4],
  ]);
});
