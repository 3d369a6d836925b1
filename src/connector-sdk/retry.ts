import { ConnectorError, QuotaExhaustedError, RateLimitError, TransientError } from './errors.ts';

export interface RetryPolicy {
  /** Attempts in all: 1 = never again. */
  readonly attempts: number;
  /** Upper bound of the first delay; each further one is twice as long. */
  readonly baseMs: number;
  /** No delay of our own choice is longer. The CRM may ask for more. */
  readonly capMs: number;
  /** From the first attempt to the start of the last one. */
  readonly totalMs: number;
}

export interface RetryContext {
  readonly policy: RetryPolicy;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Pure: the delay after the `attempt`th failure (from 1): full jitter below a doubling bound. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: number): number {
  return Math.floor(random * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)));
}

/** Pure: how long to wait before the same call may work, or null where waiting a little does not help. */
export function retryDelayMs(error: unknown, attempt: number, policy: RetryPolicy, random: number): number | null {
  if (!(error instanceof ConnectorError) || error.recovery !== 'retry' || error instanceof QuotaExhaustedError)
    return null;
  const asked = error instanceof RateLimitError || error instanceof TransientError ? error.retryAfterMs : null;
  return (asked ?? 0) + backoffMs(attempt, policy, random);
}

/**
 * Runs `operation` until it succeeds. This is the only retry layer: an operation does not retry by itself.
 * @throws what the last attempt threw: at once where its recovery is not `retry`, or where the day's quota is used up;
 *   else when attempts or time are used up. The signal's reason when aborted.
 */
export async function retry<T>(operation: () => Promise<T>, context: RetryContext): Promise<T> {
  const { policy, now, sleep, random, signal } = context;
  const startedAt = now().getTime();
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await operation();
    } catch (error) {
      const delayMs = retryDelayMs(error, attempt, policy, random());
      const elapsedMs = now().getTime() - startedAt;
      if (delayMs === null || attempt >= policy.attempts || elapsedMs + delayMs > policy.totalMs) throw error;
      await sleep(delayMs, signal);
    }
  }
}
