import { describe, expect, it } from 'vitest';
import type { ActionLine, Rule, ScoringProfile } from '../../../src/model/profile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { validateProfile } from '../../../src/scoring/validate.ts';
import { aComponent, aProfile, flagRule, unitRule } from './builders.ts';

const visits = unitRule('website_visits', 2);
const found = (profile: ScoringProfile) => validateProfile(profile).map(({ path, message }) => `${path}: ${message}`);
const foundIn = (rule: Rule) => found(aProfile([aComponent([rule])]));
const tierRule = (steps: readonly { atLeast: number; points: number }[]): Rule => ({
  type: 'tier',
  id: 't',
  label: 't',
  of: 'enrollment',
  cap: null,
  decay: null,
  steps,
});
const matchRule = (...phrases: readonly string[]): Rule => ({
  type: 'match',
  id: 'm',
  label: 'm',
  of: 'title',
  cap: null,
  decay: null,
  words: phrases.map((phrase) => ({ phrase, points: 1 })),
});

describe('validateProfile', () => {
  it('finds nothing wrong with a sound profile', () => {
    const demo = flagRule('demo_requested', 5);
    const decaying = unitRule('email_opens', 1.25, { cap: 20, decay: { halfLifeDays: 30 } });
    expect(
      found(
        aProfile([aComponent([visits, demo, decaying, tierRule([{ atLeast: 1, points: 1 }]), matchRule('a', 'b')])]),
      ),
    ).toEqual([]);
  });

  it('gives every problem a remedy', () => {
    const [problem] = validateProfile(aProfile([aComponent([visits], { max: -1 })]));
    expect(problem?.remedy).toMatch(/^Choose max/);
  });

  it('finds names that stand twice', () => {
    expect(
      found(aProfile([aComponent([visits], { weightPercent: 50 }), aComponent([visits], { weightPercent: 50 })])),
    ).toEqual([
      'components: the component "only" stands twice',
      'components: the rule id "website_visits" stands twice',
    ]);
    const [trigger] = defaultMqlProfile.triggers;
    expect(found({ ...defaultMqlProfile, triggers: trigger === undefined ? [] : [trigger, trigger] })).toEqual([
      'triggers: the trigger id "demo" stands twice',
    ]);
  });

  it('finds totals that could pass 100, and those that could never be more than 0', () => {
    expect(found(aProfile([aComponent([visits], { max: 101 })]))).toEqual([
      'components: the components add up to 101 points at most',
    ]);
    expect(found(aProfile([]))).toEqual(['components: the components add up to 0 points at most']);
  });

  it('finds a maximum or a weight that is none', () => {
    expect(
      found(aProfile([aComponent([visits]), aComponent([], { name: 'b', max: -10, weightPercent: 1.5 })])),
    ).toEqual([
      'components[1].max: max is not a number of points',
      'components[1].weightPercent: weightPercent is not a share',
    ]);
  });

  it.each<[string, Rule, string]>([
    ['rule that can earn nothing', tierRule([]), 'components[0].rules[0]: the rule can earn nothing'],
    [
      'third decimal',
      unitRule('email_opens', 0.125),
      'components[0].rules[0]: points or cap are not numbers of points',
    ],
    [
      'cap that is no number',
      unitRule('email_opens', 1, { cap: Number.NaN }),
      'components[0].rules[0]: points or cap are not numbers of points',
    ],
    [
      'cap of the other sign',
      unitRule('email_opens', -2, { cap: 20 }),
      'components[0].rules[0].cap: cap and points have different signs',
    ],
    [
      'fact that does not exist',
      unitRule('websit_visits', 2),
      'components[0].rules[0].of: there is no fact called "websit_visits" here',
    ],
    [
      'score inside a score',
      unitRule('lead_score', 2),
      'components[0].rules[0].of: there is no fact called "lead_score" here',
    ],
    [
      'step that stands twice',
      tierRule([
        { atLeast: 1, points: 1 },
        { atLeast: 1, points: 2 },
      ]),
      'components[0].rules[0].steps: the step "1" stands twice',
    ],
    [
      'phrase that stands twice',
      matchRule('Co-Owner', 'co owner'),
      'components[0].rules[0].words: the phrase "co owner" stands twice',
    ],
    ['phrase without a word', matchRule('&'), 'components[0].rules[0].words: a phrase has no word'],
    [
      'decay of what has no dates',
      unitRule('enrollment', 1, { decay: { windowDays: 9 } }),
      'components[0].rules[0].decay: "enrollment" has no dates by which it could fade',
    ],
    [
      'decay without days',
      unitRule('email_opens', 1, { decay: { halfLifeDays: 0 } }),
      'components[0].rules[0].decay: decay needs days',
    ],
    ['empty condition', flagRule('x', 1, { when: { all: [] } }), 'components[0].rules[0].when: the condition is empty'],
    [
      'condition on nothing',
      flagRule('x', 1, { when: { not: { any: [{ of: 'title', equals: null }] } } }),
      'components[0].rules[0].when: nothing equals an unknown value',
    ],
    [
      'empty text in a condition',
      flagRule('x', 1, { when: { of: 'title', equals: '' } }),
      'components[0].rules[0].when: nothing equals an unknown value',
    ],
    [
      'empty label',
      unitRule('email_opens', 1, { label: ' ' }),
      'components[0].rules[0].label: the label is empty or too long',
    ],
    [
      'label that is too long',
      unitRule('email_opens', 1, { label: 'x'.repeat(61) }),
      'components[0].rules[0].label: the label is empty or too long',
    ],
  ])('finds a %s', (_what, rule, problem) => {
    expect(foundIn(rule)).toEqual([problem]);
  });

  it.each([
    [[]],
    [[{ tier: 'hot', atLeast: 80 }]],
    [
      [
        { tier: 'cold', atLeast: 0 },
        { tier: 'hot', atLeast: 80 },
      ],
    ],
  ])('finds tiers that do not cover every score once: %o', (tiers) => {
    expect(found({ ...defaultMqlProfile, tiers })).toEqual(['tiers: the tiers do not cover every score once']);
  });

  it('finds unknown facts in triggers and segments; only triggers may ask for the score', () => {
    const when = { of: 'lead_score', atLeast: 1 };
    expect(
      found(
        aProfile([aComponent([visits])], {
          triggers: [{ id: 't', label: 't', when }],
          segments: [{ segment: 'SMB', when }],
        }),
      ),
    ).toEqual(['segments[0].when: there is no fact called "lead_score" here']);
  });

  it('knows the facts of each kind', () => {
    const plg = (rule: Rule) =>
      found({
        ...defaultPlgProfile,
        components: defaultPlgProfile.components.map((one) =>
          one.name === 'timing' ? { ...one, rules: [rule] } : one,
        ),
      });
    const hot = flagRule('hot', 5, { when: { of: 'plg_tier', equals: 'hot' } });
    const layoffs = unitRule('signals.layoffs', 5, { decay: { halfLifeDays: 9 } });
    expect(foundIn(hot)).toEqual([]);
    expect(plg(layoffs)).toEqual([]);
    expect(plg(hot)).toEqual(['components[4].rules[0].when: there is no fact called "plg_tier" here']);
    expect(foundIn(layoffs)[0]).toBe('components[0].rules[0].of: there is no fact called "signals.layoffs" here');
    expect(plg(unitRule('signals.', 5))).toEqual([
      'components[4].rules[0].of: there is no fact called "signals." here',
    ]);
  });

  it.each<[string, ActionLine, string]>([
    ['an unknown fact', { when: null, say: 'Ask {nobody}.' }, 'say: there is no fact called "nobody" here'],
    ['no fact at all', { when: null, say: 'Ask {}.' }, 'say: there is no fact called "" here'],
    ['a brace that is not closed', { when: null, say: 'Ask {champion_name' }, 'say: a brace stands alone'],
    ['a brace that is not open', { when: null, say: 'Ask champion_name}' }, 'say: a brace stands alone'],
    ['a brace in a brace', { when: null, say: 'Ask {{champion_name}}' }, 'say: a brace stands alone'],
    ['silence', { when: null, say: ' ' }, 'say: the line says nothing'],
    [
      'an unknown fact as condition',
      { when: { of: 'nothing', known: true }, say: 'x' },
      'when: there is no fact called "nothing" here',
    ],
    ['an empty condition', { when: { all: [] }, say: 'x' }, 'when: the condition is empty'],
  ])('finds a line of an action with %s', (_what, line, problem) => {
    const action = { who: [], whyNow: [{ when: null, say: '{title.news} {plg_score} {plg_tier}' }], whatToDo: [line] };
    expect(found({ ...defaultPlgProfile, action })).toEqual([`action.whatToDo[0].${problem}`]);
  });

  it('lets only signups be acted on', () => {
    const action = { who: [], whyNow: [], whatToDo: [] };
    expect(found({ ...defaultMqlProfile, action })).toEqual(['action: only a profile of kind plg suggests an action']);
  });

  it('holds a plg profile to the columns of lead_scores', () => {
    const { components } = defaultPlgProfile;
    const first = components.slice(0, 4);
    expect(found({ ...defaultPlgProfile, components: first })).toEqual([
      'components: a plg profile has the components that lead_scores has columns for',
    ]);
    expect(found({ ...defaultPlgProfile, tiers: [{ tier: 'all', atLeast: 0 }] })).toEqual([
      'tiers: the database assigns the tiers of a plg profile',
    ]);
    const withRule = (rule: Rule) =>
      found({
        ...defaultPlgProfile,
        components: components.map((one) => (one.name === 'timing' ? { ...one, rules: [rule] } : one)),
      });
    expect(withRule(unitRule('email_opens', 0.5))).toEqual(['components: lead_scores stores whole points']);
    const decay = { windowDays: 9 };
    expect(withRule(unitRule('project_count', 1, { decay }))).toEqual([]);
    expect(withRule(unitRule('employee_count', 1, { decay }))).toEqual([
      'components[4].rules[0].decay: "employee_count" has no dates by which it could fade',
    ]);
  });
});
