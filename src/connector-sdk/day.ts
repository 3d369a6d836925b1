import {
  accountAsOf,
  accountLeft,
  type AccountPool,
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

export interface DailyQuota extends PoolPolicy {
  readonly pool: DailyPool;
  /** What others were told of the account before is not believed; left out = it is. */
  readonly believesSince?: Date;
}

export interface DayObservation {
  /** Calls that the whole account may still make today, and its daily maximum. */
  readonly dailyRemaining?: number;
  readonly dailyMax?: number;
  /** When the account's day ends. Unknown = calls come back all the time. */
  readonly dailyResetAt?: Date;
}

/** Of which chunk a call was. */
export interface Ticket {
  readonly day: number;
  readonly isUrgent: boolean;
}

/** Calls reserved and not made yet, under the maximum that was known then. */
interface Chunk extends Ticket {
  readonly calls: number;
  readonly endsAt: Date;
  readonly max: number | null;
}

const empty: Chunk = { calls: 0, day: 0, isUrgent: false, endsAt: new Date(0), max: null };

/** The day's calls in the hand of one process: a chunk of the pool that all share. */
export class Day {
  readonly #quota: DailyQuota;
  readonly #now: () => Date;
  readonly #alone = inTurn();
  #chunk = empty;
  #account = untoldAccount;
  /** The CRM told something that is not written down yet. */
  #isNews = false;

  constructor(quota: DailyQuota, now: () => Date) {
    this.#quota = quota;
    this.#now = now;
  }

  /** Takes a call out of the chunk in hand, or of a new one. @throws QuotaExhaustedError */
  take(isUrgent: boolean): Promise<Ticket> {
    return this.#alone(async () => {
      if (!this.#isUsable(isUrgent)) {
        const { state, left, verdict } = await this.#turn({ isUrgent, isAsking: true });
        if (verdict !== null) throw exhausted(verdict, resumeAtOf(state, left, verdict));
      }
      this.#count(1);
      return { day: this.#chunk.day, isUrgent: this.#chunk.isUrgent };
    });
  }

  /** The call was not made. */
  putBack({ day, isUrgent }: Ticket): void {
    if (day === this.#chunk.day && isUrgent === this.#chunk.isUrgent) this.#count(-1);
  }

  async hasOrdinary(): Promise<boolean> {
    try {
      this.putBack(await this.take(false));
      return true;
    } catch (error) {
      if (error instanceof QuotaExhaustedError) return false;
      throw error;
    }
  }

  observe({ dailyMax, dailyRemaining, dailyResetAt }: DayObservation): void {
    if (dailyMax === undefined && dailyRemaining === undefined && dailyResetAt === undefined) return;
    const known = accountAsOf(this.#account, this.#now());
    this.#account = {
      max: dailyMax ?? known.max,
      remaining: dailyRemaining ?? known.remaining,
      observedAt: dailyRemaining === undefined ? known.observedAt : this.#now(),
      resetAt: dailyResetAt ?? known.resetAt,
    };
    this.#isNews = true;
  }

  /** Gives back what was not used, and passes on what the CRM told. */
  async close(): Promise<void> {
    await this.#alone(async () => {
      if (this.#chunk.calls > 0 || this.#isNews) await this.#turn({ isUrgent: false, isAsking: false });
    });
  }

  #isUsable(isUrgent: boolean): boolean {
    const now = this.#now();
    const account: AccountPool = (this.#account = accountAsOf(this.#account, now));
    const chunk = this.#chunk;
    return (
      chunk.calls > 0 &&
      now < chunk.endsAt &&
      (isUrgent || !chunk.isUrgent) &&
      chunk.max === maximumOf(account, this.#quota) &&
      accountLeft(account, this.#quota) > (isUrgent ? 0 : reserveOf(account, this.#quota))
    );
  }

  /** Between two answers we count ourselves. */
  #count(calls: 1 | -1): void {
    const { remaining } = this.#account;
    this.#chunk = { ...this.#chunk, calls: this.#chunk.calls - calls };
    if (remaining !== null) this.#account = { ...this.#account, remaining: remaining - calls };
  }

  async #turn(ask: Pick<PoolTurn, 'isUrgent' | 'isAsking'>): Promise<PoolGrant> {
    const giveBack = { day: this.#chunk.day, calls: this.#chunk.calls };
    // Should the answer get lost, nobody knows whether they were given back: they count as made.
    this.#chunk = empty;
    this.#isNews = false;
    const believesSince = this.#quota.believesSince ?? null;
    const turn: PoolTurn = { ...ask, giveBack, told: this.#account, believesSince };
    const grant = await this.#quota.pool.change((stored, midnight) =>
      takeTurn(stored, turn, { policy: this.#quota, now: this.#now(), midnight }),
    );
    const { day, endsAt, account } = grant.state;
    // What was told meanwhile is newer.
    if (!this.#isNews) this.#account = account;
    this.#chunk = { calls: grant.granted, day, endsAt, isUrgent: ask.isUrgent, max: maximumOf(account, this.#quota) };
    return grant;
  }
}

function exhausted(verdict: PoolVerdict, resetAt: Date): QuotaExhaustedError {
  const { message, remedy } = exhaustion[verdict];
  return new QuotaExhaustedError(message, resetAt, { remedy });
}

/** What people are told of a call that is forbidden. */
export const exhaustion: Readonly<Record<PoolVerdict, { readonly message: string; readonly remedy: string }>> = {
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
