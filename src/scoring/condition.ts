import type { Condition } from '../model/profile.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { amountOf, factOf, isKnown, textsOf } from './values.ts';

/**
 * True, false, or null where a fact that it asks for is unknown. Unknown stays unknown under `not`, so that missing data
 * can never earn points, qualify a lead or put it into a segment. Only `known` turns it into an answer.
 */
export type Test = (values: Fields) => boolean | null;

/** A condition ready to run. Text is compared without regard to case; a list matches where one of its items does. */
export function compileCondition(condition: Condition): Test {
  if ('all' in condition) return allOf(condition.all.map(compileCondition));
  if ('any' in condition) return anyOf(condition.any.map(compileCondition));
  if ('not' in condition) return negate(compileCondition(condition.not));
  const { of } = condition;
  if ('known' in condition) return (values) => isKnown(factOf(values, of)) === condition.known;
  const test = leafTest(condition);
  return (values) => test(factOf(values, of));
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
    const texts = textsOf(value);
    return texts.length === 0 ? null : texts.some(holds);
  };
}

function allOf(tests: readonly Test[]): Test {
  return (values) => {
    const answers = tests.map((test) => test(values));
    return answers.includes(false) ? false : answers.includes(null) ? null : true;
  };
}

function anyOf(tests: readonly Test[]): Test {
  return (values) => {
    const answers = tests.map((test) => test(values));
    return answers.includes(true) ? true : answers.includes(null) ? null : false;
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
