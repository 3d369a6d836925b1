import type { DatedEvent, EngagementType } from '../../../src/model/engagement.ts';
import type { Component, Rule, ScoringProfile } from '../../../src/model/profile.ts';
import type { LeadFacts, ScoreBreakdown } from '../../../src/model/score.ts';
import type { Fields } from '../../../src/model/values.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { scoreLead } from '../../../src/scoring/score.ts';

export const at = new Date('2026-11-22T12:00:00Z');
const dayMs = 86_400_000;
export const daysAgo = (days: number) => new Date(at.getTime() - days * dayMs);

const someFacts = (values: Fields, more: Partial<LeadFacts> = {}): LeadFacts => ({
  leadId: 'lead-1',
  values,
  events: [],
  ...more,
});

export const anEvent = (type: EngagementType, days: number, quantity = 1): DatedEvent => ({
  leadId: 'lead-1',
  type,
  occurredAt: daysAgo(days),
  quantity,
});

export const flagRule = (id: string, points: number, more: Partial<Extract<Rule, { type: 'flag' }>> = {}): Rule => ({
  type: 'flag',
  id,
  label: id,
  cap: null,
  decay: null,
  points,
  when: { of: id, equals: true },
  ...more,
});

export const unitRule = (
  of: string,
  points: number,
  more: Partial<Extract<Rule, { type: 'per-unit' }>> = {},
): Rule => ({
  type: 'per-unit',
  id: of,
  label: of,
  cap: null,
  of,
  points,
  decay: null,
  ...more,
});

export const aComponent = (rules: readonly Rule[], more: Partial<Component> = {}): Component => ({
  name: 'only',
  max: 100,
  weightPercent: 100,
  rules,
  ...more,
});

export const aProfile = (components: readonly Component[], more: Partial<ScoringProfile> = {}): ScoringProfile => ({
  ...defaultMqlProfile,
  components,
  triggers: [],
  segments: [],
  ...more,
});

export const score = (profile: ScoringProfile, values: Fields, more: Partial<LeadFacts> = {}): ScoreBreakdown =>
  scoreLead(compileProfile(profile), someFacts(values, more), at);

export const scoreOfRule = (rule: Rule, values: Fields, more: Partial<LeadFacts> = {}) => {
  const [line] = score(aProfile([aComponent([rule])]), values, more).contributions;
  if (line === undefined) throw new Error('a rule gives a line');
  return line;
};

export const earnedBy = (breakdown: ScoreBreakdown, ruleId: string): number | undefined =>
  breakdown.contributions.find((line) => line.ruleId === ruleId)?.earned;
