import { expect, test } from 'vitest';
import { nextMidnight } from '../../../../connectors/hubspot/midnight.ts';

test.for([
  ['UTC', '2026-11-22T10:00:00Z', '2026-11-23T00:00:00.000Z'],
  ['US/Eastern', '2026-11-22T10:00:00Z', '2026-11-23T05:00:00.000Z'],
  ['US/Eastern', '2026-11-23T04:59:59.999Z', '2026-11-23T05:00:00.000Z'],
  ['US/Eastern', '2026-11-23T05:00:00Z', '2026-11-24T05:00:00.000Z'],
  ['Asia/Kolkata', '2026-11-22T18:29:00Z', '2026-11-22T18:30:00.000Z'],
  // The clocks go back in the night after: this day has 25 hours.
  ['US/Eastern', '2026-11-01T05:00:00Z', '2026-11-02T05:00:00.000Z'],
  // And forward: this one has 23.
  ['US/Eastern', '2026-03-08T06:00:00Z', '2026-03-09T04:00:00.000Z'],
  ['No/Such_Zone', '2026-11-22T10:00:00Z', '2026-11-23T00:00:00.000Z'],
] as const)('in %s, after %s the next day begins at %s', ([zone, now, expected]) => {
  expect(nextMidnight(new Date(now), zone).toISOString()).toBe(expected);
});
