import { type DailyQuota, Day, type DayObservation } from './day.ts';
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

export interface LimitObservation extends DayObservation {
  /** No call of this bucket before so many milliseconds have passed. */
  readonly pauseMs?: number;
  /** The bucket's true limit, where it differs from the documented one. */
  readonly rate?: RateLimit;
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
  /** Whether who asks at this moment may use the reserve; left out = nobody may. */
  readonly isUrgent?: () => boolean;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** As its owner holds it. Dispose of it to give back the calls that were reserved and not made. */
export interface OpenGovernor extends Governor, AsyncDisposable {
  /** Whether a call that is not urgent would be admitted now, as far as the day goes. */
  hasOrdinaryCalls(): Promise<boolean>;
}

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

/** Callers of a bucket are served in the order in which they came. */
export function createGovernor(options: GovernorOptions): OpenGovernor {
  const buckets = new Map<string, Bucket>();
  const { isUrgent = () => false } = options;
  const day = options.daily === null ? null : new Day(options.daily, options.now);
  let admitted = 0;

  const bucketOf = (name: string): Bucket => {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    const limit = options.limits[name] ?? unlimited;
    const bucket = { window: { limit, admittedAt: [], pausedUntil: 0 }, queue: Promise.resolve() };
    buckets.set(name, bucket);
    return bucket;
  };

  const pass = async (window: RateWindow, signal: AbortSignal): Promise<void> => {
    await passWindow(window, options, signal);
    const ticket = await day?.take(isUrgent());
    try {
      // Meanwhile the CRM may have asked for a pause.
      await passWindow(window, options, signal);
    } catch (error) {
      if (ticket !== undefined) day?.putBack(ticket);
      throw error;
    }
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
        await pass(bucket.window, signal);
        remember(bucket.window, options.now().getTime());
        admitted += 1;
      } finally {
        leave.resolve();
      }
    },
    observe(name, observation) {
      const { window } = bucketOf(name);
      if (observation.rate !== undefined) window.limit = observation.rate;
      if (observation.pauseMs !== undefined) {
        window.pausedUntil = Math.max(window.pausedUntil, options.now().getTime() + observation.pauseMs);
      }
      day?.observe(observation);
    },
    hasOrdinaryCalls: async () => day === null || day.hasOrdinary(),
    async [Symbol.asyncDispose]() {
      await day?.close();
    },
  };
}

interface Bucket {
  readonly window: RateWindow;
  queue: Promise<void>;
}

async function passWindow(
  window: RateWindow,
  { now, sleep }: Pick<GovernorOptions, 'now' | 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = waitMs(window, now().getTime()); wait > 0; wait = waitMs(window, now().getTime())) {
    await sleep(wait, signal);
  }
  signal.throwIfAborted();
}

const unlimited: RateLimit = { burst: Number.MAX_SAFE_INTEGER, perMs: 0 };

function remember(window: RateWindow, now: number): void {
  const since = now - window.limit.perMs;
  const first = window.admittedAt.findIndex((at) => at > since);
  window.admittedAt = first === -1 ? [now] : [...window.admittedAt.slice(first), now];
}
