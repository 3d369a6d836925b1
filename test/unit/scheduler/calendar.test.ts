import { expect, test } from 'vitest';
import { runsAfter } from '../../../src/scheduler/calendar.ts';

const iso = (dates: readonly Date[]): string[] => dates.map((date) => date.toISOString());

test('six fields count seconds', () => {
  const ten = { expression: '*/10 * * * * *', timeZone: 'UTC' };
  expect(iso(runsAfter(ten, new Date('2026-11-27T10:00:00Z'), 2))).toEqual([
    '2026-11-27T10:00:10.000Z',
    '2026-11-27T10:00:20.000Z',
  ]);
});

test('the time zone decides when a day begins', () => {
  const midnight = { expression: '0 0 * * *', timeZone: 'Asia/Tokyo' };
  expect(iso(runsAfter(midnight, new Date('2026-11-27T10:00:00Z'), 1))).toEqual(['2026-11-27T15:00:00.000Z']);
});

test('the next instant is that of its time zone, also over a change of clocks', () => {
  const nightly = { expression: '0 3 * * *', timeZone: 'America/New_York' };
  expect(iso(runsAfter(nightly, new Date('2026-03-07T08:00:00Z'), 2))).toEqual([
    '2026-03-08T07:00:00.000Z',
    '2026-03-09T07:00:00.000Z',
  ]);
});

test('a schedule that cannot be understood has no instants', () => {
  for (const expression of ['0 0 * * Monday', '0 22-2 * * *', 'whenever'])
    expect(runsAfter({ expression, timeZone: 'UTC' }, new Date(0), 1)).toEqual([]);
});
