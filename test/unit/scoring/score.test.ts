import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../src/model/profile.ts';
import type { Fields } from '../../../src/model/values.ts';
import { factsOf, needsEvents } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { distribute } from '../../../src/scoring/score.ts';
import { aComponent, anEvent, aProfile, at, daysAgo, flagRule, score, scoreOfRule, unitRule } from './builders.ts';

const counter = fc.option(fc.nat(40), { nil: null });
const mqlValues = fc.record({
  website_visits: counter,
  content_downloads: counter,
  email_opens: counter,
  email_clicks: counter,
  demo_requested: fc.option(fc.boolean(), { nil: null }),
  enrollment: fc.option(fc.nat(60_000), { nil: null }),
  title: fc.option(fc.constantFrom('Superintendent', 'VP', 'Teacher', 'Nobody', ''), { nil: null }),
});
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
const inHundredths = (points: number) => Math.round(points * 100);

describe('scoreLead', () => {
  it('is bounded: every total is a whole number from 0 to 100', () => {
    fc.assert(
      fc.property(mqlValues, (values) => {
        const { total } = score(defaultMqlProfile, values);
        expect(Number.isInteger(total) && total >= 0 && total <= 100).toBe(true);
      }),
    );
  });

  it('is monotone: more engagement never lowers a score where nothing takes points away', () => {
    fc.assert(
      fc.property(
        mqlValues,
        fc.constantFrom('website_visits', 'content_downloads', 'email_opens', 'email_clicks'),
        fc.nat(20),
        (values, field, more) => {
          const after = { ...values, [field]: (values[field] ?? 0) + more };
          expect(score(defaultMqlProfile, after).total).toBeGreaterThanOrEqual(score(defaultMqlProfile, values).total);
        },
      ),
    );
  });

  it('gives a receipt whose lines add up to their component, and components to the total', () => {
    fc.assert(
      fc.property(mqlValues, (values) => {
        const { components, contributions, total } = score(defaultMqlProfile, values);
        for (const component of components) {
          const lines = contributions.filter((line) => line.component === component.name);
          expect(sum(lines.map((line) => inHundredths(line.counted)))).toBe(inHundredths(component.counted));
          expect(sum(lines.map((line) => inHundredths(line.earned)))).toBe(inHundredths(component.earned));
        }
        expect(total).toBe(sum(components.map(({ counted }) => counted)));
      }),
    );
  });

  it('agrees with the generated columns of lead_scores for every score and weight', () => {
    // Postgres numeric: exact sums, ROUND half away from zero, the tier from the unrounded sum. In hundredths here.
    const generated = (scores: readonly number[], weights: readonly number[]) => {
      const hundredths = scores.reduce(
        (total, value, index) => total + BigInt(value) * BigInt(weights[index] ?? 0),
        0n,
      );
      const tier =
        hundredths >= 8000n ? 'hot' : hundredths >= 6000n ? 'warm' : hundredths >= 4000n ? 'nurture' : 'monitor';
      return { total: Number((hundredths + 50n) / 100n), tier };
    };
    const five = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(five(fc.nat(100)), five(fc.nat(20)), (scores, weights) => {
        const components = defaultPlgProfile.components.map((component, index) => ({
          ...component,
          weightPercent: weights[index] ?? 0,
          rules: [unitRule(`fact${index}`, 1)],
        }));
        const values = Object.fromEntries(scores.map((value, index) => [`fact${index}`, value]));
        const { total, tier } = score({ ...defaultPlgProfile, components }, values);
        expect({ total, tier }).toEqual(generated(scores, weights));
      }),
    );
  });

  it('rounds half up, and reads the tier from the unrounded total', () => {
    const profile = aProfile([aComponent([unitRule('project_count', 1)], { weightPercent: 50 })]);
    expect(score(profile, { project_count: 1 }).total).toBe(1);
    const nearlyHot = aProfile([aComponent([unitRule('project_count', 1)], { max: 100, weightPercent: 99 })]);
    // 0.99 × 80.5 = 79.695: the total reads 80, the tier is still warm.
    expect(score(nearlyHot, { project_count: 80.5 })).toMatchObject({ total: 80, tier: 'warm' });
  });

  it('does not depend on the order of events', () => {
    const events = fc.array(
      fc.record({ days: fc.double({ min: 0, max: 400, noNaN: true }), quantity: fc.integer({ min: 1, max: 5 }) }),
      { maxLength: 30 },
    );
    const profile = aProfile([aComponent([unitRule('email_opens', 1.37, { decay: { halfLifeDays: 30 } })])]);
    fc.assert(
      fc.property(events, (list) => {
        const dated = list.map(({ days, quantity }) => anEvent('email_open', days, quantity));
        expect(score(profile, {}, { events: dated })).toEqual(score(profile, {}, { events: dated.toReversed() }));
      }),
    );
  });

  it('earns nothing on what is not known, and says so with an empty input', () => {
    const { contributions, total } = score(defaultMqlProfile, { enrollment: null, title: '' });
    expect(total).toBe(0);
    expect(contributions.every(({ earned }) => earned === 0)).toBe(true);
    expect(contributions.find(({ ruleId }) => ruleId === 'visits')?.input).toBeNull();
  });

  it('carries who, when and by which profile', () => {
    expect(score(defaultMqlProfile, {})).toMatchObject({
      leadId: 'lead-1',
      scoredAt: at,
      profile: { kind: 'mql', name: 'mql', version: 1 },
    });
  });

  it('has a tier called none where a profile has no tiers', () => {
    expect(score(aProfile([], { tiers: [] }), {}).tier).toBe('none');
  });

  it('does not mind in which order tiers stand', () => {
    const tiers = defaultMqlProfile.tiers.toReversed();
    expect(score(aProfile([aComponent([unitRule('project_count', 1)])], { tiers }), { project_count: 65 }).tier).toBe(
      'warm',
    );
  });
});

