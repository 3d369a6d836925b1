import { counterGrowth } from '../model/lifecycle.ts';
import type { ComponentScore, Contribution, LeadFacts, ScoreBreakdown } from '../model/score.ts';
import type { Fields } from '../model/values.ts';
import { scoreFact, type CompiledComponent, type CompiledProfile } from './compile.ts';
import { newestAt } from './decay.ts';
import { reasonOf } from './reasons.ts';
import { segmentOf } from './segment.ts';

/** A total is summed in whole ten-thousandths of a point: hundredths of points × hundredths of weight. No float ever rounds it. */
const pointScale = 10_000;

/**
 * The score of one lead at an instant, with a receipt for every point.
 *
 * `total = Σ weight × max(0, min(component max, Σ rules))`, rounded half up once, at the end, as Postgres `ROUND` does on
 * numeric; the tier is read from the unrounded total, as in the generated column of `lead_scores`. Same arguments, same
 * answer: there is no clock and no state in here, and the order of events does not matter.
 */
export function scoreLead(profile: CompiledProfile, facts: LeadFacts, at: Date): ScoreBreakdown {
  const scored = profile.components.map((component) => scoreComponent(component, facts, at));
  const exact = scored.reduce((sum, { counted, weightPercent }) => sum + counted * weightPercent, 0);
  const total = Math.floor((exact + pointScale / 2) / pointScale);
  const { kind, name, version } = profile.definition;
  const breakdown = {
    leadId: facts.leadId,
    profile: { kind, name, version },
    scoredAt: at,
    total,
    tier: tierOf(profile, exact),
    segment: segmentOf(profile, facts.values),
    mqlBy: triggersThatHold(profile, facts, total),
    components: scored.map(inPoints),
    contributions: scored.flatMap(({ contributions }) => contributions),
  };
  return { ...breakdown, reason: reasonOf(profile, breakdown) };
}

/** `earned` and `counted` in hundredths of a point. */
interface ScoredComponent extends ComponentScore {
  readonly contributions: readonly Contribution[];
}

function scoreComponent(compiled: CompiledComponent, facts: LeadFacts, at: Date): ScoredComponent {
  const { name, max, weightPercent } = compiled.component;
  const earned = compiled.rules.map(({ rule, earn }) => ({ rule, ...earn(facts, at) }));
  const lines = distribute(earned, compiled.maxHundredths);
  const contributions = lines.map(({ rule, input, observedAt, hundredths, counted }) => ({
    component: name,
    ruleId: rule.id,
    label: rule.label,
    input,
    observedAt,
    earned: hundredths / 100,
    counted: counted / 100,
  }));
  const total = (points: (line: (typeof lines)[number]) => number) =>
    lines.reduce((sum, line) => sum + points(line), 0);
  return {
    name,
    max,
    weightPercent,
    earned: total((line) => line.hundredths),
    counted: total((line) => line.counted),
    contributions,
  };
}

/**
 * How much of each rule's points reaches the component: together `max(0, min(max, Σ points))`.
 *
 * In profile order, first come, first counted. Losses count whole while there are gains to take them from, and make room
 * under the maximum for as many gains: with a maximum of 50, +75 and −10 count as +60 and −10.
 */
export function distribute<T extends { readonly hundredths: number }>(
  lines: readonly T[],
  max: number,
): readonly (T & { readonly counted: number })[] {
  const gains = lines.reduce((sum, { hundredths }) => sum + Math.max(0, hundredths), 0);
  const losses = lines.reduce((sum, { hundredths }) => sum + Math.max(0, -hundredths), 0);
  let gainsLeft = Math.min(gains, max + losses);
  let lossesLeft = Math.min(losses, gains);
  return lines.map((line) => {
    const counted = Math.max(0 - lossesLeft, Math.min(gainsLeft, line.hundredths));
    if (counted > 0) gainsLeft -= counted;
    else lossesLeft += counted;
    return { ...line, counted };
  });
}

function tierOf(profile: CompiledProfile, exact: number): string {
  return profile.tiers.find(({ atLeast }) => exact >= atLeast * pointScale)?.tier ?? 'none';
}

function triggersThatHold(profile: CompiledProfile, facts: LeadFacts, total: number): readonly string[] {
  const values = triggerFacts(facts, total);
  return profile.triggers.filter(({ holds }) => holds(values) === true).map(({ id }) => id);
}

/**
 * What triggers see: the lead's facts and its score. After a recycling they see what the counters have gained since, and the
 * score only if anything was gained: an old score is no news.
 */
function triggerFacts({ values, events, baseline = null }: LeadFacts, total: number): Fields {
  if (baseline === null) return { ...values, [scoreFact]: total };
  const askedAt = newestAt(events, ['demo_request']);
  const askedAgain = askedAt !== null && askedAt > String(baseline['recycled_at']);
  const gained = { ...counterGrowth(values, baseline), ...(askedAgain && { demo_requested: true }) };
  const hasGained = Object.values(gained).some((gain) => Number(gain) > 0);
  return { ...values, ...gained, [scoreFact]: hasGained ? total : null };
}

function inPoints({ name, earned, counted, max, weightPercent }: ScoredComponent): ComponentScore {
  return { name, earned: earned / 100, counted: counted / 100, max, weightPercent };
}
