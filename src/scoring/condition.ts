import type { Condition } from '../model/profile.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { readerOf } from './signal-facts.ts';
import { amountOf, isKnown, textsOf } from './values.ts';

/**
 * True, false, or null where a fact that it asks for is unknown. Unknown stays unknown under `not`, so that missing data
 * can never earn points, qualify a lead or put it into a segment. Only `known` turns it into an answer.
 */
export type Test<Facts = Fields> = (facts: Facts) => boolean | null;

/** How a fact is read out of all that is known, once its name has been looked at. */
export type Reader<Facts> = (name: string) => (facts: Facts) => FieldValue;

/** A condition ready to run. Text is compared without regard to case; a list matches where one of its items does. */
export function compileCondition(condition: Condition): Test {
  return compileOn(condition, { readerOf, unknownIs: 'an answer' });
}

export interface Reading<Facts> {
  readonly readerOf: Reader<Facts>;
  /** What `known` makes of an unknown fact: that it stays unknown tells whether an answer rests on what is known. */
  readonly unknownIs: 'an answer' | 'unknown';
}

export function compileOn<Facts>(condition: Condition, reading: Reading<Facts>): Test<Facts> {
  const compile = (part: Condition) => compileOn(part, reading);
  if ('all' in condition) return decidedBy(false, condition.all.map(compile));
  if ('any' in condition) return decidedBy(true, condition.any.map(compile));
  if ('not' in condition) return negate(compile(condition.not));
  const read = reading.readerOf(condition.of);
  if ('known' in condition) {
    const { known } = condition;
    const otherwise = reading.unknownIs === 'unknown' ? null : !known;
    return (facts) => (isKnown(read(facts)) ? known : otherwise);
  }
  const test = leafTest(condition);
  return (facts) => test(read(facts));
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

/** `all` is decided by one false, `any` by one true; else one unknown leaves it open. */
function decidedBy<Facts>(decisive: boolean, tests: readonly Test<Facts>[]): Test<Facts> {
  return (facts) => {
    let isOpen = false;
    for (const test of tests) {
      const answer = test(facts);
      if (answer === decisive) return decisive;
      if (answer === null) isOpen = true;
    }
    return isOpen ? null : !decisive;
  };
}

function negate<Facts>(test: Test<Facts>): Test<Facts> {
  return (facts) => {
    const answer = test(facts);
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
