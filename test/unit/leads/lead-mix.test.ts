import { expect, test, vi } from 'vitest';
import { scoresOf } from '../../../src/leads/find-leads.ts';
import { keepSlow } from '../../../src/leads/keep-slow.ts';
import { mixOf } from '../../../src/leads/lead-mix.ts';
import { withToday } from '../../../src/leads/read-overview.ts';

const tiers = [
  { tier: 'hot', atLeast: 80 },
  { tier: 'warm', atLeast: 59.5 },
  { tier: 'cold', atLeast: 0 },
];
const counts = [
  { status: 'new', score: 0, leads: 3 },
  { status: 'new', score: null, leads: 2 },
  { status: 'mql', score: 80, leads: 4 },
  { status: 'mql', score: 79, leads: 1 },
] as const;

test('everybody counts by status, and whoever has a score by tier', () => {
  const mix = mixOf(counts, tiers);
  expect(mix.statuses).toEqual({ new: 5, engaged: 0, mql: 5, sql: 0, opportunity: 0, disqualified: 0, recycled: 0 });
  expect(mix.tiers).toEqual([
    { tier: 'hot', leads: 4 },
    { tier: 'warm', leads: 1 },
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
  const mix = mixOf(counts, tiers);
  const days = withToday([day('2026-11-26', 1), day('2026-11-27', 2)], mix, new Date('2026-11-27T10:00:00Z'));
  expect(days.map(({ day: name, tiers: { hot } }) => [name, hot])).toEqual([
    ['2026-11-26', 1],
    ['2026-11-27', 4],
  ]);
});

test('an answer that takes long is given again, and made anew behind the back of whoever asks later', async () => {
  let [clock, made] = [0, 0];
  const make = vi.fn<(key: string) => Promise<number>>(async () => {
    clock += 100;
    return (made += 1);
  });
  const ask = keepSlow(make, () => clock);
  expect(await Promise.all([ask('acme'), ask('acme')])).toEqual([1, 1]);
  expect(await ask('acme')).toBe(1);
  expect(await ask('umbrella')).toBe(2);
  clock += 100 * 100;
  expect(await ask('acme')).toBe(1);
  await vi.waitFor(async () => expect(await ask('acme')).toBe(3));
  expect(make).toHaveBeenCalledTimes(3);
});

test('one that comes at once is never kept, nor is a failure', async () => {
  const make = vi.fn<(key: string) => Promise<number>>(async () => 1);
  const ask = keepSlow(make, () => 0);
  await ask('acme');
  make.mockRejectedValueOnce(new Error('down'));
  await expect(ask('acme')).rejects.toThrow('down');
  expect(await ask('acme')).toBe(1);
  expect(make).toHaveBeenCalledTimes(3);
});
