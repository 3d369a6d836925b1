import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Component, Rule } from '../../../src/model/profile.ts';
import type { LeadFacts } from '../../../src/model/score.ts';
import type { Fields } from '../../../src/model/values.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { companyFacts, plgFacts } from '../../../src/scoring/plg-facts.ts';
import { aComponent, aProfile, daysAgo, flagRule, score, unitRule } from './builders.ts';
import { aSignup, factsOfSample, plgSamples, velocityPay } from './plg-samples.ts';

const confidenceIn = (components: readonly Component[], values: Fields, more: Partial<LeadFacts> = {}) =>
  score(aProfile(components), values, more).confidence;
const confidence = (rules: readonly Rule[], values: Fields, more: Partial<LeadFacts> = {}) =>
  confidenceIn([aComponent(rules)], values, more);

describe('confidence', () => {
  it('weighs each rule by the most that it can earn', () => {
    const rules = [unitRule('a', 2, { cap: 30 }), unitRule('b', 5, { cap: 70 })];
    expect(confidence(rules, { a: 0 })).toBe(30);
    expect(confidence(rules, { b: 9 })).toBe(70);
    expect(confidence(rules, { a: 0, b: 0 })).toBe(100);
    expect(confidence(rules, {})).toBe(0);
  });

  it('weighs each component by its weight', () => {
    const half = aComponent([unitRule('a', 1)], { name: 'a', weightPercent: 75 });
    const rest = aComponent([unitRule('b', 1)], { name: 'b', weightPercent: 25 });
    expect(confidenceIn([half, rest], { a: 1 })).toBe(75);
  });

  it.each<[string, Rule, number]>([
    ['its cap', unitRule('a', 2, { cap: 25 }), 50],
    ['its component', unitRule('a', 2), 20],
    [
      'its highest step',
      {
        ...unitRule('a', 2),
        type: 'tier',
        of: 'a',
        steps: [
          { atLeast: 1, points: 5 },
          { atLeast: 9, points: 75 },
        ],
      },
      25,
    ],
    [
      'its best phrase',
      {
        ...unitRule('a', 2),
        type: 'match',
        of: 'a',
        words: [
          { phrase: 'x', points: 75 },
          { phrase: 'y', points: 5 },
        ],
      },
      25,
    ],
    ['its points', flagRule('a', 75), 25],
    ['nothing, where it takes points away', flagRule('a', -75), 100],
  ])('takes the most of a rule from %s', (_what, rule, left) => {
    expect(confidence([rule, unitRule('b', 1, { cap: 25 })], { b: 1 })).toBe(left);
  });

  it('is rounded down, so that 100 means all', () => {
    const rules = [unitRule('a', 1, { cap: 99 }), unitRule('b', 1, { cap: 0.5 })];
    expect(confidence(rules, { a: 1 })).toBe(99);
    expect(confidence(rules, { b: 1 })).toBe(0);
  });

  it.each<[Fields, number]>([
    [{ industry: 'Retail' }, 100],
    [{ industry: '' }, 0],
    [{}, 0],
  ])('takes an unknown industry for unknown, also by a rule that asks whether it is known: %o', (values, expected) => {
    expect(confidence([flagRule('industry', 10, { when: { of: 'industry', known: true } })], values)).toBe(expected);
  });

  it('knows a condition that has an answer, whatever else is unknown', () => {
    const any = flagRule('any', 10, {
      when: {
        any: [
          { of: 'a', known: true },
          { of: 'b', atLeast: 1 },
        ],
      },
    });
    expect(confidence([any], { b: 1 })).toBe(100);
    expect(confidence([any], { b: 0 })).toBe(0);
    expect(confidence([any], { a: 1, b: 0 })).toBe(100);
  });

  it('knows that a fact is missing, where a rule gives points for that', () => {
    const rule = flagRule('a', 10, { when: { of: 'a', known: false } });
    expect(score(aProfile([aComponent([rule])]), {})).toMatchObject({ total: 10, confidence: 100 });
  });

  it('does not know what lies outside its window', () => {
    const dated = (days: number) => () => [{ at: daysAgo(days), quantity: 3 }];
    const units = unitRule('a', 1, { decay: { windowDays: 60 } });
    const flag = flagRule('b', 1, { when: { of: 'a', below: 1 }, decay: { windowDays: 60 } });
    expect(confidence([units, flag], { a: 3 }, { dated: dated(60) })).toBe(100);
    expect(confidence([units, flag], { a: 3 }, { dated: dated(61) })).toBe(0);
    const halved = unitRule('a', 1, { decay: { halfLifeDays: 1 } });
    expect(confidence([halved], { a: 3 }, { dated: dated(61) })).toBe(100);
  });

  it('is 100 for the seed’s samples, of which all is known', () => {
    for (const sample of plgSamples) {
      const { values, dated } = factsOfSample(sample);
      expect(score(defaultPlgProfile, values, { dated }).confidence).toBe(100);
    }
  });

  it('tells what of VelocityPay would be missing', () => {
    const { signup, usage, company } = velocityPay;
    const of = ({ values, dated }: ReturnType<typeof plgFacts>) =>
      score(defaultPlgProfile, values, { dated }).confidence;
    // Usage: all of 30, of the champion 50 of 100, of timing 30 of 100: 40.5 percent in all.
    expect(of(plgFacts(signup, null, companyFacts(company)))).toBe(59);
    // Company but for the address (22.6), expansion (20), half of the champion (7.5), of timing 70 of 100 (7).
    expect(of(plgFacts(signup, usage, companyFacts({ company: null, stakeholders: [], signals: [] })))).toBe(42);
    expect(
      of(plgFacts(aSignup(null, null), null, companyFacts({ company: null, stakeholders: [], signals: [] }))),
    ).toBe(2);
  });

  it('counts an event that is known, dated or not', () => {
    const rule = unitRule('email_opens', 1, { decay: { windowDays: 9 } });
    expect(confidence([rule], { email_opens: 0 })).toBe(100);
    expect(confidence([rule], {})).toBe(0);
  });
});

describe('confidence, for any facts', () => {
  const mql: Fields = {
    website_visits: 3,
    content_downloads: 0,
    email_clicks: 1,
    email_opens: 9,
    demo_requested: false,
    enrollment: 900,
    title: 'Teacher',
  };
  const plg = factsOfSample(velocityPay).values;
  const some = (all: Fields) => fc.subarray(Object.keys(all));
  const only = (all: Fields, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, all[name] ?? null]));

  it.each([
    ['mql', defaultMqlProfile, mql],
    ['plg', defaultPlgProfile, plg],
  ] as const)('never falls as more is known (%s)', (_kind, profile, all) => {
    fc.assert(
      fc.property(some(all), some(all), (names, more) => {
        const before = score(profile, only(all, names)).confidence;
        const after = score(profile, only(all, [...new Set([...names, ...more])])).confidence;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('is 100 if and only if all is known, and 0 where nothing is', () => {
    fc.assert(
      fc.property(some(mql), (names) => {
        const { confidence: percent } = score(defaultMqlProfile, only(mql, names));
        expect(percent === 100).toBe(names.length === Object.keys(mql).length);
        expect(Number.isInteger(percent) && percent >= 0 && percent <= 100).toBe(true);
      }),
    );
    expect(score(defaultMqlProfile, {}).confidence).toBe(0);
  });
});
