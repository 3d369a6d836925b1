import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AccountPool,
  leftOf,
  type PoolPolicy,
  type PoolState,
  poolAsOf,
  resumeAtOf,
  takeTurn,
  untoldAccount,
  verdictOf,
} from '../../../src/connector-sdk/daily-pool.ts';
import { createGovernor, type OpenGovernor, QuotaExhaustedError } from '../../../src/connector-sdk/index.ts';
import { virtualClock } from '../../support/connector-context.ts';
import { memoryPool } from '../../support/memory-pool.ts';

const noon = new Date('2026-11-22T12:00:00Z');
const midnight = new Date('2026-11-23T00:00:00Z');
const policy: PoolPolicy = { share: 0.25, stopAtOrgUse: 0.8, urgentReserve: 0.2 };
const told = (remaining: number | null, max: number | null = 100): AccountPool => ({
  ...untoldAccount,
  max,
  remaining,
  observedAt: noon,
});

test('an end that a clock ahead of ours has noted is none: a new day begins, and nothing of it was told', () => {
  const later = (days: number) => new Date(noon.getTime() + days * 86_400_000);
  const account = { ...told(0), observedAt: later(6), resetAt: later(7) };
  const state: PoolState = { day: 1, endsAt: later(7), used: 25, account };
  expect(poolAsOf(state, noon, midnight)).toEqual({
    day: 2,
    endsAt: midnight,
    used: 0,
    account: { ...account, remaining: null, resetAt: null },
  });
});

describe('what is left of a day', () => {
  test.for([
    ['no maximum is known', 9_999, told(null, null), null, null],
    ['there is enough', 19, told(50), null, null],
    ['what is left is kept for urgent calls', 20, told(50), 'reserve', null],
    ['our share is used', 25, told(50), 'share', 'share'],
    ['others have nearly used the day', 1, told(25), 'reserve', null],
    ['others have used the day', 1, told(20), 'account', 'account'],
    ['the CRM does not say what is left', 19, told(null), null, null],
  ] as const)('%s', ([, used, account, ordinary, urgent]) => {
    const left = leftOf({ used, account }, policy);
    expect([verdictOf(left, false), verdictOf(left, true)]).toEqual([ordinary, urgent]);
  });

  test('our share comes back with our day, the account’s calls when the CRM says so', () => {
    const resetAt = new Date('2026-11-22T23:00:00Z');
    const state = (used: number, account: AccountPool): PoolState => ({ day: 1, endsAt: midnight, used, account });
    const resumed = (one: PoolState) => resumeAtOf(one, leftOf(one, policy), verdictOf(leftOf(one, policy), false)!);
    expect(resumed(state(25, told(50)))).toEqual(midnight);
    expect(resumed(state(1, { ...told(20), resetAt }))).toEqual(resetAt);
    expect(resumed(state(1, told(20)))).toEqual(new Date('2026-11-22T13:00:00Z'));
    expect(resumed(state(20, told(90)))).toEqual(midnight);
    expect(resumed(state(1, told(25)))).toEqual(new Date('2026-11-22T13:00:00Z'));
  });
});

describe('a day that ends', () => {
  const ended = { day: 3, endsAt: midnight, used: 25, account: { ...told(0), resetAt: midnight } };

  test('is followed by one of which nothing was used, and nothing told but the maximum', () => {
    const next = poolAsOf(ended, new Date('2026-11-23T00:00:00Z'), new Date('2026-11-24T00:00:00Z'));
    expect(next).toMatchObject({ day: 4, used: 0, account: { max: 100, remaining: null } });
    expect(next.endsAt).toEqual(new Date('2026-11-24T00:00:00Z'));
    expect(poolAsOf(ended, new Date('2026-11-22T23:59:59Z'), midnight)).toEqual(ended);
  });

  test('takes its unused calls along', () => {
    const late = { isUrgent: false, isAsking: true, giveBack: { day: 3, calls: 9 }, told: untoldAccount };
    const now = new Date('2026-11-23T01:00:00Z');
    const grant = takeTurn(
      ended,
      { ...late, believesSince: null },
      { policy, now, midnight: new Date('2026-11-24T00:00:00Z') },
    );
    expect(grant.state.used).toBe(grant.granted);
  });

  test('ends when the CRM says, which may be at another hour than ours', () => {
    const resetAt = new Date('2026-11-23T05:00:00Z');
    const grant = takeTurn(
      { day: 1, endsAt: midnight, used: 3, account: untoldAccount },
      {
        isUrgent: false,
        isAsking: false,
        giveBack: { day: 0, calls: 0 },
        told: { ...untoldAccount, resetAt },
        believesSince: null,
      },
      { policy, now: noon, midnight },
    );
    expect(grant.state).toMatchObject({ day: 1, used: 3, endsAt: resetAt });
  });
});

