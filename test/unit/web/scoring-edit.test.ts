import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConditionForm, Preview, RuleForm, WordForm } from '../../../src/http/api/profiles/schemas.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { groupOf, isGroup, leafOf, operatorOf, partsOf, valueOf } from '../../../src/web/pages/scoring/conditions.ts';
import { freeName, moved, replaced, without } from '../../../src/web/parts/lists.ts';
import { factOfText, textOfFact } from '../../../src/web/pages/scoring/fact-values.ts';
import { estimatedText, mergePreviews } from '../../../src/web/pages/scoring/merge-previews.ts';
import {
  asType,
  daysOf,
  decayOf,
  decayTypeOf,
  groupWords,
  mostPoints,
  type RuleType,
  ruleTypes,
  weightSum,
  wordsOf,
} from '../../../src/web/pages/scoring/rules.ts';
import { conditionText, factLabel, placeText, ruleText } from '../../../src/web/pages/scoring/words.ts';

const text = fc.string({ minLength: 1, maxLength: 12 });
const amount = fc.double({ min: -1000, max: 1000, noNaN: true });
const leaf = fc.oneof(
  fc.record({ of: text, atLeast: amount }),
  fc.record({ of: text, below: amount }),
  fc.record({ of: text, equals: fc.oneof(text, amount, fc.boolean()) }),
  fc.record({ of: text, in: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.record({ of: text, contains: text }),
  fc.record({ of: text, known: fc.boolean() }),
);
const condition: fc.Arbitrary<ConditionForm> = fc.letrec<{ condition: ConditionForm }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('condition') }),
  ),
})).condition;
const words: fc.Arbitrary<WordForm[]> = fc.array(fc.record({ phrase: text, points: fc.integer({ min: -2, max: 2 }) }));
const base = {
  id: text,
  label: text,
  cap: fc.option(amount),
  decay: fc.option(fc.oneof(fc.record({ halfLifeDays: amount }), fc.record({ windowDays: amount }))),
};
const rule: fc.Arbitrary<RuleForm> = fc.oneof(
  fc.record({ type: fc.constant('per-unit' as const), ...base, of: text, points: amount }),
  fc.record({
    type: fc.constant('tier' as const),
    ...base,
    of: text,
    steps: fc.array(fc.record({ atLeast: amount, points: amount }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('match' as const), ...base, of: text, words }),
  fc.record({ type: fc.constant('flag' as const), ...base, when: condition, points: amount }),
);

/** A condition taken into the parts that its form has, and put together from them. */
function throughForm(one: ConditionForm): ConditionForm {
  if (isGroup(one)) return groupOf('all' in one ? 'all' : 'any', partsOf(one).map(throughForm));
  if ('not' in one) return { not: throughForm(one.not) };
  return leafOf(one.of, operatorOf(one), valueOf(one));
}

function ruleThroughForm(one: RuleForm): RuleForm {
  const decay = one.decay === null ? null : decayOf(decayTypeOf(one.decay), daysOf(one.decay));
  const same = { ...asType(one, one.type), decay };
  if (same.type === 'match') return { ...same, words: wordsOf(groupWords(same.words)) };
  return same.type === 'flag' ? { ...same, when: throughForm(same.when) } : same;
}

test('any condition comes back from its form as it went in', () => {
  fc.assert(
    fc.property(condition, (one) => {
      expect(throughForm(one)).toEqual(one);
    }),
  );
});

test('any rule comes back from its form as it went in', () => {
  fc.assert(
    fc.property(rule, (one) => {
      expect(ruleThroughForm(one)).toEqual(one);
    }),
  );
});

test('the default profiles come back from the editor as they went in', () => {
  for (const profile of [defaultMqlProfile, defaultPlgProfile]) {
    const components = profile.components.map((one) => ({ ...one, rules: one.rules.map(ruleThroughForm) }));
    const triggers = profile.triggers.map((one) => ({ ...one, when: throughForm(one.when) }));
    const segments = profile.segments.map((one) => ({ ...one, when: throughForm(one.when) }));
    expect({ ...profile, components, triggers, segments }).toEqual(profile);
  }
});

test('phrases of equal points stand together only where they stood together', () => {
  fc.assert(
    fc.property(words, (list) => {
      const groups = groupWords(list);
      expect(wordsOf(groups)).toEqual(list);
      expect(groups.every((group, index) => group.points !== groups[index + 1]?.points)).toBe(true);
    }),
  );
});

test('a rule of another type keeps its name, cap, fading and, where it has one, its fact', () => {
  fc.assert(
    fc.property(rule, fc.constantFrom(...(Object.keys(ruleTypes) as RuleType[])), (one, type) => {
      const { id, label, cap, decay } = one;
      const changed = asType(one, type);
      expect(changed).toMatchObject({ id, label, cap, decay, type });
      if (one.type !== 'flag' && changed.type !== 'flag') expect(changed.of).toBe(one.of);
    }),
  );
});

test('moving there and back, or taking out what was put in, changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 2 }), fc.nat(), (list, seed) => {
      const index = seed % (list.length - 1);
      expect(moved(moved(list, index, 1), index + 1, -1)).toEqual(list);
      expect(without([...list, 7], list.length)).toEqual(list);
      expect(replaced(list, index, list[index]!)).toEqual(list);
    }),
  );
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 0, 1)).toEqual(['b', 'a']);
});

