/** PURE. The calls of a connection's day, as all its processes share them: how many are left, and for what. */

/** What everybody knows: the row that is locked while a turn is taken. */
export interface PoolState {
  /** Counts the days: what was taken on an earlier one cannot be given back. */
  readonly day: number;
  readonly endsAt: Date;
  /** Taken today: made, or in the hands of a process that is at work, or lost with one that died. */
  readonly used: number;
  readonly account: AccountPool;
}

/** What the CRM last told of the whole account, which others use, too. Null = it did not tell. */
export interface AccountPool {
  readonly max: number | null;
  readonly remaining: number | null;
  /** When it told what remains. */
  readonly observedAt: Date | null;
  /** When the account's day ends; null = calls come back all the time. */
  readonly resetAt: Date | null;
}

export interface PoolPolicy {
  /** Of the account's daily maximum, what this connection may use: 0.25. */
  readonly share: number;
  /** Stop when all users of the account together have used this part of its day: 0.8. */
  readonly stopAtOrgUse: number;
  /** The part of our share that is kept for urgent calls: 0.1. */
  readonly urgentReserve: number;
  /** The account's daily maximum until the CRM tells; left out = no limit until it does. */
  readonly limit?: number;
}

/** Calls that are left; Infinity where no maximum is known. */
export interface PoolLeft {
  /** Of our share. */
  readonly ours: number;
  /** Until all users together have used what they may. */
  readonly account: number;
  readonly urgent: number;
  readonly ordinary: number;
}

/** What forbids a call. */
export type PoolVerdict = 'share' | 'account' | 'reserve';

/** The day of one connection, over all processes and restarts. */
export interface DailyPool {
  /** Replaces the state by what `change` makes of it, with nobody in between. `midnight` is the next one of the connection's zone. */
  change<T extends { readonly state: PoolState }>(change: (stored: PoolState, midnight: Date) => T): Promise<T>;
}

export const untoldAccount: AccountPool = { max: null, remaining: null, observedAt: null, resetAt: null };

const dayMs = 86_400_000;
/** Where the CRM names no end of its day, calls come back all the time: what it told is believed for so long. */
const believedMs = 3_600_000;
/** No day is longer. An end that is further off was noted by a clock that ran ahead. */
const longestDayMs = 25 * 3_600_000;
/** A crash forgets the calls of one chunk at most: they count as made. */
const largestChunk = 50;
/** Until the first answer tells how large the day is, little is taken at once. */
const unknownChunk = 10;
/** Near the end chunks get smaller, down to single calls: a call in somebody's hand is of no use to the others. */
const chunksLeft = 16;

/** What holds at `now`: after its end the account's day is a new one, of which nothing was told yet. */
export function accountAsOf(account: AccountPool, now: Date): AccountPool {
  const { observedAt, resetAt } = account;
  if (resetAt !== null && isTooFar(resetAt, now)) return { ...account, remaining: null, resetAt: null };
  if (resetAt !== null) {
    return now < resetAt ? account : { ...account, remaining: null, resetAt: nextAfter(resetAt, now) };
  }
  const isStale = observedAt !== null && Math.abs(now.getTime() - observedAt.getTime()) >= believedMs;
  return isStale ? { ...account, remaining: null } : account;
}

const isTooFar = (end: Date, now: Date): boolean => end.getTime() - now.getTime() > longestDayMs;

export function poolAsOf(state: PoolState, now: Date, midnight: Date): PoolState {
  const account = accountAsOf(state.account, now);
  if (now < state.endsAt && !isTooFar(state.endsAt, now)) return { ...state, account };
  return { day: state.day + 1, endsAt: account.resetAt ?? midnight, used: 0, account };
}

export function maximumOf(account: AccountPool, policy: PoolPolicy): number | null {
  return account.max ?? policy.limit ?? null;
}

/** Calls of our share that ordinary work leaves alone. */
export function reserveOf(account: AccountPool, policy: PoolPolicy): number {
  return Math.floor(shareOf(account, policy) * policy.urgentReserve);
}

/** Our calls a day; 0 where the maximum is unknown. */
export function shareOf(account: AccountPool, policy: PoolPolicy): number {
  return Math.floor((maximumOf(account, policy) ?? 0) * policy.share);
}

