import type { AlertKind, Health, HealthFailure } from '../model/health.ts';
import type { Recovery } from '../model/errors.ts';
import type { RunStatus } from '../model/run.ts';

/** What the end of a run says of its connection or source. `nothing`: it was stopped, or by something that is neither's. */
export type HealthOutcome =
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly failure: HealthFailure }
  | { readonly type: 'nothing' };

/** A change of status: what people are told of, once. */
export interface HealthChange {
  readonly kind: AlertKind;
  /** How long it was not healthy until now. */
  readonly awayMs: number;
}

export interface NextHealth {
  readonly health: Health;
  /** Null = the status is what it was. */
  readonly change: HealthChange | null;
}

const minuteMs = 60_000;

/** Failures in a row from which the breaker is open: one is an accident, two a coincidence. */
const opensAt = 3;
/** The first pause of an open breaker; it doubles with each further failure, up to the cap. */
const firstPauseMs = minuteMs;
const longestPauseMs = 30 * minuteMs;

/** Until what is paused is tried again: a CRM that refuses good credentials for an hour must not need a person. */
const probesMs = [5 * minuteMs, 15 * minuteMs, 60 * minuteMs] as const;
const lastProbeMs = probesMs[2];

/** The longest that anything waits: what lies further ahead was written by a clock that was wrong. */
export const longestWaitMs = lastProbeMs;

/** What a connection or a source is after a run, given what it was before (null = it has never run). Pure. */
export function nextHealth(before: Health | null, outcome: HealthOutcome, now: Date): NextHealth {
  const known = before ?? unknown(now);
  if (outcome.type === 'nothing') return { health: known, change: null };
  if (outcome.type === 'succeeded') return recovered(known, now);
  const { failure } = outcome;
  return needsPerson(failure.recovery) || known.state === 'paused'
    ? paused(known, failure, now)
    : failing(known, failure, now);
}

/** Whether the breaker lets nothing through, as far as people have been told. */
export function isOpen({ state, failuresInRow }: Health): boolean {
  return state === 'paused' || (state === 'failing' && failuresInRow >= opensAt);
}

function unknown(now: Date): Health {
  return { ...nothingWrong, since: now, lastSuccessAt: null };
}

const nothingWrong = {
  state: 'healthy',
  code: null,
  message: null,
  remedy: null,
  failuresInRow: 0,
  tryAgainAt: null,
} as const;

function recovered(known: Health, now: Date): NextHealth {
  const since = known.state === 'healthy' ? known.since : now;
  const change = isOpen(known) ? ({ kind: 'recovered', awayMs: awayMs(known, now) } as const) : null;
  return { health: { ...nothingWrong, since, lastSuccessAt: now }, change };
}

function failing(known: Health, failure: HealthFailure, now: Date): NextHealth {
  const failuresInRow = known.failuresInRow + 1;
  const health: Health = {
    ...wrong(known, failure, now),
    state: 'failing',
    failuresInRow,
    tryAgainAt: failuresInRow < opensAt ? null : later(now, pauseMs(failuresInRow)),
  };
  return { health, change: failuresInRow === opensAt ? { kind: 'failing', awayMs: awayMs(health, now) } : null };
}

/** A probe that fails for a passing reason says nothing of the one that a person has to mend, so that one stays. */
function paused(known: Health, failure: HealthFailure, now: Date): NextHealth {
  const wasPaused = known.state === 'paused';
  const failuresInRow = wasPaused ? known.failuresInRow + 1 : 1;
  const cause = wasPaused && !needsPerson(failure.recovery) ? known : wrong(known, failure, now);
  const tryAgainAt = later(now, probesMs[failuresInRow - 1] ?? lastProbeMs);
  const health: Health = { ...cause, state: 'paused', failuresInRow, tryAgainAt };
  return { health, change: wasPaused ? null : { kind: 'paused', awayMs: awayMs(health, now) } };
}

function wrong(known: Health, { code, message, remedy }: HealthFailure, now: Date): Health {
  return { ...known, code, message, remedy, since: known.state === 'healthy' ? now : known.since };
}

function pauseMs(failuresInRow: number): number {
  // Beyond the cap the exponent is of no use, and after a year of failures it would be no number.
  const doublings = Math.min(failuresInRow - opensAt, 10);
  return Math.min(longestPauseMs, firstPauseMs * 2 ** doublings);
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}

function awayMs({ since }: Health, now: Date): number {
  return Math.max(0, now.getTime() - since.getTime());
}

/** What is lost for now comes back by itself (retry, reset-cursor), and a bug of ours no operator can mend. */
function needsPerson(recovery: Recovery): boolean {
  return recovery === 'reauthorise' || recovery === 'fix-config';
}

/** What is the fault of this machine, of another worker or of the moment; the quota has a resume time of its own. */
const notOfTheSubject: ReadonlySet<string> = new Set([
  'crm-quota-exhausted',
  'connection-paused',
  'database-full',
  'database-refused',
  'database-unavailable',
  'database-unmigrated',
  'interrupted',
  'renewal-busy',
  'rules-changed',
  'run-active',
  'run-superseded',
  'tick-done',
]);

export interface RunEnd {
  readonly status: RunStatus;
  readonly failure: HealthFailure | null;
  readonly nextTryAt: Date | null;
}

/** A run that did a part (records rejected, a push held) has reached the other side: no failure of the connection or source. */
export function outcomeOf({ status, failure, nextTryAt }: RunEnd): HealthOutcome {
  if (nextTryAt !== null || status === 'cancelled' || status === 'running') return { type: 'nothing' };
  if (failure === null || status === 'partial') return { type: 'succeeded' };
  return notOfTheSubject.has(failure.code) ? { type: 'nothing' } : { type: 'failed', failure };
}
