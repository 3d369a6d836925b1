import { describe, expect, test } from 'vitest';
import {
  createGovernor,
  dailyVerdict,
  QuotaExhaustedError,
  waitMs,
  type DailyQuota,
  type GovernorOptions,
} from '../../../src/connector-sdk/index.ts';
import { virtualClock, type VirtualClock } from '../../support/connector-context.ts';

const signal = new AbortController().signal;

/** Waiting moves the clock; the longest of several waits decides. */
function patient(clock: VirtualClock): Pick<GovernorOptions, 'now' | 'sleep'> {
  return {
    now: () => new Date(clock.now()),
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      clock.advance(ms);
      await Promise.resolve();
    },
  };
}

function memoryUsage(used = 0): DailyQuota['usage'] & { readonly written: number[]; used: number } {
  const usage = {
    used,
    written: [] as number[],
    read: () => Promise.resolve(usage.used),
    count: (calls: number) => {
      usage.written.push(calls);
      usage.used += calls;
      return Promise.resolve();
    },
  };
  return usage;
}

describe('waitMs', () => {
  const limit = { burst: 3, perMs: 1_000 };

  test.for([
    [[], 0, 0],
    [[100, 200], 300, 0],
    [[100, 200, 300], 300, 800],
    [[100, 200, 300], 1_100, 0],
    [[100, 200, 300, 1_100], 1_100, 100],
  ] as const)('calls at %j leave at %i a wait of %i', ([admittedAt, now, expected]) => {
    expect(waitMs({ limit, admittedAt: [...admittedAt], pausedUntil: 0 }, now)).toBe(expected);
  });

  test('a pause counts where it is longer', () => {
    expect(waitMs({ limit, admittedAt: [], pausedUntil: 5_000 }, 2_000)).toBe(3_000);
  });
});

describe('dailyVerdict', () => {
  const quota = { share: 0.25, stopAtOrgUse: 0.8 };

  test.for([
    ['no maximum known', { used: 9_999, max: null, remaining: null }, null],
    ['below both', { used: 24, max: 100, remaining: 50 }, null],
    ['our share is used', { used: 25, max: 100, remaining: 50 }, 'share'],
    ['others used the day', { used: 1, max: 100, remaining: 20 }, 'account'],
    ['the CRM does not say what is left', { used: 24, max: 100, remaining: null }, null],
  ] as const)('%s', ([, day, expected]) => {
    expect(dailyVerdict(day, quota)).toBe(expected);
  });
});

describe('a governor', () => {
  test('no window of the limit’s length ever holds too many calls', async () => {
    const clock = virtualClock();
    const governor = createGovernor({ limits: { search: { burst: 4, perMs: 1_000 } }, daily: null, ...patient(clock) });
    const at: number[] = [];
    for (let call = 0; call < 40; call += 1) {
      if (call % 7 === 0) clock.advance(130);
      await governor.admit('search', signal);
      at.push(clock.now());
    }
    for (const start of at)
      expect(at.filter((time) => time >= start && time < start + 1_000).length).toBeLessThanOrEqual(4);
    expect(governor.admitted).toBe(40);
    // And it does not dawdle: 40 calls at 4 a second.
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThanOrEqual(10_000);
  });

  test('buckets do not hold each other up, and an unknown one is free', async () => {
    const clock = virtualClock();
    const governor = createGovernor({ limits: { slow: { burst: 1, perMs: 60_000 } }, daily: null, ...patient(clock) });
    await governor.admit('slow', signal);
    const before = clock.now();
    for (let call = 0; call < 1_000; call += 1) await governor.admit('other', signal);
    expect(clock.now()).toBe(before);
  });

  test('callers are served in the order in which they came', async () => {
    const clock = virtualClock();
    const governor = createGovernor({ limits: { one: { burst: 1, perMs: 100 } }, daily: null, ...patient(clock) });
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((caller) => governor.admit('one', signal).then(() => order.push(caller))));
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('a caller that gives up ends at once and holds nobody up', async () => {
    const clock = virtualClock();
    const blocked = Promise.withResolvers<void>();
    const governor = createGovernor({
      limits: { one: { burst: 1, perMs: 100 } },
      daily: null,
      now: () => new Date(clock.now()),
      sleep: (ms) => blocked.promise.then(() => clock.advance(ms)),
    });
    await governor.admit('one', signal);
    const second = governor.admit('one', signal);
    const controller = new AbortController();
    const third = governor.admit('one', controller.signal);
    const fourth = governor.admit('one', signal);
    const reason = new Error('stop');
    controller.abort(reason);
    await expect(third).rejects.toBe(reason);
    blocked.resolve();
    await Promise.all([second, fourth]);
    expect(governor.admitted).toBe(3);
  });

  test('what the CRM says of its limits counts from then on', async () => {
    const clock = virtualClock();
    const governor = createGovernor({ limits: { one: { burst: 1, perMs: 1_000 } }, daily: null, ...patient(clock) });
    governor.observe('one', { rate: { burst: 10, perMs: 1_000 } });
    const before = clock.now();
    for (let call = 0; call < 10; call += 1) await governor.admit('one', signal);
    expect(clock.now()).toBe(before);
    governor.observe('one', { pauseMs: 7_000 });
    await governor.admit('one', signal);
    expect(clock.now() - before).toBe(7_000);
  });

  test('our share of the day is counted over restarts, and ends with its reset', async () => {
    const clock = virtualClock(Date.UTC(2026, 10, 22, 23, 59));
    const usage = memoryUsage(7);
    const daily = { share: 0.1, stopAtOrgUse: 1, limit: 100, usage };
    const governor = createGovernor({ limits: {}, daily, ...patient(clock) });
    for (let call = 0; call < 3; call += 1) await governor.admit('any', signal);
    const refused = await governor.admit('any', signal).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(QuotaExhaustedError);
    expect((refused as QuotaExhaustedError).resetAt).toEqual(new Date(Date.UTC(2026, 10, 23)));
    expect(governor.admitted).toBe(3);
    clock.advance(60_000);
    usage.used = 0;
    await governor.admit('any', signal);
    expect(governor.admitted).toBe(4);
  });

  test('it stops when all users of the account together have used enough', async () => {
    const clock = virtualClock();
    const resetAt = new Date(clock.now() + 5_000);
    const daily = { share: 1, stopAtOrgUse: 0.8, usage: memoryUsage() };
    const governor = createGovernor({ limits: {}, daily, ...patient(clock) });
    governor.observe('any', { dailyMax: 100, dailyRemaining: 21, dailyResetAt: resetAt });
    await governor.admit('any', signal);
    governor.observe('any', { dailyRemaining: 20 });
    await expect(governor.admit('any', signal)).rejects.toMatchObject({ resetAt });
    clock.advance(5_000);
    await governor.admit('any', signal);
  });

  test('usage is written in lumps, and the rest at the end', async () => {
    const clock = virtualClock();
    const usage = memoryUsage();
    const governor = createGovernor({ limits: {}, daily: { share: 1, stopAtOrgUse: 1, usage }, ...patient(clock) });
    for (let call = 0; call < 120; call += 1) await governor.admit('any', signal);
    expect(usage.written).toEqual([50, 50]);
    await governor[Symbol.asyncDispose]();
    expect(usage.written).toEqual([50, 50, 20]);
  });
});