/** Until all users of the account together have used what they may. */
export function accountLeft(account: AccountPool, policy: PoolPolicy): number {
  const max = maximumOf(account, policy);
  if (max === null || account.remaining === null) return Infinity;
  return Math.floor(max * policy.stopAtOrgUse) - (max - account.remaining);
}

export function leftOf({ used, account }: Pick<PoolState, 'used' | 'account'>, policy: PoolPolicy): PoolLeft {
  const ours = maximumOf(account, policy) === null ? Infinity : shareOf(account, policy) - used;
  const ofAccount = accountLeft(account, policy);
  const urgent = Math.min(ours, ofAccount);
  return { ours, account: ofAccount, urgent, ordinary: urgent - reserveOf(account, policy) };
}

/** Null = another call may go. */
export function verdictOf(left: PoolLeft, isUrgent: boolean): PoolVerdict | null {
  if (left.urgent <= 0) return left.ours <= 0 ? 'share' : 'account';
  return !isUrgent && left.ordinary <= 0 ? 'reserve' : null;
}

/** When what the verdict forbids may be tried again. */
export function resumeAtOf(state: PoolState, left: PoolLeft, verdict: PoolVerdict): Date {
  const isOfAccount = verdict === 'account' || (verdict === 'reserve' && left.account < left.ours);
  if (!isOfAccount) return state.endsAt;
  const { resetAt, observedAt } = state.account;
  if (resetAt !== null || observedAt === null) return resetAt ?? state.endsAt;
  return new Date(observedAt.getTime() + believedMs);
}

export interface PoolTurn {
  readonly isUrgent: boolean;
  /** False = only give back and tell. */
  readonly isAsking: boolean;
  readonly giveBack: { readonly day: number; readonly calls: number };
  /** The newest that this process was told. */
  readonly told: AccountPool;
  /** What was told to others before is not believed; null = it is. */
  readonly believesSince: Date | null;
}

export interface PoolGrant {
  readonly state: PoolState;
  readonly granted: number;
  readonly left: PoolLeft;
  readonly verdict: PoolVerdict | null;
}

/** One turn at the pool: give back, tell, take. Grants never more than is left of the budget. */
export function takeTurn(
  stored: PoolState,
  turn: PoolTurn,
  { policy, now, midnight }: { readonly policy: PoolPolicy; readonly now: Date; readonly midnight: Date },
): PoolGrant {
  const current = poolAsOf(stored, now, midnight);
  const known = isBelieved(current.account, turn.believesSince)
    ? current.account
    : { ...current.account, remaining: null };
  const account = newest(known, accountAsOf(turn.told, now));
  const back = turn.giveBack.day === current.day ? turn.giveBack.calls : 0;
  const used = Math.max(0, current.used - back);
  const state = { ...current, used, account, endsAt: account.resetAt ?? current.endsAt };
  const left = leftOf(state, policy);
  const verdict = turn.isAsking ? verdictOf(left, turn.isUrgent) : null;
  const granted = turn.isAsking && verdict === null ? chunkOf(turn.isUrgent ? left.urgent : left.ordinary) : 0;
  return { state: { ...state, used: used + granted }, granted, left, verdict };
}

function chunkOf(left: number): number {
  if (left === Infinity) return unknownChunk;
  return Math.max(1, Math.min(largestChunk, Math.floor(left / chunksLeft)));
}

function isBelieved({ observedAt }: AccountPool, since: Date | null): boolean {
  return since === null || observedAt === null || observedAt >= since;
}

function newest(known: AccountPool, told: AccountPool): AccountPool {
  const isNewer = told.observedAt !== null && (known.observedAt === null || told.observedAt >= known.observedAt);
  const [newer, older] = isNewer ? [told, known] : [known, told];
  return { ...newer, max: newer.max ?? older.max, resetAt: told.resetAt ?? known.resetAt };
}

function nextAfter(time: Date, now: Date): Date {
  const days = Math.floor((now.getTime() - time.getTime()) / dayMs) + 1;
  return new Date(time.getTime() + days * dayMs);
}
