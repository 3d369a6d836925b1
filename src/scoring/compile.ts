import { counterEvents, type EngagementType } from '../model/engagement.ts';
import type { Component, Decay, Rule, ScoringProfile, Tier } from '../model/profile.ts';
import { compileAction, type Suggest } from './action.ts';
import { compileCondition, factsIn, type Test } from './condition.ts';
import { shareOfRules } from './confidence.ts';
import { isCounter } from './decay.ts';
import { compileRule, factsOfRule, hundredthsOf, type RunnableRule } from './rules.ts';
import { isUsageFact } from './plg-facts.ts';
import { signalCount, signalTitle } from './signal-facts.ts';

export interface CompiledRule extends RunnableRule {
  readonly rule: Rule;
  /** Percent of the confidence that is lost where it rests on what is not known. */
  readonly confidence: number;
}

export interface CompiledComponent {
  readonly component: Component;
  readonly maxHundredths: number;
  readonly rules: readonly CompiledRule[];
}

/** A profile ready to score any number of leads. */
export interface CompiledProfile {
  readonly definition: ScoringProfile;
  readonly components: readonly CompiledComponent[];
  /** Highest first. */
  readonly tiers: readonly Tier[];
  readonly triggers: readonly { readonly id: string; readonly label: string; readonly holds: Test }[];
  readonly segments: readonly { readonly segment: string; readonly holds: Test }[];
  /** Null = it suggests nothing. */
  readonly suggest: Suggest | null;
}

/** Hundredths of a point. The table `lead_scores` has columns for whole points. */
const grains = { mql: 1, plg: 100 } as const;

/**
 * A profile ready to run. It does not judge: what `validateProfile` finds fault with compiles to rules that earn nothing or to
 * scores above 100, so validate first.
 */
export function compileProfile(profile: ScoringProfile): CompiledProfile {
  const shares = shareOfRules(profile.components);
  const compiled = (rule: Rule): CompiledRule => ({
    ...compileRule(rule, grains[profile.kind]),
    rule,
    confidence: shares.get(rule) ?? 0,
  });
  return {
    definition: profile,
    components: profile.components.map((component) => ({
      component,
      maxHundredths: hundredthsOf(component.max),
      rules: component.rules.map(compiled),
    })),
    tiers: profile.tiers.toSorted((a, b) => b.atLeast - a.atLeast),
    triggers: profile.triggers.map(({ id, label, when }) => ({ id, label, holds: compileCondition(when) })),
    segments: profile.segments.map(({ segment, when }) => ({ segment, holds: compileCondition(when) })),
    // A profile that was stored before there were suggestions has no such key.
    suggest: profile.action ? compileAction(profile.action, decaysOf(profile)) : null,
  };
}

/** The fact that the engine itself adds before it asks the triggers. */
export const scoreFact = 'lead_score';

/** What a lead is worth as a signup: facts of a profile of kind mql, and of the suggestion of one of kind plg. */
export const plgScoreFact = 'plg_score';
export const plgTierFact = 'plg_tier';

/** What a profile needs to know of a lead. */
export interface NeededFacts {
  /** Names of facts in `LeadFacts.values`, sorted. */
  readonly fields: readonly string[];
  /** Types of the dated events that decay, sorted; empty where counters suffice. */
  readonly events: readonly EngagementType[];
}

export function factsOf(profile: ScoringProfile): NeededFacts {
  const rules = rulesOf(profile);
  const conditions = [...profile.triggers, ...profile.segments].map(({ when }) => when);
  const fading = rules.filter(({ decay }) => decay).flatMap(factsOfRule);
  const fields = [...rules.flatMap(factsOfRule), ...conditions.flatMap(factsIn)];
  const events = fading.filter(isCounter).map((fact) => counterEvents[fact]);
  return {
    fields: [...new Set(fields)].filter((field) => field !== scoreFact).sort(),
    events: [...new Set(events)].sort(),
  };
}

function rulesOf({ components }: ScoringProfile): readonly Rule[] {
  return components.flatMap(({ rules }) => rules);
}

/**
 * Whether dated events must be loaded, since some fade. Apart from it, a recycled lead's events tell whether it asked for a demo
 * *again*, which the flag alone cannot.
 */
export function needsEvents(profile: ScoringProfile): boolean {
  return factsOf(profile).events.length > 0;
}

/** Whether scores change with time alone, so that leads must be rescored by the clock. */
export function isTimeDependent(profile: ScoringProfile): boolean {
  return rulesOf(profile).some(({ decay }) => decay);
}

/** Whether a profile of kind mql looks at what a lead is worth as a signup. */
export function asksProductFacts(profile: ScoringProfile): boolean {
  return factsOf(profile).fields.some((fact) => fact === plgScoreFact || fact === plgTierFact);
}

/** For how many days usage counts at the longest; null = for ever, since some of it never ends to count. */
export function usageWindowDays(profile: ScoringProfile): number | null {
  const ends = rulesOf(profile)
    .filter((rule) => factsOfRule(rule).some(isUsageFact))
    .map(({ decay }) => (decay && 'windowDays' in decay ? decay.windowDays : Infinity));
  const longest = Math.max(0, ...ends);
  return Number.isFinite(longest) ? longest : null;
}

/** How each fact fades: as in the first rule that says so. A signal's title fades like the signals of its type. */
function decaysOf(profile: ScoringProfile): ReadonlyMap<string, Decay> {
  const decays = new Map<string, Decay>();
  for (const rule of rulesOf(profile)) {
    if (!rule.decay) continue;
    for (const fact of factsOfRule(rule).flatMap(withTitle)) if (!decays.has(fact)) decays.set(fact, rule.decay);
  }
  return decays;
}

function withTitle(fact: string): readonly string[] {
  return fact.startsWith(signalCount) ? [fact, signalTitle + fact.slice(signalCount.length)] : [fact];
}
