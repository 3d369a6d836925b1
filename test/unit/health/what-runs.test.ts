import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextHealth } from '../../../src/health/next-health.ts';
import { whatRuns } from '../../../src/health/what-runs.ts';
import type { Pause } from '../../../src/model/health.ts';

const now = new Date('2026-11-27T10:00:00Z');
const pause = (of: Pause['of'], direction: Pause['direction'], reason = 'moving house'): Pause => ({
  of,
  direction,
  reason,
  since: now,
});
const dead = nextHealth(
  null,
  { type: 'failed', failure: { code: 'crm-credentials', message: 'Refused.', recovery: 'reauthorise', remedy: '' } },
  now,
).health;
const minutesLater = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

describe('what runs', () => {
  it('is everything where nobody has paused anything', () => {
    expect(whatRuns([], null, now)).toEqual({ pull: true, push: true, reason: null, until: null });
  });

  it.each([
    [[pause('connection', 'push')], true, false, 'paused (push only): moving house'],
    [[pause('connection', 'pull')], false, true, 'paused (pull only): moving house'],
    [[pause('connection', 'all')], false, false, 'paused: moving house'],
    [[pause('connection', 'pull'), pause('org', 'push')], false, false, 'paused (pull only): moving house'],
    [[pause('connection', 'all', 'a'), pause('org', 'all', 'b')], false, false, 'the organisation is paused: b'],
  ] as const)('keeps to the pauses %j', (pauses, pull, push, reason) => {
    expect(whatRuns(pauses, null, now)).toEqual({ pull, push, reason, until: null });
  });

  it('is nothing while refused credentials wait for their next probe, and everything after that', () => {
    expect(whatRuns([], dead, minutesLater(1))).toEqual({
      pull: false,
      push: false,
      reason: 'Refused.',
      until: minutesLater(5),
    });
    expect(whatRuns([], dead, minutesLater(5))).toMatchObject({ pull: true, push: true, until: null });
  });

  it('is everything for the tick of the hour that comes just before the wait of an hour ends', () => {
    expect(whatRuns([], dead, new Date(minutesLater(5).getTime() - 31_000))).toMatchObject({ pull: false });
    expect(whatRuns([], dead, new Date(minutesLater(5).getTime() - 2_000))).toMatchObject({ pull: true, until: null });
  });

  it('is nothing for a probe either, while a person has paused it', () => {
    expect(whatRuns([pause('connection', 'all')], dead, minutesLater(5))).toMatchObject({ pull: false, push: false });
    expect(whatRuns([pause('connection', 'push')], dead, minutesLater(5))).toMatchObject({ pull: true, push: false });
  });

  it('does not wait for a time that a wrong clock wrote', () => {
    const lastYear = new Date('2025-11-27T10:00:00Z');
    expect(whatRuns([], dead, lastYear)).toMatchObject({ pull: true, push: true });
  });

  it('never runs a direction that a person has paused, and always says why', () => {
    const anyPause = fc.record({
      of: fc.constantFrom<Pause['of']>('org', 'connection'),
      direction: fc.constantFrom<Pause['direction']>('pull', 'push', 'all'),
      reason: fc.string(),
      since: fc.constant(now),
    });
    fc.assert(
      fc.property(
        fc.array(anyPause, { maxLength: 5 }),
        fc.constantFrom(null, dead),
        fc.nat(120),
        (pauses, health, minutes) => {
          const runs = whatRuns(pauses, health, minutesLater(minutes));
          for (const direction of ['pull', 'push'] as const)
            if (pauses.some((one) => one.direction === direction || one.direction === 'all'))
              expect(runs[direction]).toBe(false);
          expect(runs.reason === null).toBe(runs.pull && runs.push);
        },
      ),
    );
  });
});
