import type { EngagementType } from '../model/engagement.ts';
import { counterEvents } from '../model/engagement.ts';
import type { Component, Rule, ScoringProfile, Tier } from '../model/profile.ts';
import { compileCondition, factsIn, type Test } from './condition.ts';
import { compileRule, hundredthsOf, isCounter, type Earn } from './rules.ts';

export interface CompiledRule {
  readonly rule: Rule;
  readonly earn: Earn;
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
}

/**
 * A profile ready to run. It does not judge: what `validateProfile` finds fault with compiles to rules that earn nothing or to
 * scores above 100, so validate first.
 */
export function compileProfile(profile: ScoringProfile): CompiledProfile {
  return {
    definition: profile,
    components: profile.components.map((component) => ({
      component,
      maxHundredths: hundredthsOf(component.max),
      rules: component.rules.map((rule) => ({ rule, earn: compileRule(rule) })),
    })),
    tiers: profile.tiers.toSorted((a, b) => b.atLeast - a.atLeast),
    triggers: profile.triggers.map(({ id, label, when }) => ({ id, label, holds: compileCondition(when) })),
    segments: profile.segments.map(({ segment, when }) => ({ segment, holds: compileCondition(when) })),
  };
}

/** The fact that the engine itself adds before it asks the triggers. */
export const scoreFact = 'lead_score';

/** What a profile needs to know of a lead. */
export interface NeededFacts {
  /** Names of facts in `LeadFacts.values`, sorted. */
  readonly fields: readonly string[];
  /** Types of the dated events that decay, sorted; empty where counters suffice. */
  readonly events: readonly EngagementType[];
}

export function factsOf(profile: ScoringProfile): NeededFacts {
  const rules = profile.components.flatMap((component) => component.rules);
  const conditions = [...profile.triggers, ...profile.segments].map(({ when }) => when);
  const fields = [
    ...rules.flatMap((rule) => (rule.type === 'flag' ? factsIn(rule.when) : [rule.of])),
    ...conditions.flatMap(factsIn),
  ];
  const events = rules.flatMap((rule) =>
    rule.type === 'per-unit' && rule.decay !== null && isCounter(rule.of) ? [counterEvents[rule.of]] : [],
  );
  return {
    fields: [...new Set(fields)].filter((field) => field !== scoreFact).sort(),
    events: [...new Set(events)].sort(),
  };
}

/**
 * Whether scores change with time alone, so that dated events must be loaded and leads rescored by the clock. Apart from it,
 * a recycled lead's events tell whether it asked for a demo *again*, which the flag alone cannot.
 */
export function needsEvents(profile: ScoringProfile): boolean {
  return factsOf(profile).events.length > 0;
}
