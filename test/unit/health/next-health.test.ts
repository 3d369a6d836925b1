import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpen, longestWaitMs, nextHealth, outcomeOf, type HealthOutcome } from '../../../src/health/next-health.ts';
import type { Recovery } from '../../../src/model/errors.ts';
import type { AlertKind, Health } from '../../../src/model/health.ts';

const start = new Date('2026-11-27T10:00:00Z');
const failed = (recovery: Recovery, code = `because-of-${recovery}`): HealthOutcome => ({
  type: 'failed',
  failure: { code, message: `It is ${code}.`, recovery, remedy: `Mend ${code}.` },
});
const succeeded: HealthOutcome = { type: 'succeeded' };

interface Lived {
  readonly health: Health | null;
  readonly alerts: readonly AlertKind[];
  readonly waits: readonly (number | null)[];
}

/** One outcome after the other, a minute apart. */
function live(outcomes: readonly HealthOutcome[]): Lived {
  return outcomes.reduce<Lived>(
    ({ health, alerts, waits }, outcome, minute) => {
      const now = new Date(start.getTime() + minute * 60_000);
      const next = nextHealth(health, outcome, now);
      const { tryAgainAt } = next.health;
      return {
        health: next.health,
        alerts: next.change === null ? alerts : [...alerts, next.change.kind],
        waits: [...waits, tryAgainAt === null ? null : (tryAgainAt.getTime() - now.getTime()) / 60_000],
      };
    },
    { health: null, alerts: [], waits: [] },
  );
}

describe('a connection that fails', () => {
  it('is tried at every tick twice, then after pauses that double up to half an hour', () => {
    const { waits, alerts, health } = live(Array.from({ length: 10 }, () => failed('retry')));
    expect(waits).toEqual([null, null, 1, 2, 4, 8, 16, 30, 30, 30]);
    expect(alerts).toEqual(['failing']);
    expect(health).toMatchObject({ state: 'failing', failuresInRow: 10, since: start, code: 'because-of-retry' });
  });

  it('comes right without a word where nobody was told of it', () => {
    expect(live([failed('retry'), failed('retry'), succeeded]).alerts).toEqual([]);
  });

  it('says so when it works again, and for how long it did not', () => {
    const bad = live([failed('retry'), failed('retry'), failed('retry')]).health;
    const { health, change } = nextHealth(bad, succeeded, new Date(start.getTime() + 3_600_000));
    expect(change).toEqual({ kind: 'recovered', awayMs: 3_600_000 });
    expect(health).toMatchObject({ state: 'healthy', code: null, remedy: null, failuresInRow: 0, tryAgainAt: null });
  });

  it.each(['reset-cursor', 'report-bug'] as const)(
    'for a reason that no operator mends (%s) waits for itself',
    (why) => {
      expect(live([failed(why)]).health).toMatchObject({ state: 'failing', tryAgainAt: null });
    },
  );
});

describe('a connection that needs a person', () => {
  it.each(['reauthorise', 'fix-config'] as const)('is paused at the first failure of the kind %s', (recovery) => {
    const { alerts, health } = live([succeeded, failed(recovery)]);
    expect(alerts).toEqual(['paused']);
    expect(health).toMatchObject({
      state: 'paused',
      code: `because-of-${recovery}`,
      remedy: expect.any(String) as string,
    });
  });

  it('is probed after five minutes, a quarter of an hour, then hourly', () => {
    const { waits, alerts } = live(Array.from({ length: 5 }, () => failed('reauthorise')));
    expect(waits).toEqual([5, 15, 60, 60, 60]);
    expect(alerts).toEqual(['paused']);
  });

  it('keeps its reason when a probe fails for a passing one', () => {
    const { health, alerts } = live([failed('reauthorise'), failed('retry')]);
    expect(health).toMatchObject({ state: 'paused', code: 'because-of-reauthorise', failuresInRow: 2 });
    expect(alerts).toEqual(['paused']);
  });

  it('takes the newer reason when a probe fails for another one that needs a person', () => {
    expect(live([failed('reauthorise'), failed('fix-config')]).health).toMatchObject({ code: 'because-of-fix-config' });
  });

  it('is told of again when it had been failing, and once when it works', () => {
    const tale = [failed('retry'), failed('retry'), failed('retry'), failed('reauthorise'), succeeded, succeeded];
    expect(live(tale).alerts).toEqual(['failing', 'paused', 'recovered']);
  });
});

describe('whatever happens', () => {
  const outcome = fc.oneof(
    fc.constant(succeeded),
    fc.constant<HealthOutcome>({ type: 'nothing' }),
    fc
      .constantFrom<Recovery>('retry', 'reauthorise', 'fix-config', 'reset-cursor', 'report-bug')
      .map((one) => failed(one)),
  );

  it('people are told that something is wrong before they are told that it is right, and never twice', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 60 }), (outcomes) => {
        const { alerts } = live(outcomes);
        alerts.forEach((kind, index) => {
          const before = alerts[index - 1];
          expect(kind).not.toBe(before);
          if (kind === 'recovered') expect(['failing', 'paused']).toContain(before);
          if (kind === 'failing') expect([undefined, 'recovered']).toContain(before);
        });
      }),
    );
  });

  it('what people were told last is how it is', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 60 }), (outcomes) => {
        const { alerts, health } = live(outcomes);
        const last = alerts.at(-1);
        expect(isOpen(health!)).toBe(last === 'failing' || last === 'paused');
      }),
    );
  });

  it('waits only while it is open, and never longer than an hour', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1, maxLength: 60 }), (outcomes) => {
        const { waits, health } = live(outcomes);
        for (const minutes of waits) if (minutes !== null) expect(minutes * 60_000).toBeLessThanOrEqual(longestWaitMs);
        expect(health!.tryAgainAt !== null).toBe(isOpen(health!));
      }),
    );
  });

  it('a success heals, and nothing changes nothing', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 30 }), (outcomes) => {
        const { health } = live(outcomes);
        expect(nextHealth(health, succeeded, start).health).toMatchObject({ state: 'healthy', tryAgainAt: null });
        if (health !== null) expect(nextHealth(health, { type: 'nothing' }, start).health).toEqual(health);
      }),
    );
  });
});

describe('the end of a run', () => {
  const failure = { code: 'crm-unavailable', message: 'm', recovery: 'retry', remedy: '' } as const;
  it.each([
    ['succeeded', { status: 'succeeded', failure: null, nextTryAt: null }],
    ['succeeded', { status: 'partial', failure: null, nextTryAt: null }],
    [
      'succeeded',
      { status: 'partial', failure: { ...failure, code: 'push-held', recovery: 'fix-config' }, nextTryAt: null },
    ],
    ['failed', { status: 'failed', failure, nextTryAt: null }],
    ['nothing', { status: 'failed', failure: { ...failure, code: 'crm-quota-exhausted' }, nextTryAt: start }],
    ['nothing', { status: 'failed', failure: { ...failure, code: 'database-unavailable' }, nextTryAt: null }],
    ['nothing', { status: 'failed', failure: { ...failure, code: 'run-active' }, nextTryAt: null }],
    ['nothing', { status: 'cancelled', failure: null, nextTryAt: null }],
  ] as const)('says "%s" of the connection: %j', (type, end) => {
    expect(outcomeOf(end).type).toBe(type);
  });
});
