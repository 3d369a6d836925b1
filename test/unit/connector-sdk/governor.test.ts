import { describe, expect, test } from 'vitest';
import { createGovernor, QuotaExhaustedError, waitMs, type GovernorOptions } from '../../../src/connector-sdk/index.ts';
import { virtualClock, type VirtualClock } from '../../support/connector-context.ts';
import { memoryPool } from '../../support/memory-pool.ts';

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
    const pool = memoryPool(clock, 7);
    const daily = { ...all, share: 0.1, limit: 100, pool };
    const governor = createGovernor({ limits: {}, daily, ...patient(clock) });
    for (let call = 0; call < 3; call += 1) await governor.admit('any', signal);
    const refused = await governor.admit('any', signal).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(QuotaExhaustedError);
    expect((refused as QuotaExhaustedError).resetAt).toEqual(new Date(Date.UTC(2026, 10, 23)));
    expect(governor.admitted).toBe(3);
    clock.advance(60_000);
    await governor.admit('any', signal);
    expect(governor.admitted).toBe(4);
  });

  test('it stops when all users of the account together have used enough', async () => {
    const clock = virtualClock();
    const resetAt = new Date(clock.now() + 5_000);
    const daily = { ...all, stopAtOrgUse: 0.8, pool: memoryPool(clock) };
    const governor = createGovernor({ limits: {}, daily, ...patient(clock) });
    governor.observe('any', { dailyMax: 100, dailyRemaining: 21, dailyResetAt: resetAt });
    await governor.admit('any', signal);
    governor.observe('any', { dailyRemaining: 20 });
    await expect(governor.admit('any', signal)).rejects.toMatchObject({ resetAt });
    clock.advance(5_000);
    await governor.admit('any', signal);
  });

  test('what is reserved and not used is given back at the end', async () => {
    const clock = virtualClock();
    const pool = memoryPool(clock);
    const governor = createGovernor({ limits: {}, daily: { ...all, limit: 10_000, pool }, ...patient(clock) });
    for (let call = 0; call < 120; call += 1) await governor.admit('any', signal);
    expect(pool.state.used).toBe(150);
    await governor[Symbol.asyncDispose]();
    expect(pool.state.used).toBe(120);
  });

  test('calls are counted while nobody knows how large the day is, and count when it is known', async () => {
    const clock = virtualClock();
    const pool = memoryPool(clock);
    const daily = { ...all, share: 0.1, pool };
    const governor = createGovernor({ limits: {}, daily, ...patient(clock) });
    for (let call = 0; call < 7; call += 1) await governor.admit('any', signal);
    governor.observe('any', { dailyMax: 90, dailyRemaining: 83 });
    await governor.admit('any', signal);
    await governor.admit('any', signal);
    await expect(governor.admit('any', signal)).rejects.toBeInstanceOf(QuotaExhaustedError);
    expect(pool.state.used).toBe(9);
  });

  test('a process that starts where another one was told to stop makes no call to find out', async () => {
    const clock = virtualClock();
    const daily = { ...all, stopAtOrgUse: 0.8, pool: memoryPool(clock) };
    const first = createGovernor({ limits: {}, daily, ...patient(clock) });
    await first.admit('any', signal);
    first.observe('any', { dailyMax: 100, dailyRemaining: 20 });
    await first[Symbol.asyncDispose]();
    const second = createGovernor({ limits: {}, daily, ...patient(clock) });
    // No end of the day was told: calls come back all the time, and are looked for after an hour.
    const resetAt = new Date(clock.now() + 3_600_000);
    await expect(second.admit('any', signal)).rejects.toMatchObject({ resetAt });
    const fresh = createGovernor({
      limits: {},
      daily: { ...daily, believesSince: new Date(clock.now() + 1) },
      ...patient(clock),
    });
    await fresh.admit('any', signal);
    clock.advance(3_600_000);
    await second.admit('any', signal);
  });

  test('a machine stops at once when another one was told to, as soon as it takes its next calls', async () => {
    const clock = virtualClock();
    const daily = { ...all, stopAtOrgUse: 0.5, limit: 100, pool: memoryPool(clock) };
    const [first, second] = [1, 2].map(() => createGovernor({ limits: {}, daily, ...patient(clock) }));
    await first!.admit('any', signal);
    second!.observe('any', { dailyMax: 100, dailyRemaining: 10 });
    await second![Symbol.asyncDispose]();
    let made = 0;
    await expect(
      (async () => {
        for (;;) {
          await first!.admit('any', signal);
          made += 1;
        }
      })(),
    ).rejects.toThrow(/all its users/);
    // What it had in its hand.
    expect(made).toBeLessThanOrEqual(6);
  });

  test('what is kept for urgent calls is refused to others, and to them it is not', async () => {
    const clock = virtualClock();
    const pool = memoryPool(clock);
    let isUrgent = false;
    const daily = { ...all, share: 0.5, urgentReserve: 0.2, limit: 100, pool };
    const governor = createGovernor({ limits: {}, daily, isUrgent: () => isUrgent, ...patient(clock) });
    expect(await governor.hasOrdinaryCalls()).toBe(true);
    const used = await admittedUntilRefused(governor);
    expect(used).toMatchObject({ calls: 40, message: expect.stringContaining('kept for urgent') });
    expect(await governor.hasOrdinaryCalls()).toBe(false);
    isUrgent = true;
    for (let call = 0; call < 4; call += 1) await governor.admit('any', signal);
    isUrgent = false;
    await expect(governor.admit('any', signal)).rejects.toThrow(/kept for urgent/);
    isUrgent = true;
    expect(await admittedUntilRefused(governor)).toMatchObject({ calls: 6, message: expect.stringContaining('share') });
    expect(pool.state.used).toBe(50);
  });

  test('a call that is given up while it waits is not counted', async () => {
    const clock = virtualClock();
    const pool = memoryPool(clock);
    const controller = new AbortController();
    const governor = createGovernor({
      limits: {},
      daily: { ...all, limit: 100, pool: { change: (work) => pool.change(work).finally(() => controller.abort()) } },
      ...patient(clock),
    });
    await expect(governor.admit('any', controller.signal)).rejects.toThrow();
    await governor[Symbol.asyncDispose]();
    expect(pool.state.used).toBe(0);
  });
});

const all = { share: 1, stopAtOrgUse: 1, urgentReserve: 0 };

async function admittedUntilRefused({
  admit,
}: Pick<ReturnType<typeof createGovernor>, 'admit'>): Promise<{ readonly calls: number; readonly message: string }> {
  for (let calls = 0; ; calls += 1) {
    try {
      await admit('any', signal);
    } catch (error) {
      return { calls, message: (error as Error).message };
    }
  }
}