test('a name that is taken gets a number', () => {
  expect(freeName('rule', [])).toBe('rule');
  expect(freeName('rule', ['rule', 'rule-2'])).toBe('rule-3');
});

test('weights and what components reach are added up', () => {
  expect(weightSum(defaultPlgProfile.components)).toBe(100);
  expect(mostPoints(defaultPlgProfile.components)).toBe(100);
  expect(mostPoints(defaultMqlProfile.components)).toBe(100);
});

test('a profile is told in words', () => {
  const [behavioral, demographic] = defaultMqlProfile.components;
  expect(ruleText(behavioral!.rules[0]!)).toBe('+2 points × website visits, at most 20');
  expect(ruleText(demographic!.rules[0]!)).toBe('5 to 20 points by enrollment, in 4 steps');
  expect(ruleText(defaultPlgProfile.components[4]!.rules[0]!)).toBe(
    '+35 points while signals: tech migration is at least 1, half after 90 days',
  );
  expect(
    conditionText({
      not: {
        any: [
          { of: 'title', contains: 'intern' },
          { of: 'state', in: ['CA', 'NY'] },
        ],
      },
    }),
  ).toBe('not (title contains “intern” or state is one of CA, NY)');
  expect(factLabel('api_call_growth_pct')).toBe('API call growth %');
  expect(placeText('components[1].rules[0].cap')).toBe('Component 2 › rule 1 › cap');
  expect(placeText('components[usage].weightPercent')).toBe('Component usage › weight');
});

const page: Preview = {
  scored: 2,
  total: 4,
  next: 'x',
  changed: 1,
  records: 3,
  before: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  after: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  tiers: [{ tier: 'monitor', before: 2, after: 2 }],
  becomeMql: { count: 0, people: [] },
  wouldNotBeMql: { count: 0, people: [] },
  movers: [{ leadId: 'a', name: null, email: null, companyName: null, before: 1, after: 11 }],
  atMost: { people: 20, movers: 10 },
};

test('pages of a preview add up, and who moves farthest comes first', () => {
  const second = { ...page, next: null, total: null, movers: [{ ...page.movers[0]!, leadId: 'b', after: 31 }] };
  const merged = mergePreviews(page, second);
  expect(merged).toMatchObject({ scored: 4, total: 4, next: null, changed: 2, records: 6 });
  expect(merged.after.slice(0, 2)).toEqual([2, 2]);
  expect(merged.movers.map(({ leadId }) => leadId)).toEqual(['b', 'a']);
  const few = mergePreviews({ ...page, atMost: { people: 20, movers: 1 } }, second);
  expect(few.movers.map(({ leadId }) => leadId)).toEqual(['b']);
});

test('a count of a sample stands for its share of all, as exactly as a sample can tell', () => {
  expect(estimatedText(7, { scored: 2000, total: 1_000_000, next: 'x' })).toBe('about 3,500');
  expect(estimatedText(0, { scored: 2000, total: 1_000_000, next: 'x' })).toBe('0');
  expect(estimatedText(7, { scored: 2000, total: null, next: 'x' })).toBe('7 of 2,000');
  expect(estimatedText(333, { scored: 2000, total: 1_000_000, next: 'x' })).toBe('about 170,000');
  expect(estimatedText(333, { scored: 2000, total: 2000, next: null })).toBe('333');
});

test('a fact of an example is what was typed: a number, yes or no, a text, or unknown', () => {
  for (const value of [null, true, false, 0, -1.5, 25_000, 'Superintendent', '10 visits']) {
    expect(factOfText(textOfFact(value))).toEqual(value);
  }
});
