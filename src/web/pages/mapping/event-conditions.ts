/** PURE. What an event rule looks for, as a list of conditions that must all hold. */
import type { EventRuleForm } from '../../../http/api/mapping/schemas.ts';

type Contains = EventRuleForm['contains'];

export interface EventCondition {
  /** Which text of the event; null = any of them. */
  readonly field: string | null;
  /** Empty = whatever it says. */
  readonly text: string;
}

/** There is always at least one. */
export function conditionsOf(contains: Contains): readonly EventCondition[] {
  if (typeof contains === 'string') return [{ field: null, text: contains }];
  return Object.entries(contains).map(([field, text]) => ({ field, text }));
}

export function containsOf(conditions: readonly EventCondition[]): Contains {
  const named = conditions.flatMap(({ field, text }) => (field === null ? [] : [[field, text] as const]));
  return named.length === 0 ? (conditions[0]?.text ?? '') : Object.fromEntries(named);
}

/** The same, for an object that has these texts. */
export function movedTo(contains: Contains, texts: readonly string[]): Contains {
  if (typeof contains === 'string') return contains;
  const known = conditionsOf(contains).filter(({ field }) => texts.includes(field ?? ''));
  return known.length > 0 ? containsOf(known) : (Object.values(contains)[0] ?? '');
}

/** The place of an earlier rule that takes all that this one would match; null = there is none. */
export function coveredBy(rules: readonly EventRuleForm[], index: number): number | null {
  const rule = rules[index];
  if (rule === undefined) return null;
  const found = rules.findIndex(({ object, contains }) => object === rule.object && covers(contains, rule.contains));
  return found < index ? found : null;
}

function covers(wide: Contains, narrow: Contains): boolean {
  const [wanted, given] = [conditionsOf(wide), conditionsOf(narrow)];
  return wanted.every(
    ({ field, text }) =>
      text === '' || given.some((one) => (field === null || one.field === field) && has(one.text, text)),
  );
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** With one more: before the one that takes all the rest, where it can still match. */
export function withFresh(rules: readonly EventRuleForm[], object: string): EventRuleForm[] {
  const last = rules.findIndex((rule) => rule.object === object && covers(rule.contains, ''));
  return rules.toSpliced(last === -1 ? rules.length : last, 0, { object, contains: '', type: '' });
}
