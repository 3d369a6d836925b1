import { counterEvents } from '../model/engagement.ts';
import type { CounterField } from '../model/lead.ts';
import type { Decay, Rule } from '../model/profile.ts';
import type { LeadFacts } from '../model/score.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { asksForKnown, compileCondition, compileOn, factsIn } from './condition.ts';
import { decayedUnits, isCounter, leftAt, newestOf, remainingUnits, unitScale } from './decay.ts';
import { compileMatcher } from './match.ts';
import { readerOf } from './signal-facts.ts';
import { amountOf, isKnown } from './values.ts';

/** What a rule gives for a lead: points after its own cap, in hundredths; null = it rests on what is not known, and gives nothing. */
export type Earn = (facts: LeadFacts, at: Date) => number | null;

/** A rule ready to run: everything that does not depend on the lead is worked out. */
export interface RunnableRule {
  readonly earn: Earn;
  /** What it looks at, for the receipt. */
  readonly input: (facts: LeadFacts) => FieldValue;
  /** When that was observed, in ms since 1970; null where it has no date. */
  readonly observedAt: (facts: LeadFacts) => number | null;
}

type RuleOf<T extends Rule['type']> = Extract<Rule, { type: T }>;

/** An uncapped rule ends at ten million points all the same, so that sums of points stay exact integers. */
const mostHundredths = 1_000_000_000;

/** Points as whole hundredths, the unit of all arithmetic in a score. */
export function hundredthsOf(points: number): number {
  return Math.round(points * 100);
}

/** `grain`: what a rule gives is rounded to multiples of so many hundredths. */
export function compileRule(rule: Rule, grain: number): RunnableRule {
  return {
    earn: earnOf(rule, limiter(rule.cap, grain)),
    input: inputOf(rule),
    observedAt: newestOf(factsOfRule(rule)),
  };
}

export function factsOfRule(rule: Rule): readonly string[] {
  return rule.type === 'flag' ? factsIn(rule.when) : [rule.of];
}

type Limit = (hundredths: number) => number;

function earnOf(rule: Rule, limit: Limit): Earn {
  if (rule.type === 'per-unit')
    return rule.decay ? earnPerDecayedUnit(rule, rule.decay, limit) : earnPerUnit(rule, limit);
  const worth = worthOf(rule);
  const { decay } = rule;
  // A profile that was stored before every rule could fade has no such key.
  if (!decay) return ({ values }) => limited(worth(values), limit);
  const newest = newestOf(factsOfRule(rule));
  return (facts, at) => {
    const hundredths = worth(facts.values);
    const observedAt = newest(facts);
    if (hundredths === null || observedAt === null) return limited(hundredths, limit);
    const left = leftAt(decay, observedAt, at);
    return left === 0 ? null : limit(hundredths * left);
  };
}

function limited(hundredths: number | null, limit: Limit): number | null {
  return hundredths === null ? null : limit(hundredths);
}

function earnPerUnit(rule: RuleOf<'per-unit'>, limit: Limit): Earn {
  const read = readerOf(rule.of);
  const points = hundredthsOf(rule.points);
  return ({ values }) => {
    const amount = amountOf(read(values));
    return amount === null ? null : limit(Math.max(0, amount) * points);
  };
}

function earnPerDecayedUnit(rule: RuleOf<'per-unit'>, decay: Decay, limit: Limit): Earn {
  const { of } = rule;
  if (isCounter(of)) return earnPerDecayedEvent({ ...rule, of }, decay, limit);
  const whole = earnPerUnit(rule, limit);
  const points = hundredthsOf(rule.points);
  return (facts, at) => {
    const observations = facts.dated?.(of) ?? [];
    if (observations.length === 0) return whole(facts, at);
    const millionths = remainingUnits(observations, decay, at);
    return millionths === null ? null : limit((Math.max(0, millionths) * points) / unitScale);
  };
}

/** The units of a counter are its events; their sum alone has no dates, so it earns nothing. */
function earnPerDecayedEvent(rule: RuleOf<'per-unit'> & { of: CounterField }, decay: Decay, limit: Limit): Earn {
  const type = counterEvents[rule.of];
  const points = hundredthsOf(rule.points);
  return ({ values, events }, at) => {
    const isUnknown = !isKnown(values[rule.of] ?? null) && !events.some((event) => event.type === type);
    return isUnknown ? null : limit((decayedUnits(events, type, decay, at) * points) / unitScale);
  };
}

/** The points of what is so, before cap and decay, in hundredths; null where it is not known. */
type Worth = (values: Fields) => number | null;

function worthOf(rule: Exclude<Rule, { type: 'per-unit' }>): Worth {
  if (rule.type === 'tier') return worthByTier(rule);
  return rule.type === 'match' ? worthByMatch(rule) : worthByFlag(rule);
}

function worthByTier(rule: RuleOf<'tier'>): Worth {
  const read = readerOf(rule.of);
  const steps = rule.steps
    .map(({ atLeast, points }) => ({ atLeast, hundredths: hundredthsOf(points) }))
    .sort((a, b) => b.atLeast - a.atLeast);
  return (values) => {
    const amount = amountOf(read(values));
    if (amount === null) return null;
    for (const { atLeast, hundredths } of steps) if (amount >= atLeast) return hundredths;
    return 0;
  };
}

function worthByMatch(rule: RuleOf<'match'>): Worth {
  const read = readerOf(rule.of);
  const match = compileMatcher(rule.words.map(({ phrase, points }) => ({ phrase, points: hundredthsOf(points) })));
  return (values) => {
    const value = read(values);
    if (!isKnown(value)) return null;
    if (!Array.isArray(value)) return match(String(value)) ?? 0;
    const found = value.map(match).filter((points) => points !== null);
    return found.length === 0 ? 0 : Math.max(...found);
  };
}

/** Whether a fact is known always has an answer; but "no" is no knowledge of the fact. */
function worthByFlag(rule: RuleOf<'flag'>): Worth {
  const holds = compileCondition(rule.when);
  const isNo = asksForKnown(rule.when) ? compileOn(rule.when, { readerOf, unknownIs: 'unknown' }) : () => false;
  const hundredths = hundredthsOf(rule.points);
  return (values) => {
    const answer = holds(values);
    if (answer === true) return hundredths;
    return answer === null || isNo(values) === null ? null : 0;
  };
}

/** The fact itself where there is one, the answer of a condition on several; of a counter that decays, its events. */
function inputOf(rule: Rule): RunnableRule['input'] {
  const [only, ...others] = factsOfRule(rule);
  if (rule.type === 'flag' && (only === undefined || others.length > 0)) {
    const holds = compileCondition(rule.when);
    return ({ values }) => holds(values);
  }
  const fact = only ?? '';
  if (rule.type === 'per-unit' && rule.decay && isCounter(fact)) {
    const type = counterEvents[fact];
    return ({ events }) => {
      const counted = events.filter((event) => event.type === type);
      return counted.length === 0 ? null : counted.reduce((sum, { quantity }) => sum + quantity, 0);
    };
  }
  const read = readerOf(fact);
  return ({ values }) => read(values);
}

function limiter(cap: number | null, grain: number): Limit {
  const most = cap === null || cap < 0 ? mostHundredths : hundredthsOf(cap);
  const least = cap === null || cap >= 0 ? -mostHundredths : hundredthsOf(cap);
  return (hundredths) => Math.round(Math.min(most, Math.max(least, hundredths)) / grain) * grain || 0;
}
