import { counterEvents, type EngagementType } from '../model/engagement.ts';
import type { CounterField } from '../model/lead.ts';
import type { Decay, Rule } from '../model/profile.ts';
import type { LeadFacts } from '../model/score.ts';
import type { FieldValue } from '../model/values.ts';
import { compileCondition, factsIn } from './condition.ts';
import { decayedUnits, newestAt, unitScale } from './decay.ts';
import { compileMatcher } from './match.ts';
import { amountOf, factOf, isKnown } from './values.ts';

/** What one rule gives for one lead. */
export interface Earned {
  /** Points after the rule's own cap, in hundredths. */
  readonly hundredths: number;
  readonly input: FieldValue;
  readonly observedAt: string | null;
}

export type Earn = (facts: LeadFacts, at: Date) => Earned;

type RuleOf<T extends Rule['type']> = Extract<Rule, { type: T }>;

/** An uncapped rule ends at ten million points all the same, so that sums of points stay exact integers. */
const mostHundredths = 1_000_000_000;

/** Points as whole hundredths, the unit of all arithmetic in a score. */
export function hundredthsOf(points: number): number {
  return Math.round(points * 100);
}

/** A rule ready to run: everything that does not depend on the lead is worked out here. */
export function compileRule(rule: Rule): Earn {
  if (rule.type === 'tier') return earnByTier(rule);
  if (rule.type === 'match') return earnByMatch(rule);
  if (rule.type === 'flag') return earnByFlag(rule);
  return rule.decay === null ? earnPerUnit(rule) : earnPerDecayedUnit(rule, rule.decay);
}

function earnPerUnit(rule: RuleOf<'per-unit'>): Earn {
  const points = hundredthsOf(rule.points);
  const limit = limiter(rule.cap);
  const types = eventTypesOf([rule.of]);
  return ({ values, events }) => {
    const input = factOf(values, rule.of);
    const units = Math.max(0, amountOf(input) ?? 0);
    return { hundredths: limit(units * points), input, observedAt: newestAt(events, types) };
  };
}

function earnPerDecayedUnit(rule: RuleOf<'per-unit'>, decay: Decay): Earn {
  const { of } = rule;
  if (!isCounter(of)) return () => nothing;
  const type = counterEvents[of];
  const points = hundredthsOf(rule.points);
  const limit = limiter(rule.cap);
  return ({ events }, at) => {
    const { millionths, quantity, newestAt: observedAt } = decayedUnits(events, type, decay, at);
    const input = observedAt === null ? null : quantity;
    return { hundredths: limit((millionths * points) / unitScale), input, observedAt };
  };
}

function earnByTier(rule: RuleOf<'tier'>): Earn {
  const steps = rule.steps
    .map(({ atLeast, points }) => ({ atLeast, hundredths: hundredthsOf(points) }))
    .sort((a, b) => b.atLeast - a.atLeast);
  const limit = limiter(rule.cap);
  const types = eventTypesOf([rule.of]);
  return ({ values, events }) => {
    const input = factOf(values, rule.of);
    const amount = amountOf(input);
    const step = amount === null ? undefined : steps.find(({ atLeast }) => amount >= atLeast);
    return { hundredths: limit(step?.hundredths ?? 0), input, observedAt: newestAt(events, types) };
  };
}

function earnByMatch(rule: RuleOf<'match'>): Earn {
  const match = compileMatcher(rule.words.map(({ phrase, points }) => ({ phrase, points: hundredthsOf(points) })));
  const limit = limiter(rule.cap);
  return ({ values }) => {
    const input = factOf(values, rule.of);
    const texts = isKnown(input) ? (Array.isArray(input) ? input : [String(input)]) : [];
    const found = texts.map(match).filter((points) => points !== null);
    return { hundredths: found.length === 0 ? 0 : limit(Math.max(...found)), input, observedAt: null };
  };
}

function earnByFlag(rule: RuleOf<'flag'>): Earn {
  const holds = compileCondition(rule.when);
  const facts = factsIn(rule.when);
  const [only] = facts;
  const types = eventTypesOf(facts);
  const hundredths = limiter(rule.cap)(hundredthsOf(rule.points));
  return ({ values, events }) => {
    const answer = holds(values);
    // The receipt shows the fact itself where there is just one, and the answer where there are several.
    const input = facts.length === 1 && only !== undefined ? factOf(values, only) : answer;
    return { hundredths: answer === true ? hundredths : 0, input, observedAt: newestAt(events, types) };
  };
}

const nothing: Earned = { hundredths: 0, input: null, observedAt: null };

function limiter(cap: number | null): (hundredths: number) => number {
  const most = cap === null || cap < 0 ? mostHundredths : hundredthsOf(cap);
  const least = cap === null || cap >= 0 ? -mostHundredths : hundredthsOf(cap);
  return (hundredths) => Math.round(Math.min(most, Math.max(least, hundredths))) || 0;
}

/** The event types behind those facts that are counters. */
function eventTypesOf(facts: readonly string[]): readonly EngagementType[] {
  return facts.filter(isCounter).map((fact) => counterEvents[fact]);
}

export function isCounter(fact: string): fact is CounterField {
  return Object.hasOwn(counterEvents, fact);
}
