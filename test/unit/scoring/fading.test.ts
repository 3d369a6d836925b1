import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decay, Rule } from '../../../src/model/profile.ts';
import type { DatedAmount, LeadFacts } from '../../../src/model/score.ts';
import { compileProfile, factsOf, isTimeDependent, needsEvents } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { scoreComponents, scoreLead } from '../../../src/scoring/score.ts';
import { aComponent, anEvent, aProfile, at, daysAgo, flagRule, score, scoreOfRule, unitRule } from './builders.ts';
import { factsOfSample, plgSamples, velocityPay } from './plg-samples.ts';

const observed = (...amounts: readonly (readonly [number, number])[]): Partial<LeadFacts> => {
  const list: readonly DatedAmount[] = amounts.map(([days, quantity]) => ({ at: daysAgo(days), quantity }));
  return { dated: (fact) => (fact === 'fact' ? list : []) };
};
const halving: Decay = { halfLifeDays: 30 };
const base = { id: 'r', label: 'r', cap: null, decay: halving };
const tier: Rule = { ...base, type: 'tier', of: 'fact', steps: [{ atLeast: 1, points: 40 }] };
const match: Rule = { ...base, type: 'match', of: 'fact', words: [{ phrase: 'pro', points: 40 }] };
const flag: Rule = { ...base, type: 'flag', when: { of: 'fact', known: true }, points: 40 };

