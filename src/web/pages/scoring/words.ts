/** PURE. Profiles in words. */
import type { ConditionForm, DecayForm, RuleForm } from '../../../http/api/profiles/schemas.ts';
import { operatorOf, operators, partsOf, isGroup, valueOf } from './conditions.ts';
import { daysOf } from './rules.ts';

export const kindTitles = { mql: 'Lead score (MQL)', plg: 'Product score (PLG)' } as const;

/** `website_visits` → "Website visits"; `signals.funding` → "Signals: funding". */
export function factLabel(name: string): string {
  const [head = '', type] = name.split('.');
  const words = (type === undefined ? head : `${head}: ${type}`).replaceAll('_', ' ');
  const spelled = words.replaceAll(/\b(?:api|plg|pct|usd|url)\b/gu, (word) => spellings[word] ?? word);
  return spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

const spellings: Readonly<Record<string, string>> = { api: 'API', plg: 'PLG', pct: '%', usd: 'USD', url: 'URL' };

/** Within a sentence. */
function factIn(name: string): string {
  const label = factLabel(name);
  return /^[A-Z]{2}/u.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en-GB') : '…';
}

function pointsText(points: number): string {
  const sign = points > 0 ? '+' : '';
  return `${sign}${number(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
}

/** A rule in one line, for a list. */
export function ruleText(rule: RuleForm): string {
  const tail = [capText(rule.cap), fadingText(rule.decay)].filter((part) => part !== '');
  return [earningText(rule), ...tail].join(', ');
}

function earningText(rule: RuleForm): string {
  switch (rule.type) {
    case 'per-unit':
      return `${pointsText(rule.points)} × ${factIn(rule.of)}`;
    case 'tier':
      return `${rangeText(rule.steps)} by ${factIn(rule.of)}, in ${rule.steps.length} steps`;
    case 'match':
      return `${rangeText(rule.words)} by ${rule.words.length} phrases in ${factIn(rule.of)}`;
    case 'flag':
      return `${pointsText(rule.points)} while ${conditionText(rule.when)}`;
  }
}

function rangeText(list: readonly { readonly points: number }[]): string {
  const points = list.map((one) => one.points);
  const [least, most] = [Math.min(...points), Math.max(...points)];
  if (points.length === 0) return 'Nothing yet';
  return least === most ? pointsText(most) : `${number(least)} to ${number(most)} points`;
}

function capText(cap: number | null): string {
  if (cap === null) return '';
  return cap < 0 ? `at least ${number(cap)}` : `at most ${number(cap)}`;
}

function fadingText(decay: DecayForm | null): string {
  if (decay === null) return '';
  const days = number(daysOf(decay));
  return 'halfLifeDays' in decay ? `half after ${days} days` : `for ${days} days`;
}

export function conditionText(condition: ConditionForm): string {
  if (isGroup(condition)) {
    const joint = 'all' in condition ? ' and ' : ' or ';
    return partsOf(condition)
      .map((part) => (isGroup(part) ? `(${conditionText(part)})` : conditionText(part)))
      .join(joint);
  }
  if ('not' in condition) return `not (${conditionText(condition.not)})`;
  const operator = operatorOf(condition);
  const words = operators[operator].replace(/ \((?:text|number)\)$/u, '');
  const value = valueOf(condition);
  const shown = typeof value === 'boolean' ? '' : ` ${valueText(value)}`;
  return `${factIn(condition.of)} ${words}${shown}`;
}

function valueText(value: string | number | readonly string[] | null): string {
  if (typeof value === 'number') return number(value);
  return typeof value === 'object' ? (value ?? []).join(', ') : `“${value}”`;
}

/** `components[1].rules[0].cap` → "Component 2 › rule 1 › cap"; `components[usage].max` → "Component usage › maximum". */
export function placeText(path: string): string {
  const steps = path.replace(' (order)', '.order').split('.').map(stepText);
  const text = steps.join(' › ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function stepText(step: string): string {
  const [, list, key] = /^(\w+)\[(.+)\]$/u.exec(step) ?? [];
  if (list === undefined || key === undefined) return placeNames[step] ?? step;
  const one = placeNames[list] ?? list.replace(/s$/u, '');
  return `${one} ${/^\d+$/u.test(key) ? Number(key) + 1 : key}`;
}

const placeNames: Readonly<Record<string, string>> = {
  weightPercent: 'weight',
  max: 'maximum',
  atLeast: 'from',
  of: 'fact',
  when: 'condition',
  say: 'sentence',
  whyNow: 'why now',
  whatToDo: 'what to do',
  halfLifeDays: 'half-life in days',
  windowDays: 'days that it counts',
};
