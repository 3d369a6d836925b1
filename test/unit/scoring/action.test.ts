import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionLine, ActionTemplate, Condition, Decay } from '../../../src/model/profile.ts';
import type { Fields } from '../../../src/model/values.ts';
import { defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { companyFacts, plgFacts } from '../../../src/scoring/plg-facts.ts';
import { aComponent, aProfile, daysAgo, score, unitRule } from './builders.ts';
import { aSignal, aSignup, factsOfSample, plgSamples, someUsage, velocityPay } from './plg-samples.ts';

const say = (text: string, when: Condition | null = null): ActionLine => ({ when, say: text });
const actionOf = (template: Partial<ActionTemplate>, values: Fields, rules = [unitRule('fact', 1)]) =>
  score(
    aProfile([aComponent(rules)], { kind: 'plg', action: { who: [], whyNow: [], whatToDo: [], ...template } }),
    values,
  ).action;
const suggested = ({ values, dated }: ReturnType<typeof plgFacts>) =>
  score(defaultPlgProfile, values, { dated }).action;
const nobody = companyFacts({ company: null, stakeholders: [], signals: [] });

describe('an action', () => {
  it('says of each part the first line that applies', () => {
    const many = { of: 'n', atLeast: 10 };
    const template = { who: [say('Many.', many), say('Few.')], whyNow: [say('Now.', many)], whatToDo: [say('Call.')] };
    expect(actionOf(template, { n: 10 })).toBe('Many. Now. Call.');
    expect(actionOf(template, { n: 9 })).toBe('Few. Call.');
  });

  it('passes over a line that asks for what is not known', () => {
    const template = { who: [say('Ask {name} of {place}.'), say('Ask {name}.'), say('Ask.')] };
    expect(actionOf(template, { name: 'Marcus', place: 'Ulm' })).toBe('Ask Marcus of Ulm.');
    expect(actionOf(template, { name: 'Marcus', place: '' })).toBe('Ask Marcus.');
    expect(actionOf(template, { place: [] })).toBe('Ask.');
    expect(actionOf({ who: [say('Ask {name}.')] }, {})).toBeNull();
  });

  it('may speak of the score itself', () => {
    const template = { whatToDo: [say('Call: {plg_score} is {plg_tier}.', { of: 'plg_tier', equals: 'hot' })] };
    expect(actionOf(template, { fact: 90 })).toBe('Call: 90 is hot.');
    expect(actionOf(template, { fact: 10 })).toBeNull();
  });

  it('is nothing where a profile has none', () => {
    expect(score(aProfile([aComponent([unitRule('fact', 1)])]), { fact: 1 }).action).toBeNull();
  });

  it.each<[Fields[string], string]>([
    [5, '5'],
    [0, '0'],
    [250, '250'],
    [62.5, '63'],
    [5.25, '5.3'],
    [-12.4, '-12'],
    [187, '190'],
    [2_823_411, '2,800,000'],
    [45_000_000_000, '45,000,000,000'],
    [true, 'yes'],
    [false, 'no'],
    [['Auth', 'Edge Functions'], 'Auth, Edge Functions'],
    ['  Auth0\n contract  ends. ', 'Auth0 contract ends'],
    ['Acme Inc.', 'Acme Inc'],
  ])('puts %o into a sentence as "%s"', (value, text) => {
    expect(actionOf({ who: [say('({x}).')] }, { x: value })).toBe(`(${text}).`);
  });

  it('is cut at a whole word after 255 characters', () => {
    const words = actionOf({ who: [say('{x}.')] }, { x: 'word '.repeat(80) }) ?? '';
    expect(words).toHaveLength(255);
    expect(words).toMatch(/^(?:word )+word…$/);
    expect(actionOf({ who: [say('{x}')] }, { x: 'x'.repeat(255) })).toBe('x'.repeat(255));
    expect(actionOf({ who: [say('{x}')] }, { x: 'x'.repeat(300) })).toBe(`${'x'.repeat(254)}…`);
  });

  it('is not cut inside a character', () => {
    expect(actionOf({ who: [say('x{y}')] }, { y: '🦜'.repeat(300) })?.isWellFormed()).toBe(true);
    expect(actionOf({ who: [say('{y}')] }, { y: '🦜'.repeat(300) })?.isWellFormed()).toBe(true);
  });
});

describe('old news', () => {
  const news = (decay: Decay | null, days: number) => {
    const { values, dated } = companyFacts({
      company: null,
      stakeholders: [],
      signals: [aSignal('news', 'It moves', 'high', { captured_at: daysAgo(days) })],
    });
    const rules = [unitRule('signals.news', 1, { decay })];
    const action = { who: [say('{title.news}.', { of: 'signals.news', atLeast: 1 })], whyNow: [], whatToDo: [] };
    return score(aProfile([aComponent(rules)], { kind: 'plg', action }), values, { dated }).action;
  };

  it('is not told once less than a quarter of it is left', () => {
    expect(news({ halfLifeDays: 30 }, 60)).toBe('It moves.');
    expect(news({ halfLifeDays: 30 }, 61)).toBeNull();
  });

  it('is not told outside the window of its rule', () => {
    expect(news({ windowDays: 30 }, 30)).toBe('It moves.');
    expect(news({ windowDays: 30 }, 31)).toBeNull();
  });

  it('is told as long as no rule lets it fade', () => {
    expect(news(null, 1000)).toBe('It moves.');
  });
});

describe('the default action', () => {
  it('tells of VelocityPay what the seed tells', () => {
    // "Champion is highly active (5 team members, 250% API growth). Auth0 contract renewal creates migration window. Reach
    // out to Marcus, offer to connect with VP Eng Sarah Kim for compliance/security conversation."
    expect(suggested(factsOfSample(velocityPay))).toBe(
      'Champion is highly active (5 team members, 250% API growth). Auth0 contract renewal coming up: a window for migration. ' +
        'Reach out to Marcus, offer to connect with VP of Engineering Sarah Kim for a compliance and security conversation.',
    );
  });

  it.each([
    ['HomeFront Technologies', /Firebase scaling issues: .* Reach out to Priya, offer to connect with VP of/],
    [
      'CloudMetrics',
      /Job posts mention Supabase: .* Write to Jonas and ask what CTO Nadia Haddad would need to see\.$/,
    ],
    ['MediSync', /HIPAA compliant database: .* Director of Engineering Grace Liu for a compliance and security/],
    ['TaskFlow', /Show Sam what a paid plan adds\.$/],
  ])('tells of %s what the seed says of it', (name, text) => {
    const sample = plgSamples.find((one) => one.name === name)!;
    expect(suggested(factsOfSample(sample))).toMatch(text);
  });

  it('asks who it is where the address is private and the usage is not', () => {
    const busy = someUsage({
      project_count: 3,
      team_member_count: 4,
      api_calls_30d: 150_000,
      api_calls_prev_30d: null,
    });
    expect(suggested(plgFacts(aSignup('Ann Lee', null), busy, nobody))).toBe(
      'Champion works in a team of 4. Private address: ask Ann which company it is for.',
    );
    expect(suggested(plgFacts(aSignup(null, null), busy, nobody))).toMatch(/ask which company it is for\.$/);
    expect(suggested(plgFacts(aSignup('Ann Lee', null), someUsage({ project_count: 1 }), nobody))).toBe(
      'Champion is trying it out. No action yet.',
    );
  });

  it('says so where nothing is known', () => {
    expect(suggested(plgFacts(aSignup(null, null), null, nobody))).toBe('Recent usage is not known. No action yet.');
  });

  it('tells nothing of usage that nobody has seen for two months', () => {
    const { signup, usage, company } = velocityPay;
    const stale = { ...usage, captured_at: daysAgo(61) };
    expect(suggested(plgFacts(signup, stale, companyFacts(company)))).toMatch(/^Recent usage is not known\. Auth0 /);
  });

  it('is the same words for the same facts, without a brace, a "null" or more than 255 characters', () => {
    const text = fc.option(fc.string({ unit: fc.constantFrom('a', 'B', ' ', '.', '9'), maxLength: 90 }), { nil: null });
    const count = fc.option(fc.nat(3_000_000), { nil: null });
    const facts = fc.record(
      {
        is_company_email: fc.boolean(),
        champion_first_name: text,
        decision_maker: text,
        industry: fc.constantFrom('Healthcare', 'Retail', null),
        employee_count: count,
        team_member_count: count,
        project_count: count,
        api_calls_30d: count,
        api_call_growth_pct: fc.option(fc.double({ min: -100, max: 1e6, noNaN: true }), { nil: null }),
        high_signals: fc.nat(3),
        signal_types: fc.constant(['hiring']),
        'signals.hiring': fc.nat(2),
        'signals.funding': fc.nat(1),
        'title.hiring': text,
        'title.funding': text,
        billing_tier: fc.constantFrom('free', 'pro', null),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(facts, (values) => {
        const { action } = score(defaultPlgProfile, values);
        expect(action).toBe(score(defaultPlgProfile, { ...values }, { events: [] }).action);
        expect(action).not.toMatch(/[{}]|null|undefined|NaN/);
        expect(action?.length ?? 0).toBeGreaterThan(0);
        expect(action?.length ?? 0).toBeLessThanOrEqual(255);
      }),
    );
  });
});