describe('points of what was observed', () => {
  it('fade unit by unit, each by its own age', () => {
    const rule = unitRule('fact', 20, { decay: halving });
    expect(scoreOfRule(rule, { fact: 3 }, observed([0, 1], [30, 1], [60, 1]))).toMatchObject({
      input: 3,
      earned: 35,
      observedAt: at.toISOString(),
    });
    expect(scoreOfRule({ ...rule, cap: 30 }, { fact: 3 }, observed([0, 1], [30, 1], [60, 1])).earned).toBe(30);
    expect(scoreOfRule(rule, { fact: 5 }, observed([30, 5])).earned).toBe(50);
  });

  it.each([
    ['a tier', tier, 7],
    ['a match', match, 'pro'],
    ['a flag', flag, true],
  ] as const)('fade for %s with the newest observation', (_what, rule, fact) => {
    expect(scoreOfRule(rule, { fact }, observed([90, 1], [30, 1]))).toMatchObject({
      input: fact,
      earned: 20,
      observedAt: daysAgo(30).toISOString(),
    });
    expect(scoreOfRule({ ...rule, decay: { windowDays: 30 } }, { fact }, observed([30, 1])).earned).toBe(40);
    expect(scoreOfRule({ ...rule, decay: { windowDays: 30 } }, { fact }, observed([31, 1])).earned).toBe(0);
    expect(scoreOfRule({ ...rule, decay: null }, { fact }, observed([31, 1]))).toMatchObject({
      earned: 40,
      observedAt: daysAgo(31).toISOString(),
    });
  });

  it('fade for a flag on several facts with the newest of all', () => {
    const when = {
      all: [
        { of: 'fact', known: true },
        { of: 'other', known: true },
      ],
    };
    const dates: Record<string, number> = { fact: 60, other: 30 };
    const dated = (fact: string) => [{ at: daysAgo(dates[fact] ?? 0), quantity: 1 }];
    expect(scoreOfRule({ ...flag, when }, { fact: 1, other: 1 }, { dated }).earned).toBe(20);
  });

  it.each([
    ['a number', unitRule('fact', 8, { decay: halving }), 5],
    ['a tier', tier, 7],
    ['a match', match, 'pro'],
    ['a flag', flag, true],
  ] as const)('stay whole for %s without dates', (_what, rule, fact) => {
    expect(scoreOfRule(rule, { fact })).toMatchObject({ earned: 40, observedAt: null });
  });

  it('fade for what a counter says by its newest event', () => {
    const demo = flagRule('demo_requested', 40, { decay: halving });
    const events = [anEvent('demo_request', 60), anEvent('demo_request', 30)];
    expect(scoreOfRule(demo, { demo_requested: true }, { events }).earned).toBe(20);
    expect(scoreOfRule(demo, { demo_requested: true }).earned).toBe(40);
  });

  it('fade where they are taken away, too', () => {
    expect(scoreOfRule({ ...flag, points: -40 }, { fact: 1 }, observed([30, 1])).earned).toBe(-20);
  });

  it('never grow by fading, nor with age', () => {
    const decay = fc.oneof(
      fc.record({ halfLifeDays: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ windowDays: fc.integer({ min: 1, max: 200 }) }),
    );
    const rule = fc.constantFrom(unitRule('fact', 3), tier, match, flag);
    const kind = fc.constantFrom('mql' as const, 'plg' as const);
    const amounts = fc.array(fc.tuple(fc.double({ min: -2, max: 400, noNaN: true }), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(rule, decay, amounts, fc.nat(300), kind, (one, fading, list, older, plgOrMql) => {
        const earned = (profiled: Rule, days: number) => {
          const facts = observed(...list.map(([age, quantity]) => [age + days, quantity] as const));
          const fact = one.type === 'match' ? 'pro' : list.reduce((sum, [, quantity]) => sum + quantity, 0);
          const profile = aProfile([aComponent([profiled])], { kind: plgOrMql });
          return score(profile, { fact }, facts).contributions[0]!.earned;
        };
        const fresh = earned({ ...one, decay: null }, 0);
        const now = earned({ ...one, decay: fading }, 0);
        expect(now).toBeLessThanOrEqual(fresh);
        expect(now).toBeGreaterThanOrEqual(0);
        expect(earned({ ...one, decay: fading }, older)).toBeLessThanOrEqual(now);
      }),
    );
  });
});

describe('a signup', () => {
  const profile = compileProfile(defaultPlgProfile);
  const facts = (index: number): LeadFacts => ({ leadId: 'l', events: [], ...factsOfSample(plgSamples[index]!) });

  it('scores the same all day: its signals and its usage age by whole days', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(86_399_999), (days, ms) => {
        const morning = new Date(at.getTime() + days * 86_400_000);
        const later = new Date(morning.getTime() + ms);
        expect(scoreComponents(profile, facts(0), later)).toEqual(scoreComponents(profile, facts(0), morning));
      }),
    );
  });

  it('earns whole points by every rule, at any age', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(400), (index, days) => {
        const breakdown = scoreLead(profile, facts(index), new Date(at.getTime() + days * 86_400_000));
        const points = [...breakdown.components, ...breakdown.contributions].flatMap(({ earned, counted }) => [
          earned,
          counted,
        ]);
        expect(points.filter((value) => !Number.isInteger(value))).toEqual([]);
      }),
    );
  });

  it('is the same with its receipt and without', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.nat(400), (index, days) => {
        const when = new Date(at.getTime() + days * 86_400_000);
        expect(scoreLead(profile, facts(index), when)).toMatchObject(scoreComponents(profile, facts(index), when));
      }),
    );
  });

  it('shows when each fact was observed', () => {
    const { signup, usage, company } = velocityPay;
    const signals = company.signals.map((signal, index) => ({ ...signal, captured_at: daysAgo(index + 1) }));
    const sample = {
      ...velocityPay,
      signup,
      usage: { ...usage, captured_at: daysAgo(9) },
      company: { ...company, signals },
    };
    const { contributions } = score(defaultPlgProfile, factsOfSample(sample).values, factsOfSample(sample));
    const dates = Object.fromEntries(contributions.map(({ ruleId, observedAt }) => [ruleId, observedAt]));
    expect(dates).toMatchObject({
      employees: null,
      'company-email': null,
      'decision-makers': null,
      projects: daysAgo(9).toISOString(),
      'strong-signals': daysAgo(1).toISOString(),
      hiring: daysAgo(1).toISOString(),
      migration: daysAgo(2).toISOString(),
      funded: daysAgo(3).toISOString(),
      surge: daysAgo(9).toISOString(),
    });
  });

  it('loses by half its expansion in three months, and its usage after two', () => {
    const counted = (days: number) =>
      scoreComponents(profile, facts(0), new Date(at.getTime() + days * 86_400_000)).components.map(
        (component) => component.counted,
      );
    expect(counted(0)).toEqual([85, 95, 90, 80, 85]);
    expect(counted(60)).toEqual([85, 95, 57, 80, 56]);
    expect(counted(90)).toEqual([85, 0, 45, 50, 32]);
  });
});

describe('what a profile needs as time goes by', () => {
  const withRule = (rule: Rule) => aProfile([aComponent([rule])]);

  it('is a rescore where any rule fades, and events where counters do', () => {
    const usage = withRule(unitRule('project_count', 1, { decay: halving }));
    expect([isTimeDependent(usage), needsEvents(usage)]).toEqual([true, false]);
    const demo = withRule(flagRule('demo_requested', 1, { decay: halving }));
    expect([isTimeDependent(demo), needsEvents(demo)]).toEqual([true, true]);
    expect(factsOf(demo).events).toEqual(['demo_request']);
    expect(isTimeDependent(defaultMqlProfile)).toBe(false);
    expect(isTimeDependent(defaultPlgProfile)).toBe(true);
  });

  it('is no more where it was stored before there were such keys', () => {
    const stored = JSON.parse(
      JSON.stringify(defaultMqlProfile, (key, value: unknown) =>
        key === 'decay' || key === 'action' ? undefined : value,
      ),
    ) as typeof defaultMqlProfile;
    const values = { email_opens: 4, title: 'Owner', demo_requested: true };
    expect(isTimeDependent(stored)).toBe(false);
    expect(score(stored, values)).toEqual(score(defaultMqlProfile, values));
  });
});
