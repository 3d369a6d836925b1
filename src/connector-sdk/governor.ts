import {
  accountAsOf,
  accountLeft,
  type DailyPool,
  maximumOf,
  type PoolGrant,
  type PoolPolicy,
  type PoolTurn,
  type PoolVerdict,
  reserveOf,
  resumeAtOf,
  takeTurn,
  untoldAccount,
} from './daily-pool.ts';
import { QuotaExhaustedError } from './errors.ts';
import { inTurn } from './in-turn.ts';
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
  /** When the account's day ends. Unknown = calls come back all the time. */
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
  /** The part of these limits that is ours, where several sessions of a connection are open at once; left out = 1. */
  readonly rateShare?: number;
  /** Null = the CRM has no daily limit, or it is not ours to keep. */
  readonly daily: DailyQuota | null;
  /** Whether who asks at this moment may use the reserve; left out = nobody may. */
  readonly isUrgent?: () => boolean;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface DailyQuota extends PoolPolicy {
  readonly pool: DailyPool;
  /** What others were told of the account before is not believed; left out = it is. */
  readonly believesSince?: Date;
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
  const buckets = new Map<string, { window: RateWindow; queue: Promise<void> }>();
  const { isUrgent = () => false, rateShare = 1 } = options;
  const day = options.daily === null ? null : openDay(options.daily, options.now);
  let admitted = 0;

  const bucketOf = (name: string): { window: RateWindow; queue: Promise<void> } => {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    const limit = partOf(options.limits[name] ?? unlimited, rateShare);
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

  const pass = async (window: RateWindow, signal: AbortSignal): Promise<void> => {
    await passWindow(window, signal);
    const ticket = await day?.take(isUrgent());
    try {
      // Meanwhile the CRM may have asked for a pause.
      await passWindow(window, signal);
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
      if (observation.rate !== undefined) window.limit = partOf(observation.rate, rateShare);
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

const unlimited: RateLimit = { burst: Number.MAX_SAFE_INTEGER, perMs: 0 };

function partOf({ burst, perMs }: RateLimit, share: number): RateLimit {
  return { burst: Math.max(1, Math.floor(burst * share)), perMs };
}

function remember(window: RateWindow, now: number): void {
  const since = now - window.limit.perMs;
  const first = window.admittedAt.findIndex((at) => at > since);
  window.admittedAt = first === -1 ? [now] : [...window.admittedAt.slice(first), now];
}

/** Of which chunk a call was. */
interface Ticket {
  readonly day: number;
  readonly isUrgent: boolean;
}

interface Day {
  /** Takes a call out of the chunk in hand, or a new chunk. @throws QuotaExhaustedError */
  take(isUrgent: boolean): Promise<Ticket>;
  /** The call was not made. */
  putBack(ticket: Ticket): void;
  hasOrdinary(): Promise<boolean>;
  observe(observation: LimitObservation): void;
  /** Gives back what was not used, and passes on what the CRM told. */
  close(): Promise<void>;
}

/** Calls reserved and not made yet, under the maximum that was known then. */
interface Chunk extends Ticket {
  readonly calls: number;
  readonly endsAt: Date;
  readonly max: number | null;
}

const empty: Chunk = { calls: 0, day: 0, isUrgent: false, endsAt: new Date(0), max: null };

function openDay(quota: DailyQuota, now: () => Date): Day {
  const alone = inTurn();
  let chunk = empty;
  let account = untoldAccount;
  /** The CRM told something that is not written down yet. */
  let isNews = false;

  const turn = async (ask: Pick<PoolTurn, 'isUrgent' | 'isAsking'>): Promise<PoolGrant> => {
    const giveBack = { day: chunk.day, calls: chunk.calls };
    // Should the answer get lost, nobody knows whether they were given back: they count as made.
    chunk = empty;
    isNews = false;
    const request = { ...ask, giveBack, told: account, believesSince: quota.believesSince ?? null };
    const grant = await quota.pool.change((stored, midnight) =>
      takeTurn(stored, request, { policy: quota, now: now(), midnight }),
    );
    const { day, endsAt } = grant.state;
    if (!isNews) account = grant.state.account;
    chunk = { calls: grant.granted, day, endsAt, isUrgent: ask.isUrgent, max: maximumOf(grant.state.account, quota) };
    return grant;
  };

  const isUsable = (isUrgent: boolean): boolean => {
    account = accountAsOf(account, now());
    return (
      chunk.calls > 0 &&
      now() < chunk.endsAt &&
      (isUrgent || !chunk.isUrgent) &&
      chunk.max === maximumOf(account, quota) &&
      accountLeft(account, quota) > (isUrgent ? 0 : reserveOf(account, quota))
    );
  };

  /** Between two answers we count ourselves. */
  const count = (calls: 1 | -1): void => {
    chunk = { ...chunk, calls: chunk.calls - calls };
    if (account.remaining !== null) account = { ...account, remaining: account.remaining - calls };
  };

  const take = (isUrgent: boolean): Promise<Ticket> =>
    alone(async () => {
      if (!isUsable(isUrgent)) {
        const { state, left, verdict } = await turn({ isUrgent, isAsking: true });
        if (verdict !== null) throw exhausted(verdict, resumeAtOf(state, left, verdict));
      }
      count(1);
      return { day: chunk.day, isUrgent: chunk.isUrgent };
    });

  const putBack = (ticket: Ticket): void => {
    if (ticket.day === chunk.day && ticket.isUrgent === chunk.isUrgent) count(-1);
  };

  return {
    take,
    putBack,
    async hasOrdinary() {
      try {
        putBack(await take(false));
        return true;
      } catch (error) {
        if (error instanceof QuotaExhaustedError) return false;
        throw error;
      }
    },
    observe(seen) {
      const { dailyMax, dailyRemaining, dailyResetAt } = seen;
      if (dailyMax === undefined && dailyRemaining === undefined && dailyResetAt === undefined) return;
      const known = accountAsOf(account, now());
      account = {
        max: dailyMax ?? known.max,
        remaining: dailyRemaining ?? known.remaining,
        observedAt: dailyRemaining === undefined ? known.observedAt : now(),
        resetAt: dailyResetAt ?? known.resetAt,
      };
      isNews = true;
    },
    close: () =>
      alone(async () => {
        if (chunk.calls > 0 || isNews) await turn({ isUrgent: false, isAsking: false });
      }),
  };
}

function exhausted(verdict: PoolVerdict, resetAt: Date): QuotaExhaustedError {
  const { message, remedy } = exhaustion[verdict];
  return new QuotaExhaustedError(message, resetAt, { remedy });
}

const exhaustion: Readonly<Record<PoolVerdict, { readonly message: string; readonly remedy: string }>> = {
  share: {
    message: 'Our share of the day’s API calls is used up.',
    remedy: 'Wait for the reset, or raise quota.dailyShare of this connection.',
  },
  account: {
    message: 'The account’s API calls of today are nearly used up by all its users.',
    remedy:
      'Wait for the reset, or raise quota.stopAtOrgUse of this connection. If calls have come back: `leadloop check`.',
  },
  reserve: {
    message: 'What is left of our share of the day’s API calls is kept for urgent writes.',
    remedy: 'Wait for the reset, or raise quota.dailyShare or lower quota.urgentReserve of this connection.',
  },
};
