import { assertCurrentProfile } from '../db/queries/assert-current-profile.ts';
import { loadDatedEvents, type StoredEvent } from '../db/queries/load-dated-events.ts';
import { loadLeads, type StoredLead, type StoredSignup } from '../db/queries/load-leads.ts';
import { type LeadRow, saveLeads } from '../db/queries/save-leads.ts';
import { saveScores } from '../db/queries/save-scores.ts';
import { saveTransitions } from '../db/queries/save-transitions.ts';
import type { Tx } from '../db/tx.ts';
import { nextTransition, stateAfter } from '../lifecycle/next.ts';
import { type LeadStatus, type OutputValues, qualifiedStatuses } from '../model/lead.ts';
import type { LifecycleState, LifecycleTransition } from '../model/lifecycle.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { Fields, LeadId } from '../model/values.ts';
import { needsEvents } from '../scoring/compile.ts';
import { scoreLead } from '../scoring/score.ts';
import { distinctEvents, isToldTwice } from './distinct-events.ts';
import { leadValuesOf, type PreviousValues } from './lead-values.ts';
import type { ScoringContext } from './pipeline.ts';

/** A lead as this transaction leaves it. */
export interface ScoredLead {
  readonly row: LeadRow;
  readonly breakdown: ScoreBreakdown;
  readonly transitions: readonly LifecycleTransition[];
  /** The signup with the highest product score. */
  readonly signup: StoredSignup | undefined;
}

export interface ScoringResult {
  readonly scored: number;
  readonly transitions: number;
  /** What each lead has to say to a CRM. */
  readonly outputs: ReadonlyMap<LeadId, OutputValues>;
}

/**
 * Brings leads up to date with their sources: values → score → lifecycle, and saves what changed. Used by every batch that
 * is pulled and by rescoring, so both give the same result. Locks the leads in id order. Idempotent.
 */
export async function scoreLeads(
  tx: Tx,
  context: ScoringContext,
  leadIds: readonly LeadId[],
  previous: PreviousValues,
): Promise<ScoringResult> {
  const stored = await loadLeads(tx, leadIds);
  if (stored.length > 0) await assertCurrentProfile(tx, 'mql', context.profileVersion);
  const isDated = needsEvents(context.profile.definition);
  const dated = stored.filter((lead) => isDated || lead.baseline !== null || isToldTwice(lead.eventTotals));
  const events = await loadDatedEvents(
    tx,
    dated.map((lead) => lead.leadId),
  );
  const scored = stored.map((lead) => rescore(lead, events.get(lead.leadId) ?? [], context, previous));
  const transitions = scored.flatMap((lead) => lead.transitions);
  await saveLeads(
    tx,
    scored.map((lead) => lead.row),
  );
  await saveScores(
    tx,
    context.runId,
    scored.map((lead) => lead.breakdown),
  );
  await saveTransitions(tx, context.runId, transitions);
  return {
    scored: scored.length,
    transitions: transitions.length,
    outputs: new Map(scored.map((lead) => [lead.row.id, outputsOf(lead)])),
  };
}

/** PURE. One lead: its values from all sources, its score, its next status. */
function rescore(
  lead: StoredLead,
  events: readonly StoredEvent[],
  context: ScoringContext,
  previous: PreviousValues,
): ScoredLead {
  const values = leadValuesOf({ ...lead, events }, context.connections, previous);
  const facts = { leadId: lead.leadId, values: values.facts, events: distinctEvents(events) };
  const scoreSince = (since: Fields | null): ScoreBreakdown =>
    scoreLead(context.profile, { ...facts, baseline: since }, context.at);
  const scored = scoreSince(lead.baseline);
  const { leadId, status, episode, baseline } = lead;
  const before: LifecycleState = { leadId, status, episode, baseline };
  const transitions = nextTransition({
    state: before,
    values: values.facts,
    breakdown: scored,
    crmStatus: { previous: lead.crmStatus, current: values.crmStatus },
    at: context.at,
    connectionId: values.crmStatusFrom,
  });
  const after = transitions.reduce((state, move) => stateAfter(state, move, values.facts), before);
  // What qualified a lead that has just been recycled is old from here on.
  const breakdown = after.baseline === before.baseline ? scored : scoreSince(after.baseline);
  const entered = (wanted: LeadStatus): Date | null =>
    transitions.some((move) => move.to === wanted) ? context.at : null;
  const row: LeadRow = {
    ...values.columns,
    id: lead.leadId,
    segment: breakdown.segment,
    lead_score: breakdown.total,
    tier: breakdown.tier,
    status: after.status,
    episode: after.episode,
    baseline: after.baseline,
    mql_date: entered('mql') ?? lead.mqlDate,
    sql_date: entered('sql'),
    opportunity_date: entered('opportunity'),
  };
  return { row, breakdown, transitions, signup: lead.signups[0] };
}

/** PURE. What a CRM may be told about a lead. */
function outputsOf({ row, breakdown, signup }: ScoredLead): OutputValues {
  return {
    lead_score: breakdown.total,
    segment: breakdown.segment,
    status: row.status,
    is_mql: qualifiedStatuses.includes(row.status),
    mql_date: row.mql_date?.toISOString() ?? null,
    tier: breakdown.tier,
    reasons: breakdown.reason,
    // Of somebody who has not signed up the product side says nothing, and blanks nothing.
    ...(signup !== undefined && {
      plg_score: signup.plg_score,
      plg_tier: signup.plg_tier,
      suggested_action: signup.suggested_action,
    }),
  };
}