describe('distribute', () => {
  it.each([
    [[20, 25, 15, 15], 50, [20, 25, 5, 0]],
    [[75, -10], 50, [60, -10]],
    [[-10, 75], 50, [-10, 60]],
    [[30, -10], 50, [30, -10]],
    [[10, -30, -5], 50, [10, -10, 0]],
    [[-30], 50, [0]],
    [[], 50, []],
  ])('counts %o up to %s as %o', (points, max, expected) => {
    expect(distribute(points, max)).toEqual(expected);
  });

  it('always adds up to the sum of points, kept between 0 and the maximum', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 })), fc.nat(200), (points, max) => {
        expect(sum(distribute(points, max))).toBe(Math.max(0, Math.min(max, sum(points))));
      }),
    );
  });

  it('never counts more than a rule has earned, nor the other way round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 })), fc.nat(200), (points, max) => {
        distribute(points, max).forEach((value, index) => {
          const earned = points[index] ?? 0;
          expect(Math.abs(value)).toBeLessThanOrEqual(Math.abs(earned));
          expect(value * earned).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });
});

describe('rules', () => {
  it('takes points away under a negative flag, down to 0 for the component', () => {
    const profile = aProfile([aComponent([unitRule('email_opens', 2), flagRule('is_student', -50)])]);
    expect(score(profile, { email_opens: 40, is_student: true }).total).toBe(30);
    expect(score(profile, { email_opens: 5, is_student: true }).total).toBe(0);
  });

  it('limits a loss by a negative cap', () => {
    expect(scoreOfRule(unitRule('bounces', -5, { cap: -20 }), { bounces: 9 }).earned).toBe(-20);
  });

  it('counts no negative units', () => {
    expect(scoreOfRule(unitRule('api_call_growth_pct', 1), { api_call_growth_pct: -50 }).earned).toBe(0);
  });

  it.each<[string, Fields[string], number]>([
    ['a number as text, as Postgres sends BIGINT', '2800000', 2_800_000],
    ['true as one', true, 1],
    ['false as none', false, 0],
    ['the items of a list', ['a', 'b', 'c'], 3],
    ['no text', 'many', 0],
    ['nothing infinite', Infinity, 0],
  ])('counts %s', (_what, value, earned) => {
    expect(scoreOfRule(unitRule('fact', 1), { fact: value }).earned).toBe(earned);
  });

  it('ends an uncapped rule at ten million points', () => {
    expect(scoreOfRule(unitRule('fact', 5), { fact: 1e300 }).earned).toBe(10_000_000);
  });

  it('matches the best item of a list, and none of an unmatched text', () => {
    const rule: Rule = {
      type: 'match',
      id: 'm',
      label: 'm',
      of: 'fact',
      cap: 8,
      decay: null,
      words: [
        { phrase: 'b c', points: 10 },
        { phrase: 'a', points: 2 },
      ],
    };
    expect(scoreOfRule(rule, { fact: ['a', 'b c'] }).earned).toBe(8);
    expect(scoreOfRule(rule, { fact: ['b', 'c'] }).earned).toBe(0);
    expect(scoreOfRule(rule, { fact: 7 }).earned).toBe(0);
  });

  it('lets a longer phrase hide the shorter one inside it, also where it is worth less', () => {
    const words = [
      { phrase: 'superintendent', points: 15 },
      { phrase: 'assistant superintendent', points: 10 },
    ];
    const rule: Rule = { type: 'match', id: 'm', label: 'm', of: 'title', cap: null, decay: null, words };
    expect(scoreOfRule(rule, { title: 'Assistant Superintendent' }).earned).toBe(10);
    expect(scoreOfRule(rule, { title: 'Superintendent (once assistant superintendent)' }).earned).toBe(15);
  });

  it('matches nothing with a phrase that has no words', () => {
    const rule: Rule = {
      type: 'match',
      id: 'm',
      label: 'm',
      of: 'title',
      cap: null,
      decay: null,
      words: [
        { phrase: '&', points: 5 },
        { phrase: '?', points: 5 },
      ],
    };
    expect(scoreOfRule(rule, { title: 'R & D' }).earned).toBe(0);
  });

  it('dates a line by the newest event behind its counter', () => {
    const events = [anEvent('demo_request', 9), anEvent('demo_request', 2), anEvent('email_open', 1)];
    expect(scoreOfRule(flagRule('demo_requested', 15), { demo_requested: true }, { events }).observedAt).toBe(
      daysAgo(2).toISOString(),
    );
    expect(scoreOfRule(flagRule('fact', 15), { fact: true }, { events }).observedAt).toBeNull();
  });

  it('shows the answer as the input where a flag asks for several facts', () => {
    const rule = flagRule('x', 5, {
      when: {
        all: [
          { of: 'a', known: true },
          { of: 'b', atLeast: 1 },
        ],
      },
    });
    expect(scoreOfRule(rule, { a: 'yes', b: 1 })).toMatchObject({ input: true, earned: 5 });
    expect(scoreOfRule(rule, { a: 'yes' })).toMatchObject({ input: null, earned: 0 });
  });
});

