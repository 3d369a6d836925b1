import { counterGrowth } from '../model/lifecycle.ts';
import type { Contribution, LeadFacts, ScoreBreakdown } from '../model/score.ts';
import type { Fields } from '../model/values.ts';
import { type CompiledComponent, type CompiledProfile, plgScoreFact, plgTierFact, scoreFact } from './compile.ts';
import { confidenceOf } from './confidence.ts';
import { isoWriter, newestEvent } from './decay.ts';
import { reasonOf } from './reasons.ts';
import { segmentOf } from './segment.ts';

/** A total is summed in whole ten-thousandths of a point: hundredths of points × hundredths of weight. No float ever rounds it. */
const pointScale = 10_000;

/** A score without its receipt and its sentence: all that a signup's row holds. */
export type ScoreSummary = Pick<ScoreBreakdown, 'total' | 'tier' | 'components' | 'confidence' | 'action'>;

/**
 * The score of one lead at an instant, with a receipt for every point.
 *
 * `total = Σ weight × max(0, min(component max, Σ rules))`, rounded half up once, at the end, as Postgres `ROUND` does on
 * numeric; the tier is read from the unrounded total, as in the generated column of `lead_scores`. Same arguments, same
 * answer: there is no clock and no state in here, and the order of events does not matter.
 */
export function scoreLead(profile: CompiledProfile, facts: LeadFacts, at: Date): ScoreBreakdown {
  const points = pointsOf(profile, facts, at);
  const iso = isoWriter();
  const summary = summaryOf(profile, facts, at, points);
  const { kind, name, version } = profile.definition;
  const breakdown = {
    leadId: facts.leadId,
    profile: { kind, name, version },
    scoredAt: at,
    ...summary,
    segment: segmentOf(profile, facts.values),
    mqlBy: triggersThatHold(profile, facts, summary.total),
    contributions: profile.components.flatMap((component, index) =>
      contributionsOf(component, points[index] ?? [], facts, iso),
    ),
  };
  return { ...breakdown, reason: reasonOf(profile, breakdown) };
}

/** The same score where nobody asks for its reasons: a million signups are rescored so. */
export function scoreComponents(profile: CompiledProfile, facts: LeadFacts, at: Date): ScoreSummary {
  return summaryOf(profile, facts, at, pointsOf(profile, facts, at));
}

/** Of each component, what each rule earned in hundredths of a point; null = it rests on what is not known. */
type Points = readonly (readonly (number | null)[])[];

function pointsOf(profile: CompiledProfile, facts: LeadFacts, at: Date): Points {
  return profile.components.map(({ rules }) => rules.map(({ earn }) => earn(facts, at)));
}

function summaryOf(profile: CompiledProfile, facts: LeadFacts, at: Date, points: Points): ScoreSummary {
  let exact = 0;
  let unknown = 0;
  const components = profile.components.map(({ component, maxHundredths, rules }, index) => {
    const { name, max, weightPercent } = component;
    let earned = 0;
    rules.forEach(({ confidence }, line) => {
      const hundredths = points[index]?.[line] ?? null;
      if (hundredths === null) unknown += confidence;
      else earned += hundredths;
    });
    const counted = Math.max(0, Math.min(maxHundredths, earned));
    exact += counted * weightPercent;
    return { name, earned: earned / 100, counted: counted / 100, max, weightPercent };
  });
  const total = Math.floor((exact + pointScale / 2) / pointScale);
  const tier = tierOf(profile, exact);
  const own = { [plgScoreFact]: total, [plgTierFact]: tier };
  const action = profile.suggest === null ? null : profile.suggest({ lead: facts, own, at });
  return { total, tier, components, confidence: confidenceOf(unknown), action };
}

function contributionsOf(
  { component, maxHundredths, rules }: CompiledComponent,
  points: readonly (number | null)[],
  facts: LeadFacts,
  iso: (ms: number | null) => string | null,
): readonly Contribution[] {
  const earned = points.map((hundredths) => hundredths ?? 0);
  const counted = distribute(earned, maxHundredths);
  return rules.map(({ rule, input, observedAt }, index) => ({
    component: component.name,
    ruleId: rule.id,
    label: rule.label,
    input: input(facts),
    observedAt: iso(observedAt(facts)),
    earned: (earned[index] ?? 0) / 100,
    counted: (counted[index] ?? 0) / 100,
  }));
}

/**
 * How much of each rule's points reaches the component: together `max(0, min(max, Σ points))`.
 *
 * In profile order, first come, first counted. Losses count whole while there are gains to take them from, and make room
 * under the maximum for as many gains: with a maximum of 50, +75 and −10 count as +60 and −10.
 */
export function distribute(points: readonly number[], max: number): readonly number[] {
  let gains = 0;
  let losses = 0;
  for (const earned of points) {
    if (earned > 0) gains += earned;
    else losses -= earned;
  }
  let gainsLeft = Math.min(gains, max + losses);
  let lossesLeft = Math.min(losses, gains);
  return points.map((earned) => {
    const counted = Math.max(0 - lossesLeft, Math.min(gainsLeft, earned));
    if (counted > 0) gainsLeft -= counted;
    else lossesLeft += counted;
    return counted;
  });
}

function tierOf(profile: CompiledProfile, exact: number): string {
  return profile.tiers.find(({ atLeast }) => exact >= atLeast * pointScale)?.tier ?? 'none';
}

function triggersThatHold(profile: CompiledProfile, facts: LeadFacts, total: number): readonly string[] {
  if (profile.triggers.length === 0) return [];
  const values = triggerFacts(facts, total);
  return profile.triggers.filter(({ holds }) => holds(values) === true).map(({ id }) => id);
}

/**
 * What triggers see: the lead's facts and its score. After a recycling they see what the counters have gained since, and the
 * scores only if anything was gained: an old score is no news.
 */
export function triggerFacts({ values, events, baseline = null }: Omit<LeadFacts, 'leadId'>, total: number): Fields {
  if (baseline === null) return { ...values, [scoreFact]: total };
  const askedAt = newestEvent(events, ['demo_request']) ?? -Infinity;
  const askedAgain = askedAt > Date.parse(String(baseline['recycled_at']));
  const gained = { ...counterGrowth(values, baseline), ...(askedAgain && { demo_requested: true }) };
  const hasGained = Object.values(gained).some((gain) => Number(gain) > 0);
  const scores = hasGained ? { [scoreFact]: total } : { [scoreFact]: null, [plgScoreFact]: null, [plgTierFact]: null };
  return { ...values, ...gained, ...scores };
}
