/** PURE. Conditions on one fact, as a person chooses them: a fact, an operator and a value. */
import type { ConditionForm } from '../../../http/api/profiles/schemas.ts';

export type Leaf = Extract<ConditionForm, { readonly of: string }>;
export type Group = Extract<ConditionForm, { readonly all: unknown } | { readonly any: unknown }>;

export const operators = {
  atLeast: 'is at least',
  below: 'is below',
  text: 'is (text)',
  number: 'is (number)',
  yes: 'is yes',
  no: 'is no',
  in: 'is one of',
  contains: 'contains',
  known: 'is known',
  unknown: 'is not known',
} as const;
export type Operator = keyof typeof operators;

export function operatorOf(leaf: Leaf): Operator {
  if ('atLeast' in leaf) return 'atLeast';
  if ('below' in leaf) return 'below';
  if ('in' in leaf) return 'in';
  if ('contains' in leaf) return 'contains';
  if ('known' in leaf) return leaf.known ? 'known' : 'unknown';
  if (typeof leaf.equals === 'boolean') return leaf.equals ? 'yes' : 'no';
  return typeof leaf.equals === 'number' ? 'number' : 'text';
}

type LeafValue = number | string | boolean | readonly string[] | null;

/** What stands beside the operator. */
export function valueOf(leaf: Leaf): LeafValue {
  if ('atLeast' in leaf) return leaf.atLeast;
  if ('below' in leaf) return leaf.below;
  if ('in' in leaf) return leaf.in;
  if ('contains' in leaf) return leaf.contains;
  return 'known' in leaf ? leaf.known : leaf.equals;
}

/** A condition of these parts; a value of another kind is taken over as far as that has a meaning. */
export function leafOf(of: string, operator: Operator, value: LeafValue): Leaf {
  switch (operator) {
    case 'atLeast':
      return { of, atLeast: numberFrom(value) };
    case 'below':
      return { of, below: numberFrom(value) };
    case 'number':
      return { of, equals: numberFrom(value) };
    case 'text':
      return { of, equals: textFrom(value) };
    case 'yes':
      return { of, equals: true };
    case 'no':
      return { of, equals: false };
    case 'in':
      return { of, in: listFrom(value) };
    case 'contains':
      return { of, contains: textFrom(value) };
    case 'known':
      return { of, known: true };
    case 'unknown':
      return { of, known: false };
  }
}

function numberFrom(value: LeafValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

function textFrom(value: LeafValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  return typeof value === 'object' && value !== null ? (value[0] ?? '') : '';
}

function listFrom(value: LeafValue): readonly string[] {
  if (typeof value === 'object' && value !== null) return value;
  const text = textFrom(value);
  return text === '' ? [] : [text];
}

export function isGroup(condition: ConditionForm): condition is Group {
  return 'all' in condition || 'any' in condition;
}

/** What stands in a group. */
export function partsOf(group: Group): readonly ConditionForm[] {
  return 'all' in group ? group.all : group.any;
}

export function groupOf(how: 'all' | 'any', parts: readonly ConditionForm[]): Group {
  return how === 'all' ? { all: parts } : { any: parts };
}
