import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companyFacts, isDatedPlgFact, isPlgFact, plgFactNames, plgFacts } from '../../../src/scoring/plg-facts.ts';
import type { CompanyRows, SignalRow, StakeholderRow } from '../../../src/model/product.ts';
import { readerOf } from '../../../src/scoring/signal-facts.ts';
import { at, daysAgo } from './builders.ts';
import { aCompany, aSignal, aSignup, aStakeholder, factsOfSample, someUsage, velocityPay } from './plg-samples.ts';

const nothing: CompanyRows = { company: null, stakeholders: [], signals: [] };
const ofSignals = (...signals: readonly SignalRow[]) => companyFacts({ ...nothing, signals });
const ofPeople = (...stakeholders: readonly StakeholderRow[]) => companyFacts({ ...nothing, stakeholders }).values;
const signup = aSignup('Marcus Chen', 'velocitypay.io');
const usageOf = (more: Parameters<typeof someUsage>[0]) => plgFacts(signup, someUsage(more), companyFacts(nothing));

describe('the facts of a signup', () => {
  it('have the names that profiles may use, and no others', () => {
    const names = Object.keys(factsOfSample(velocityPay).values);
    expect(names.filter(isPlgFact)).toEqual(names);
    expect(plgFactNames.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('are the columns of its rows', () => {
    expect(factsOfSample(velocityPay).values).toMatchObject({
      champion_name: 'Marcus Chen',
      champion_first_name: 'Marcus',
      company_domain: 'velocitypay.io',
      signup_source: 'github',
      is_company_email: true,
      company_name: 'VelocityPay',
      funding_stage: 'series_b',
      tech_stack: ['AWS', 'PostgreSQL', 'Auth0', 'React'],
      features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
      api_calls_30d: 2_800_000,
      api_call_growth_pct: 250,
    });
  });

  it('are unknown, and not zero, where nothing was gathered', () => {
    const { values } = plgFacts(aSignup(null, null), null, companyFacts(nothing));
    const known = Object.entries(values).filter(([, value]) => value !== null);
    expect(known).toEqual([
      ['signup_source', 'github'],
      ['is_company_email', false],
    ]);
  });

  it('are those of an account with the sum of its usage', () => {
    const champion = { ...signup, signup_count: 12, top_share_pct: 40 };
    const usage = someUsage({ billing_tier: ['free', 'pro'], features_used: ['Auth', 'Cron'], project_count: 31 });
    expect(plgFacts(champion, usage, companyFacts(velocityPay.company)).values).toMatchObject({
      signup_count: 12,
      top_share_pct: 40,
      billing_tier: ['free', 'pro'],
      project_count: 31,
      decision_makers: 2,
    });
  });

  it.each([
    ['Marcus Chen', 'Marcus'],
    ['Marcus', 'Marcus'],
    ['  Ana  María ', 'Ana'],
    ['Dr. Marcus Chen', 'Dr. Marcus Chen'],
    ['Chen, Marcus', 'Chen, Marcus'],
    [null, null],
  ])('call %s by the first name %s', (name, first) => {
    expect(plgFacts(aSignup(name, null), null, companyFacts(nothing)).values['champion_first_name']).toBe(first);
  });

  it.each([
    // The generated column of internal_signals: ROUND(…, 1), halves away from zero; 0 where there was nothing before.
    [2_800_000, 800_000, 250],
    [1001, 1000, 0.1],
    [4001, 4000, 0],
    [2001, 2000, 0.1],
    [1999, 2000, -0.1],
    [0, 7, -100],
    [7, 0, 0],
    // It says 0 here as well; but what is not known is not zero.
    [7, null, null],
    [null, 7, null],
  ])('have a growth from %s calls, after %s before, of %s percent', (now, before, growth) => {
    const { values } = usageOf({ api_calls_30d: now, api_calls_prev_30d: before });
    expect(values['api_call_growth_pct']).toBe(growth);
  });

  it('have the growth that a source knows better, of a company whose people have not all a month before', () => {
    const calls = { api_calls_30d: 900, api_calls_prev_30d: 100, captured_at: daysAgo(3) };
    const facts = usageOf({ ...calls, api_call_growth_pct: 50 });
    expect(facts.values['api_call_growth_pct']).toBe(50);
    expect(facts.dated('api_call_growth_pct')).toEqual([{ at: daysAgo(3), quantity: 50 }]);
    expect(usageOf({ ...calls, api_call_growth_pct: null }).values['api_call_growth_pct']).toBeNull();
  });

  it('are dated by the snapshot they are from', () => {
    const captured_at = daysAgo(9);
    const facts = usageOf({
      project_count: 4,
      features_used: ['Auth', 'Cron'],
      dashboard_logins_30d: null,
      captured_at,
    });
    expect(facts.dated('project_count')).toEqual([{ at: captured_at, quantity: 4 }]);
    expect(facts.dated('features_used')).toEqual([{ at: captured_at, quantity: 2 }]);
    expect(facts.dated('billing_tier')).toEqual([{ at: captured_at, quantity: 1 }]);
    expect(facts.dated('dashboard_logins_30d')).toEqual([]);
    expect(facts.dated('is_company_email')).toEqual([]);
    expect(plgFacts(signup, null, companyFacts(nothing)).dated('project_count')).toEqual([]);
  });

  it('are dated where they are said to be', () => {
    const facts = factsOfSample(velocityPay);
    const known = Object.keys(facts.values).filter((name) => facts.values[name] !== null && facts.values[name] !== 0);
    expect(known.filter((name) => facts.dated(name).length > 0)).toEqual(known.filter(isDatedPlgFact));
  });
});

describe('stakeholders', () => {
  it('are counted by role, where any is known', () => {
    const people = [aStakeholder('A', null, 'both'), aStakeholder('B', null, 'technical')];
    expect(ofPeople(...people)).toMatchObject({ decision_makers: 1, technical_stakeholders: 2, budget_holders: 0 });
    const unknown = { decision_makers: null, technical_stakeholders: null, budget_holders: null };
    expect(companyFacts({ ...nothing, company: aCompany({}) }).values).toMatchObject(unknown);
  });

  it.each([
    ['VP of Engineering', 'CTO'],
    ['Vice President, Platform', 'Founder & CEO'],
    ['CTO', 'Director of IT'],
    ['Head of Data', 'Engineering Manager'],
    ['Team Lead', 'Engineer'],
  ])('are met with the %s before the %s', (first, second) => {
    const [a, b] = [aStakeholder('Zoe First', first, 'both'), aStakeholder('Abe Second', second, 'decides')];
    expect(ofPeople(a, b)['decision_maker_name']).toBe('Zoe First');
    expect(ofPeople(b, a)['decision_maker_name']).toBe('Zoe First');
  });

  it('rank by the seniority of their source before their title, and by name among equals', () => {
    const director = { ...aStakeholder('Zoe', 'Evangelist', 'both'), seniority: 'Director' };
    const manager = { ...aStakeholder('Abe', 'Chief Wizard', 'both'), seniority: 'manager' };
    expect(ofPeople(manager, director)['decision_maker']).toBe('Evangelist Zoe');
    expect(ofPeople(aStakeholder('Bo', null, 'both'), aStakeholder('Al', null, 'both'))['decision_maker']).toBe('Al');
  });

  it('have nobody to meet where nobody decides', () => {
    expect(ofPeople(aStakeholder('A', 'CTO', 'technical'))).toMatchObject({
      decision_makers: 0,
      decision_maker: null,
      decision_maker_name: null,
      decision_maker_title: null,
    });
  });
});

describe('expansion signals', () => {
  const signals = [
    aSignal('hiring', 'Weak and new', 'low', { captured_at: daysAgo(1) }),
    aSignal('hiring', 'Strong and old', 'high', { captured_at: daysAgo(90) }),
    aSignal('hiring', 'Strong and newer', 'high', { signal_date: '2026-11-01', captured_at: daysAgo(2) }),
    aSignal('layoffs', 'A type of their own', 'medium', { captured_at: daysAgo(5) }),
  ];
  const { values, dated } = ofSignals(...signals);
  const dates = (fact: string) => dated(fact).map((observation) => observation.at.toISOString().slice(0, 10));

  it('are counted by strength and by type, whatever types there are', () => {
    expect(values).toMatchObject({
      high_signals: 2,
      medium_signals: 1,
      low_signals: 1,
      signal_types: ['hiring', 'layoffs'],
      'signals.hiring': 3,
      'signals.layoffs': 1,
    });
  });

  it('are none of a type that is not among them, and not known where there are none at all', () => {
    expect(readerOf('signals.funding')(values)).toBe(0);
    expect(readerOf('signals.funding')(companyFacts(nothing).values)).toBeNull();
    expect(readerOf('title.funding')(values)).toBeNull();
  });

  it('are titled by the strongest of a type, the newest of these', () => {
    expect(values['title.hiring']).toBe('Strong and newer');
  });

  it('carry their own day, or that of their capture', () => {
    expect(dates('high_signals')).toEqual(['2026-08-24', '2026-11-01']);
    expect(dates('title.hiring')).toEqual(['2026-11-01']);
    expect(dates('signals.layoffs')).toEqual(['2026-11-17']);
    // Of each type the newest.
    expect(dates('signal_types')).toEqual(['2026-11-21', '2026-11-17']);
    expect(dates('signals.funding')).toEqual([]);
  });

  it('say the same in any order of rows', () => {
    const signal = fc.record({
      signal_type: fc.constantFrom('hiring', 'news'),
      signal_title: fc.constantFrom('a', 'b', 'c'),
      signal_strength: fc.constantFrom('high', 'low', null),
      signal_date: fc.constantFrom('2026-11-01', null),
      captured_at: fc.constantFrom(at, daysAgo(1)),
    });
    const shuffled = fc
      .array(signal, { maxLength: 6 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(ofSignals(...other).values).toEqual(ofSignals(...list).values);
      }),
    );
  });
});
