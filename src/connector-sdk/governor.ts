import { QuotaExhaustedError } from './errors.ts';
import { abortable } from './waiting.ts';

/** Holds calls under the CRM's short limits and under our share of its day. One per connection. */
export interface Governor {
  /** Resolves when a call may go; counts it. @throws QuotaExhaustedError when the day's share is used up. */
  admit(bucket: string, signal: AbortSignal): Promise<void>;
  /** The CRM told us more about its limits (headers, a 429). Absent = unknown. */
  observe(bucket: string, observation: LimitObservation): void;
  /** Calls admitted since the connection was opened. */
  readonly admitted: number;
}

export interface LimitObservation {
  /** No call of this bucket before so many milliseconds have passed. */
  readonly pauseMs?: number;
  /** The bucket's true limit, where it differs from the documented one. */
  readonly rate?: RateLimit;
  /** Calls that the whole account may still make today, and its daily maximum. */
  readonly dailyRemaining?: number;
  readonly dailyMax?: number;
  /** When the account's day ends. Unknown = the next midnight UTC. */
  readonly dailyResetAt?: Date;
}

/** At most `burst` calls in any `perMs` milliseconds. */
export interface RateLimit {
  readonly burst: number;
  readonly perMs: number;
}

export interface GovernorOptions {
  /** By bucket. A bucket that is not listed is free. */
  readonly limits: Readonly<Record<string, RateLimit>>;
  /** Null = the CRM has no daily limit, or it is not ours to keep. */
  readonly daily: DailyQuota | null;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface DailyQuota {
  /** Of the account's daily maximum, what this connection may use: 0.25. */
  readonly share: number;
  /** Stop when all users of the account together have used this part of its day: 0.8. */
  readonly stopAtOrgUse: number;
  /** The account's daily maximum until the CRM tells; left out = no limit until it does. */
  readonly limit?: number;
  readonly usage: DailyUsage;
}

/** Calls of this connection today, over all processes and restarts. */
export interface DailyUsage {
  read(): Promise<number>;
  count(calls: number): Promise<void>;
}

/** Calls counted in memory before they are written down. A crash forgets at most so many. */
const flushEvery = 50;
const dayMs = 86_400_000;

/** What is known about one bucket. `admittedAt` holds the calls of the last `perMs`, oldest first. */
export interface RateWindow {
  limit: RateLimit;
  admittedAt: number[];
  pausedUntil: number;
}

/** Pure: milliseconds until the next call may go; 0 = now. Counts calls one by one, so no window ever holds too many. */
export function waitMs(window: RateWindow, now: number): number {
  const blocking = window.admittedAt.at(-window.limit.burst);
  const free = blocking === undefined ? now : blocking + window.limit.perMs;
  return Math.max(0, free - now, window.pausedUntil - now);
}

export interface DayState {
  /** Our calls. */
  readonly used: number;
  readonly max: number | null;
  /** Calls left to the whole account, as last told. */
  readonly remaining: number | null;
}

/** Pure: which limit of the day forbids another call; null = none. */
export function dailyVerdict(
  day: DayState,
  quota: Pick<DailyQuota, 'share' | 'stopAtOrgUse'>,
): 'share' | 'account' | null {
  if (day.max === null) return null;
  if (day.used >= Math.floor(day.max * quota.share)) return 'share';
  if (day.remaining !== null && day.max - day.remaining >= day.max * quota.stopAtOrgUse) return 'account';
  return null;
}

/** Callers of a bucket are served in the order in which they came. Dispose of it to write down the last calls. */
export function createGovernor(options: GovernorOptions): Governor & AsyncDisposable {
  const buckets = new Map<string, { window: RateWindow; queue: Promise<void> }>();
  const day = options.daily === null ? null : openDay(options.daily, options.now);
  let admitted = 0;

  const bucketOf = (name: string): { window: RateWindow; queue: Promise<void> } => {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    const limit = options.limits[name] ?? { burst: Number.MAX_SAFE_INTEGER, perMs: 0 };
    const bucket = { window: { limit, admittedAt: [], pausedUntil: 0 }, queue: Promise.resolve() };
    buckets.set(name, bucket);
    return bucket;
  };

  const passWindow = async (window: RateWindow, signal: AbortSignal): Promise<void> => {
    for (let wait = waitMs(window, options.now().getTime()); wait > 0; wait = waitMs(window, options.now().getTime())) {
      await options.sleep(wait, signal);
    }
    signal.throwIfAborted();
  };

  return {
    get admitted() {
      return admitted;
    },
    async admit(name, signal) {
      signal.throwIfAborted();
      const bucket = bucketOf(name);
      const turn = bucket.queue;
      const leave = Promise.withResolvers<void>();
      bucket.queue = turn.then(() => leave.promise);
      try {
        await abortable(turn, signal);
        await day?.open();
        await passWindow(bucket.window, signal);
        day?.take();
        remember(bucket.window, options.now().getTime());
        admitted += 1;
      } finally {
        leave.resolve();
      }
      await day?.flush(flushEvery);
    },
    observe(name, observation) {
      const { window } = bucketOf(name);
      if (observation.rate !== undefined) window.limit = observation.rate;
      if (observation.pauseMs !== undefined) {
        window.pausedUntil = Math.max(window.pausedUntil, options.now().getTime() + observation.pauseMs);
      }
      day?.observe(observation);
    },
    async [Symbol.asyncDispose]() {
      await day?.flush(1);
    },
  };
}

function remember(window: RateWindow, now: number): void {
  const since = now - window.limit.perMs;
  const first = window.admittedAt.findIndex((at) => at > since);
  window.admittedAt = first === -1 ? [now] : [...window.admittedAt.slice(first), now];
}

interface Day {
  /** Loads what other processes have used; starts anew after the reset. */
  open(): Promise<void>;
  /** Counts a call. @throws QuotaExhaustedError */
  take(): void;
  observe(observation: LimitObservation): void;
  /** Writes down what was counted, if it is at least `threshold` calls. */
  flush(threshold: number): Promise<void>;
}

function openDay(quota: DailyQuota, now: () => Date): Day {
  let state: DayState = { used: 0, max: quota.limit ?? null, remaining: null };
  let resetAt = nextMidnightUtc(now());
  let loaded: Promise<void> | null = null;
  let unwritten = 0;

  const load = async (): Promise<void> => {
    const written = await quota.usage.read();
    state = { ...state, used: written + unwritten };
  };
  const rollOver = (): void => {
    if (now() < resetAt) return;
    while (resetAt <= now()) resetAt = new Date(resetAt.getTime() + dayMs);
    state = { ...state, remaining: null };
    loaded = null;
  };

  return {
    async open() {
      rollOver();
      loaded ??= load();
      await loaded.catch((error: unknown) => {
        loaded = null;
        throw error;
      });
    },
    take() {
      const verdict = dailyVerdict(state, quota);
      if (verdict !== null) throw exhausted(verdict, resetAt);
      state = { ...state, used: state.used + 1 };
      unwritten += 1;
    },
    observe(seen) {
      if (seen.dailyResetAt !== undefined) resetAt = seen.dailyResetAt;
      state = { ...state, max: seen.dailyMax ?? state.max, remaining: seen.dailyRemaining ?? state.remaining };
    },
    async flush(threshold) {
      if (unwritten < threshold) return;
      const calls = unwritten;
      unwritten = 0;
      await quota.usage.count(calls).catch((error: unknown) => {
        unwritten += calls;
        throw error;
      });
      loaded = null;
    },
  };
}

function exhausted(verdict: 'share' | 'account', resetAt: Date): QuotaExhaustedError {
  return verdict === 'share'
    ? new QuotaExhaustedError('Our share of the day’s API calls is used up.', resetAt, {
        remedy: 'Wait for the reset, or raise quota.dailyShare of this connection.',
      })
    : new QuotaExhaustedError('The account’s API calls of today are nearly used up by all its users.', resetAt, {
        remedy: 'Wait for the reset, or raise quota.stopAtOrgUse of this connection.',
      });
}

function nextMidnightUtc(now: Date): Date {
  return new Date((Math.floor(now.getTime() / dayMs) + 1) * dayMs);
}
