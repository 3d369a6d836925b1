import { counterFields, leadStatuses, type LeadStatus } from '../model/lead.ts';
import { counterGrowth, type Cause, type LifecycleState, type LifecycleTransition } from '../model/lifecycle.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { ConnectionId, Fields, FieldValue } from '../model/values.ts';
import { isLegal } from './transitions.ts';

export interface LifecycleInput {
  readonly state: LifecycleState;
  /** The lead's values now; counters are lifetime totals. */
  readonly values: Fields;
  /**
   * The score that holds now, of the profile whose triggers qualify; null where the lead was not scored. For a lead with a
   * baseline it must have been computed with that baseline (`LeadFacts.baseline`).
   */
  readonly breakdown: Pick<ScoreBreakdown, 'mqlBy' | 'contributions'> | null;
  /** What sales has set in the CRM, before and now; null where no CRM speaks (a rescore). */
  readonly crmStatus: { readonly previous: FieldValue; readonly current: FieldValue } | null;
  readonly at: Date;
  /** Whose CRM speaks; null where none does. */
  readonly connectionId: ConnectionId | null;
}

/**
 * The moves that follow from what is known now, in order; none, one, or two where a lead is engaged and qualifies at once: the
 * whole chain is recorded, so that every MQL that engaged is counted as engaged. All carry the same instant.
 *
 * What sales decides goes first and alone: the score says nothing about a lead that sales has just moved.
 */
export function nextTransition(input: LifecycleInput): readonly LifecycleTransition[] {
  const decided = salesDecision(input);
  return decided === null ? scoreMoves(input) : [decided];
}

/** An edge, not a level: a status that stays in the CRM does not pull back a lead that has moved on since. */
function salesDecision({ state, crmStatus, at, connectionId }: LifecycleInput): LifecycleTransition | null {
  if (crmStatus === null || connectionId === null || crmStatus.current === crmStatus.previous) return null;
  const to = leadStatuses.find((status) => status === crmStatus.current);
  if (to === undefined || !isLegal(state.status, to, 'crm')) return null;
  return move(state, { to, at, cause: { type: 'crm', connectionId, value: to } });
}

const nothingScored: NonNullable<LifecycleInput['breakdown']> = { mqlBy: [], contributions: [] };

function scoreMoves({ state, values, breakdown, at }: LifecycleInput): readonly LifecycleTransition[] {
  const gained = state.baseline === null ? values : counterGrowth(values, state.baseline);
  const steps: { readonly to: LeadStatus; readonly cause: Cause }[] = [];
  if (hasEngaged(gained)) steps.push({ to: 'engaged', cause: { type: 'engagement' } });
  const { mqlBy: triggerIds, contributions } = breakdown ?? nothingScored;
  if (triggerIds.length > 0 && (hasGained(gained) || isFresh(state, contributions))) {
    steps.push({ to: 'mql', cause: { type: 'trigger', triggerIds } });
  }
  const moves: LifecycleTransition[] = [];
  for (const { to, cause } of steps) {
    const from = moves.at(-1)?.to ?? state.status;
    if (isLegal(from, to, cause.type)) moves.push(move({ ...state, status: from }, { to, at, cause }));
  }
  return moves;
}

/** `engaged`: "has shown some activity (opens, visits)", by default the first open, click, visit or download. */
function hasEngaged(gained: Fields): boolean {
  const activities = ['email_opens', 'email_clicks', 'website_visits', 'content_downloads'] as const;
  return activities.some((field) => Number(gained[field] ?? 0) > 0);
}

function hasGained(gained: Fields): boolean {
  return hasEngaged(gained) || gained['demo_requested'] === true;
}

/**
 * A second belt for recycled leads: old engagement must not qualify again, even with a breakdown that ignored the baseline.
 * What a flag cannot show, a dated contribution can: a demo was requested once more.
 */
function isFresh({ baseline }: LifecycleState, lines: ScoreBreakdown['contributions']): boolean {
  if (baseline === null) return true;
  const since = String(baseline['recycled_at']);
  return lines.some(({ observedAt }) => observedAt !== null && observedAt > since);
}

export interface Move {
  readonly to: LeadStatus;
  readonly at: Date;
  readonly cause: Cause;
}

function move(state: LifecycleState, { to, at, cause }: Move): LifecycleTransition {
  const episode = to === 'recycled' ? state.episode + 1 : state.episode;
  return { leadId: state.leadId, from: state.status, to, at, cause, episode };
}

/** A move by hand: the transition, or why there is none. */
export function operatorTransition(
  state: LifecycleState,
  {
    to,
    at,
    actor,
    note,
  }: { readonly to: LeadStatus; readonly at: Date; readonly actor: string; readonly note: string },
): { readonly transition: LifecycleTransition } | { readonly refused: string } {
  if (isLegal(state.status, to, 'operator')) {
    return { transition: move(state, { to, at, cause: { type: 'operator', actor, note } }) };
  }
  const remedy = 'An operator moves a lead to another of: sql, opportunity, disqualified, recycled.';
  return { refused: `A lead cannot be moved from ${state.status} to ${to} by hand. ${remedy}` };
}

/** The state after a move. Being recycled takes the baseline from the values of that moment; nothing else changes it. */
export function stateAfter(state: LifecycleState, transition: LifecycleTransition, values: Fields): LifecycleState {
  const { to: status, episode, at } = transition;
  return { ...state, status, episode, baseline: status === 'recycled' ? baselineOf(values, at) : state.baseline };
}

function baselineOf(values: Fields, at: Date): Fields {
  const counters = counterFields.map((field) => [field, values[field] ?? null] as const);
  return { ...Object.fromEntries(counters), recycled_at: at.toISOString() };
}
