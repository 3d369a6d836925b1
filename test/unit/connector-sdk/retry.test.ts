import { describe, expect, test } from 'vitest';
import {
  abortable,
  AuthError,
  backoffMs,
  QuotaExhaustedError,
  RateLimitError,
  retry,
  retryDelayMs,
  sleep,
  TransientError,
  type RetryContext,
} from '../../../src/connector-sdk/index.ts';

const policy = { attempts: 4, baseMs: 100, capMs: 1_000, totalMs: 60_000 };

function context(overrides: Partial<RetryContext> = {}): RetryContext & { readonly slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    policy,
    now: () => new Date(now),
    sleep: (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
    random: () => 0.999,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** Fails so often, then succeeds. */
function failing(times: number, error: Error): () => Promise<number> {
  let attempts = 0;
  return () => {
    attempts += 1;
    return attempts <= times ? Promise.reject(error) : Promise.resolve(attempts);
  };
}

describe('backoffMs', () => {
  test('doubles its bound up to the cap, and takes any part of it', () => {
    expect([1, 2, 3, 4, 5, 9].map((attempt) => backoffMs(attempt, policy, 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffMs(5, policy, 0)).toBe(0);
    expect(backoffMs(2, policy, 0.5)).toBe(100);
  });
});

describe('retryDelayMs', () => {
  test.for([
    ['a fault of the line', new TransientError('x'), 100],
    ['a time that the CRM names', new TransientError('x', { retryAfterMs: 5_000 }), 5_100],
    ['a limit', new RateLimitError('x', 10_000), 10_100],
    ['a day that is used up', new QuotaExhaustedError('x', new Date()), null],
    ['credentials', new AuthError('x'), null],
    ['an error of our own', new TypeError('x'), null],
  ] as const)('%s', ([, error, expected]) => {
    expect(retryDelayMs(error, 1, policy, 1)).toBe(expected);
  });
});

describe('retry', () => {
  test('tries again until it works', async () => {
    const waiting = context();
    expect(await retry(failing(2, new TransientError('x')), waiting)).toBe(3);
    expect(waiting.slept).toEqual([99, 199]);
  });

  test('ends with the last error when the attempts are used up', async () => {
    const waiting = context();
    const error = new TransientError('x');
    await expect(retry(failing(9, error), waiting)).rejects.toBe(error);
    expect(waiting.slept).toHaveLength(policy.attempts - 1);
  });

  test('does not begin a wait that is longer than its time', async () => {
    const waiting = context();
    const error = new TransientError('x', { retryAfterMs: 3_600_000 });
    await expect(retry(failing(1, error), waiting)).rejects.toBe(error);
    expect(waiting.slept).toEqual([]);
  });

  test('does not repeat what will not work', async () => {
    const error = new AuthError('x');
    await expect(retry(failing(1, error), context())).rejects.toBe(error);
  });

  test('stops at an abort, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const waiting = context({ signal: controller.signal });
    const operation = (): Promise<never> => {
      controller.abort(reason);
      return Promise.reject(new TransientError('x'));
    };
    await expect(retry(operation, waiting)).rejects.toBe(reason);
  });
});

describe('sleep and abortable', () => {
  test('sleep ends at once with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const sleeping = sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(sleep(1, controller.signal)).rejects.toBe(reason);
  });

  test('abortable gives the result, the error or the reason, whichever is first', async () => {
    const controller = new AbortController();
    expect(await abortable(Promise.resolve(1), controller.signal)).toBe(1);
    await expect(abortable(Promise.reject(new Error('no')), controller.signal)).rejects.toThrow('no');
    const hanging = abortable(new Promise(() => undefined), controller.signal);
    controller.abort(new Error('stop'));
    await expect(hanging).rejects.toThrow('stop');
  });
});