describe('decay', () => {
  const opens = (decay: { halfLifeDays: number } | { windowDays: number }) => unitRule('email_opens', 10, { decay });

  it('halves the points each half-life', () => {
    const rule = opens({ halfLifeDays: 30 });
    const points = [0, 30, 60].map((days) => scoreOfRule(rule, {}, { events: [anEvent('email_open', days)] }).earned);
    expect(points).toEqual([10, 5, 2.5]);
  });

  it('halves them at any age, to the hundredth', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.integer({ min: 1, max: 90 }),
        (days, halfLifeDays) => {
          const earned = (age: number) =>
            scoreOfRule(opens({ halfLifeDays }), {}, { events: [anEvent('email_open', age)] }).earned;
          expect(earned(days + halfLifeDays)).toBeCloseTo(earned(days) / 2, 1);
        },
      ),
    );
  });

  it('counts whole inside a window, its last moment included, and not at all after it', () => {
    const rule = opens({ windowDays: 90 });
    expect(scoreOfRule(rule, {}, { events: [anEvent('email_open', 90)] }).earned).toBe(10);
    expect(scoreOfRule(rule, {}, { events: [anEvent('email_open', 90.1)] }).earned).toBe(0);
  });

  it('takes an event from the future as fresh: clocks differ', () => {
    expect(scoreOfRule(opens({ halfLifeDays: 1 }), {}, { events: [anEvent('email_open', -3)] }).earned).toBe(10);
  });

  it('counts the events of its own counter only, with their quantities, and shows how many there were', () => {
    const events = [anEvent('email_open', 30, 3), anEvent('email_click', 0), anEvent('email_open', 60)];
    expect(scoreOfRule(opens({ halfLifeDays: 30 }), { email_opens: 999 }, { events })).toMatchObject({
      input: 4,
      earned: 17.5,
      observedAt: daysAgo(30).toISOString(),
    });
  });

  it('earns nothing on a counter without events: its sum has no dates', () => {
    const nothing = { input: null, earned: 0, observedAt: null };
    expect(scoreOfRule(opens({ halfLifeDays: 30 }), { email_opens: 9 })).toMatchObject(nothing);
  });

  it('tells that a profile needs dated events, and which', () => {
    const rules = [
      opens({ windowDays: 9 }),
      unitRule('email_clicks', 1, { decay: { windowDays: 9 } }),
      unitRule('project_count', 1, { decay: { windowDays: 9 } }),
    ];
    const profile = aProfile([aComponent(rules)]);
    expect(factsOf(profile).events).toEqual(['email_click', 'email_open']);
    expect(needsEvents(profile)).toBe(true);
  });
});

