import type { Condition } from '../model/profile.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { amountOf, isKnown, readerOf, textsOf } from './values.ts';

/**
 * True, false, or null where a fact that it asks for is unknown. Unknown stays unknown under `not`, so that missing data
 * can never earn points, qualify a lead or put it into a segment. Only `known` turns it into an answer.
 */
export type Test = (values: Fields) => boolean | null;

/**
 * A condition ready to run. Text is compared without regard to case; a list matches where one of its items does.
 * `unknown`: what `known` makes of a fact that is not. An answer decides; that it stays unknown tells what an answer rests on.
 */
export function compileCondition(
  condition: Condition,
  unknown: 'is an answer' | 'stays unknown' = 'is an answer',
): Test {
  const compile = (part: Condition) => compileCondition(part, unknown);
  if ('all' in condition) return allOf(condition.all.map(compile));
  if ('any' in condition) return anyOf(condition.any.map(compile));
  if ('not' in condition) return negate(compile(condition.not));
  const read = readerOf(condition.of);
  if ('known' in condition) {
    const { known } = condition;
    const otherwise = unknown === 'is an answer' ? !known : null;
    return (values) => (isKnown(read(values)) ? known : otherwise);
  }
  const test = leafTest(condition);
  return (values) => test(read(values));
}

type Leaf = Exclude<Extract<Condition, { of: string }>, { known: boolean }>;
type FactTest = (value: FieldValue) => boolean | null;

function leafTest(leaf: Leaf): FactTest {
  if ('atLeast' in leaf) return amountTest((amount) => amount >= leaf.atLeast);
  if ('below' in leaf) return amountTest((amount) => amount < leaf.below);
  if ('in' in leaf) return textTest(includesAny(leaf.in));
  if ('contains' in leaf) {
    const part = leaf.contains.toLowerCase();
    return textTest((text) => text.includes(part));
  }
  return equalityTest(leaf.equals);
}

function equalityTest(expected: FieldValue): FactTest {
  if (typeof expected === 'number') return amountTest((amount) => amount === expected);
  if (typeof expected === 'boolean') return (value) => (isKnown(value) ? value === expected : null);
  return textTest(includesAny(textsOf(expected)));
}

function includesAny(choices: readonly string[]): (text: string) => boolean {
  const known = new Set(choices.map((choice) => choice.toLowerCase()));
  return (text) => known.has(text);
}

function amountTest(holds: (amount: number) => boolean): FactTest {
  return (value) => {
    const amount = amountOf(value);
    return amount === null ? null : holds(amount);
  };
}

function textTest(holds: (text: string) => boolean): FactTest {
  return (value) => {
    if (typeof value === 'string') return value === '' ? null : holds(value.toLowerCase());
    const texts = textsOf(value);
    return texts.length === 0 ? null : texts.some(holds);
  };
}

const allOf = (tests: readonly Test[]): Test => decidedBy(false, tests);
const anyOf = (tests: readonly Test[]): Test => decidedBy(true, tests);

/** One such answer decides; else one unknown leaves it open. */
function decidedBy(decisive: boolean, tests: readonly Test[]): Test {
  return (values) => {
    let isOpen = false;
    for (const test of tests) {
      const answer = test(values);
      if (answer === decisive) return decisive;
      if (answer === null) isOpen = true;
    }
    return isOpen ? null : !decisive;
  };
}

function negate(test: Test): Test {
  return (values) => {
    const answer = test(values);
    return answer === null ? null : !answer;
  };
}

/** The names of the facts that a condition asks for, each once, in order of appearance. */
export function factsIn(condition: Condition): readonly string[] {
  if ('all' in condition) return [...new Set(condition.all.flatMap(factsIn))];
  if ('any' in condition) return [...new Set(condition.any.flatMap(factsIn))];
  return 'not' in condition ? factsIn(condition.not) : [condition.of];
}

/** Whether it asks anywhere if a fact is known. */
export function asksForKnown(condition: Condition): boolean {
  if ('all' in condition) return condition.all.some(asksForKnown);
  if ('any' in condition) return condition.any.some(asksForKnown);
  return 'not' in condition ? asksForKnown(condition.not) : 'known' in condition;
}