test('of two observations the newer one counts, whoever made it', () => {
  const later = new Date(noon.getTime() + 60_000);
  const turn = { isUrgent: false, isAsking: false, giveBack: { day: 0, calls: 0 }, believesSince: null };
  const at = { policy, now: new Date(noon.getTime() + 120_000), midnight };
  const stored = { day: 1, endsAt: midnight, used: 0, account: { ...told(40), observedAt: later } };
  expect(takeTurn(stored, { ...turn, told: told(90) }, at).state.account.remaining).toBe(40);
  const newer = { ...told(30), observedAt: new Date(later.getTime() + 1) };
  expect(takeTurn(stored, { ...turn, told: newer }, at).state.account.remaining).toBe(30);
});

/** What one of several processes does next. */
type Step =
  | { readonly do: 'call'; readonly who: number; readonly isUrgent: boolean }
  | { readonly do: 'end' | 'crash'; readonly who: number };

const who = fc.nat({ max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('call' as const), who, isUrgent: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), who }) },
);
const days = fc.record({
  share: fc.double({ min: 0.01, max: 1, noNaN: true }),
  urgentReserve: fc.double({ min: 0, max: 0.9, noNaN: true }),
  limit: fc.integer({ min: 1, max: 2_000 }),
});

class Processes {
  calls = 0;
  ordinary = 0;
  readonly pool;
  readonly #open = new Map<number, OpenGovernor>();
  readonly #policy: PoolPolicy;
  readonly #clock = virtualClock();
  #isUrgent = false;

  constructor(day: Pick<PoolPolicy, 'share' | 'urgentReserve' | 'limit'>) {
    this.pool = memoryPool(this.#clock);
    this.#policy = { ...day, stopAtOrgUse: 1 };
  }

  async call(who: number, isUrgent: boolean): Promise<boolean> {
    this.#isUrgent = isUrgent;
    return this.#of(who)
      .admit('any', new AbortController().signal)
      .then(
        () => {
          this.calls += 1;
          if (!isUrgent) this.ordinary += 1;
          return true;
        },
        (error: unknown) => {
          if (error instanceof QuotaExhaustedError) return false;
          throw error;
        },
      );
  }

  async end(who: number): Promise<void> {
    await this.#open.get(who)?.[Symbol.asyncDispose]();
    this.#open.delete(who);
  }

  crash(who: number): void {
    this.#open.delete(who);
  }

  #of(who: number): OpenGovernor {
    const known = this.#open.get(who);
    if (known !== undefined) return known;
    const governor = createGovernor({
      limits: {},
      daily: { ...this.#policy, pool: this.pool },
      isUrgent: () => this.#isUrgent,
      now: () => new Date(this.#clock.now()),
      sleep: () => Promise.resolve(),
    });
    this.#open.set(who, governor);
    return governor;
  }
}

test('several processes, ended or struck down anywhere, never make more calls than our share, nor ordinary ones from the reserve', async () => {
  await fc.assert(
    fc.asyncProperty(days, fc.array(step, { maxLength: 400 }), async (day, steps) => {
      const processes = new Processes(day);
      const budget = Math.floor(day.limit * day.share);
      const reserve = Math.floor(budget * day.urgentReserve);
      for (const one of steps) {
        if (one.do === 'call') await processes.call(one.who, one.isUrgent);
        else if (one.do === 'end') await processes.end(one.who);
        else processes.crash(one.who);
        expect(processes.calls).toBeLessThanOrEqual(processes.pool.state.used);
        expect(processes.pool.state.used).toBeLessThanOrEqual(budget);
        expect(processes.ordinary).toBeLessThanOrEqual(budget - reserve);
      }
    }),
  );
});

test('calls that several processes make at once are not more than our share either', async () => {
  await fc.assert(
    fc.asyncProperty(days, fc.array(who, { minLength: 1, maxLength: 300 }), async (day, callers) => {
      const processes = new Processes(day);
      await Promise.all(callers.map((caller) => processes.call(caller, true)));
      expect(processes.calls).toBeLessThanOrEqual(Math.floor(day.limit * day.share));
    }),
  );
});

test('all of our share can be used, the last call included, once nobody else holds any', async () => {
  await fc.assert(
    fc.asyncProperty(days, fc.array(who, { maxLength: 100 }), async (day, callers) => {
      const processes = new Processes(day);
      for (const caller of callers) await processes.call(caller, true);
      for (const caller of [1, 2, 3]) await processes.end(caller);
      while (await processes.call(0, true));
      expect(processes.calls).toBe(Math.floor(day.limit * day.share));
    }),
  );
});
