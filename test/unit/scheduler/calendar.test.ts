import { expect, test } from 'vitest';
import { lastRun, runsAfter } from '../../../src/scheduler/calendar.ts';

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

test.each([
  ['*/15 * * * *', '2026-11-27T13:15:00.000Z'],
  ['15 8 * * *', '2026-11-27T13:15:00.000Z'],
  ['* * * * * *', '2026-11-27T13:15:19.000Z'],
  ['*/7 3 * * 1', '2026-11-23T08:56:00.000Z'],
  ['0 0 1 * *', '2026-11-01T04:00:00.000Z'],
])('the last instant of %s is found however long ago one began to look', (expression, last) => {
  const schedule = { expression, timeZone: 'America/New_York' };
  const until = new Date('2026-11-27T13:15:19.400Z');
  for (const from of ['2025-11-27T00:00:00Z', '2026-10-31T12:34:56.789Z'])
    expect(lastRun(schedule, new Date(from), until)?.toISOString()).toBe(last);
  expect(lastRun(schedule, new Date(last), until)).toBeNull();
  expect(lastRun(schedule, new Date('2026-10-01T00:00:00Z'), new Date(last))?.toISOString()).toBe(last);
});