describe('triggers after a recycling', () => {
  const baseline = {
    website_visits: 12,
    content_downloads: 3,
    email_opens: 20,
    email_clicks: 5,
    demo_requested: true,
    recycled_at: daysAgo(30).toISOString(),
  };
  const now = { ...baseline, title: 'Owner', enrollment: 30_000 };
  const mqlBy = (values: Fields, events = [anEvent('demo_request', 90)]) =>
    score(defaultMqlProfile, values, { baseline, events }).mqlBy;

  it('do not see what had been done before, nor a score that rests on it', () => {
    expect(score(defaultMqlProfile, now).mqlBy).toEqual(['demo', 'downloads', 'visits', 'clicks', 'opens', 'score']);
    expect(mqlBy(now)).toEqual([]);
  });

  it('see the score again once there is any new engagement', () => {
    expect(mqlBy({ ...now, website_visits: 13 })).toEqual(['score']);
  });

  it('see a counter that has gained its threshold since', () => {
    expect(mqlBy({ ...now, content_downloads: 6 })).toEqual(['downloads', 'score']);
  });

  it('see a demo that was requested once more, which the flag alone cannot show', () => {
    expect(mqlBy(now, [anEvent('demo_request', 2)])).toEqual(['demo', 'score']);
  });

  it('see how hot a signup is only with new engagement: an old score is no news', () => {
    const hot = { id: 'hot', label: 'hot', when: { of: 'plg_tier', equals: 'hot' } };
    const mqlBy = (values: Fields, since: Fields | null) =>
      score({ ...defaultMqlProfile, triggers: [hot] }, values, { baseline: since }).mqlBy;
    expect(mqlBy({ plg_tier: 'hot' }, null)).toEqual(['hot']);
    expect(mqlBy({ plg_tier: 'warm' }, null)).toEqual([]);
    expect(mqlBy({ ...now, plg_tier: 'hot' }, baseline)).toEqual([]);
    expect(mqlBy({ ...now, plg_tier: 'hot', website_visits: 13 }, baseline)).toEqual(['hot']);
  });

  it('treat a counter that fell as having gained nothing', () => {
    expect(mqlBy({ ...now, website_visits: 0 })).toEqual([]);
  });
});
