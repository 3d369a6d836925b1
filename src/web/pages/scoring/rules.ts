/** PURE. Rules as people edit them. */
import type { ComponentForm, DecayForm, RuleForm, WordForm } from '../../../http/api/profiles/schemas.ts';

export const ruleTypes = {
  'per-unit': { label: 'Points per unit', hint: 'So many points for each unit of a number, such as 2 for each visit.' },
  tier: { label: 'Steps', hint: 'The points of the highest step that a number reaches.' },
  match: { label: 'Words in a text', hint: 'The points of the best phrase that stands in a text as whole words.' },
  flag: { label: 'Condition', hint: 'Points while a condition holds; less than 0 takes points away.' },
} as const;
export type RuleType = RuleForm['type'];

/** The same rule in another form; its fact and its points are taken over where the new one has a place for them. */
export function asType(rule: RuleForm, type: RuleType): RuleForm {
  if (rule.type === type) return rule;
  const { id, label, cap, decay } = rule;
  const base = { id, label, cap, decay };
  const of = factOf(rule);
  const points = pointsOf(rule);
  switch (type) {
    case 'per-unit':
      return { ...base, type, of, points };
    case 'tier':
      return { ...base, type, of, steps: [{ atLeast: 1, points }] };
    case 'match':
      return { ...base, type, of, words: [] };
    case 'flag':
      return { ...base, type, when: { of, known: true }, points };
  }
}

function factOf(rule: RuleForm): string {
  if (rule.type !== 'flag') return rule.of;
  return 'of' in rule.when ? rule.when.of : '';
}

function pointsOf(rule: RuleForm): number {
  if (rule.type === 'tier') return rule.steps[0]?.points ?? 0;
  return rule.type === 'match' ? (rule.words[0]?.points ?? 0) : rule.points;
}

export function newRule(id: string, of: string): RuleForm {
  return { type: 'per-unit', id, label: 'New rule', of, points: 1, cap: 10, decay: null };
}

export type DecayType = 'none' | 'half' | 'window';

export function decayTypeOf(decay: DecayForm | null): DecayType {
  if (decay === null) return 'none';
  return 'halfLifeDays' in decay ? 'half' : 'window';
}

export function daysOf(decay: DecayForm): number {
  return 'halfLifeDays' in decay ? decay.halfLifeDays : decay.windowDays;
}

export function decayOf(type: DecayType, days: number): DecayForm | null {
  if (type === 'none') return null;
  return type === 'half' ? { halfLifeDays: days } : { windowDays: days };
}

/** Phrases of equal points that stand beside each other. */
export interface WordGroup {
  readonly points: number;
  readonly phrases: readonly string[];
}

export function groupWords(words: readonly WordForm[]): readonly WordGroup[] {
  const groups: { points: number; phrases: string[] }[] = [];
  for (const { phrase, points } of words) {
    const last = groups.at(-1);
    if (last !== undefined && Object.is(last.points, points)) last.phrases.push(phrase);
    else groups.push({ points, phrases: [phrase] });
  }
  return groups;
}

export function wordsOf(groups: readonly WordGroup[]): readonly WordForm[] {
  return groups.flatMap(({ points, phrases }) => phrases.map((phrase) => ({ phrase, points })));
}

/** What all components together can reach, of 100. */
export function mostPoints(components: readonly ComponentForm[]): number {
  const hundredths = components.reduce((sum, { max, weightPercent }) => sum + max * weightPercent, 0);
  return Math.round(hundredths) / 100;
}

export function weightSum(components: readonly ComponentForm[]): number {
  return components.reduce((sum, { weightPercent }) => sum + weightPercent, 0);
}
