import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ScoringProfile } from '../../../src/model/profile.ts';
import type { Fields } from '../../../src/model/values.ts';
import { factsOf, needsEvents } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { companyFacts, plgFactNames, type PlgFacts, plgFacts } from '../../../src/scoring/plg-facts.ts';
import { validateProfile } from '../../../src/scoring/validate.ts';
import { earnedBy, score } from './builders.ts';
import { aSignup, factsOfSample, plgSamples, velocityPay } from './plg-samples.ts';

const mql = (values: Fields) => score(defaultMqlProfile, values);
const plg = ({ values, dated }: PlgFacts) => score(defaultPlgProfile, values, { dated });

describe('the MQL profile (seed leads-and-scoring.md)', () => {
  it.each([
    // "Lead Score Composition": website visits 2pts each, cap 20
    ['visits', 'website_visits', 1, 2],
    ['visits', 'website_visits', 10, 20],
    ['visits', 'website_visits', 11, 20],
    // content downloads 5pts, cap 25
    ['downloads', 'content_downloads', 1, 5],
    ['downloads', 'content_downloads', 5, 25],
    ['downloads', 'content_downloads', 6, 25],
    // email clicks 3pts, cap 15
    ['clicks', 'email_clicks', 1, 3],
    ['clicks', 'email_clicks', 5, 15],
    ['clicks', 'email_clicks', 6, 15],
    // demo requested 15pts
    ['demo', 'demo_requested', true, 15],
    ['demo', 'demo_requested', false, 0],
    // email opens 2pts, cap 20
    ['opens', 'email_opens', 1, 2],
    ['opens', 'email_opens', 10, 20],
    ['opens', 'email_opens', 11, 20],
    // Engagement: website visits 1pt, cap 10
    ['visit-habit', 'website_visits', 1, 1],
    ['visit-habit', 'website_visits', 10, 10],
    ['visit-habit', 'website_visits', 11, 10],
    // Enrollment tier 5–20pts, with the default steps of the design: 1, 2,500, 10,000, 25,000
    ['enrollment', 'enrollment', 0, 0],
    ['enrollment', 'enrollment', 1, 5],
    ['enrollment', 'enrollment', 2499, 5],
    ['enrollment', 'enrollment', 2500, 10],
    ['enrollment', 'enrollment', 9999, 10],
    ['enrollment', 'enrollment', 10_000, 15],
    ['enrollment', 'enrollment', 24_999, 15],
    ['enrollment', 'enrollment', 25_000, 20],
  ] as const)('gives the rule %s with %s = %s the points %s', (rule, field, value, points) => {
    expect(earnedBy(mql({ [field]: value }), rule)).toBe(points);
  });

  it.each([
    // Title tier 5–15pts, with the default ranks of the design: 15, 10, 5
    ['Superintendent', 15],
    ['Assistant Superintendent of Schools', 15],
    ['Chief Academic Officer', 15],
    ['C-level advisor', 15],
    ['President', 15],
    ['Owner', 15],
    ['Co-Founder', 15],
    ['Cofounder', 15],
    ['C.T.O.', 15],
    ['CEO & Owner', 15],
    ['Vice President of Sales', 10],
    ['Vice-President', 10],
    ['V.P., Engineering', 10],
    ['President and Vice President', 15],
    ['Director of Technology', 10],
    ['Head of IT', 10],
    ['Principal', 10],
    ['Account Manager', 5],
    ['Coordinator', 5],
    ['Specialist', 5],
    ['Team lead', 5],
    ['Math Teacher', 5],
    ['Software Engineer', 5],
    ['Leadership enthusiast', 0],
    ['Headmistress', 0],
    ['Student', 0],
  ])('ranks the title "%s" at %s points', (title, points) => {
    expect(earnedBy(mql({ title }), 'title')).toBe(points);
  });

  it('has components of at most 50, 30 and 20 points, each counted whole', () => {
    expect(defaultMqlProfile.components.map(({ name, max, weightPercent }) => [name, max, weightPercent])).toEqual([
      ['behavioral', 50, 100],
      ['demographic', 30, 100],
      ['engagement', 20, 100],
    ]);
  });

  it('keeps what was earned (75, 35, 30) beside what counts (50, 30, 20), for a total of 100', () => {
    const breakdown = mql({
      website_visits: 99,
      content_downloads: 99,
      email_clicks: 99,
      email_opens: 99,
      demo_requested: true,
      enrollment: 30_000,
      title: 'Superintendent',
    });
    expect(breakdown.components.map(({ earned, counted }) => [earned, counted])).toEqual([
      [75, 50],
      [35, 30],
      [30, 20],
    ]);
    expect(breakdown).toMatchObject({ total: 100, tier: 'hot' });
  });

  it.each([
    // "MQL Qualification Triggers"
    ['demo', { demo_requested: true }, { demo_requested: false }],
    ['downloads', { content_downloads: 3 }, { content_downloads: 2 }],
    ['visits', { website_visits: 10 }, { website_visits: 9 }],
    ['clicks', { email_clicks: 3 }, { email_clicks: 2 }],
    ['opens', { email_opens: 5 }, { email_opens: 4 }],
  ])('qualifies by the trigger %s at its threshold and not below', (trigger, reached, missed) => {
    expect(mql(reached).mqlBy).toEqual([trigger]);
    expect(mql(missed).mqlBy).toEqual([]);
  });

  it('qualifies by a lead score of 60, and not of 59', () => {
    // Only the score is asked here, so that its threshold stands alone: 30 + 20 + 10 and 30 + 20 + 9.
    const only = { ...defaultMqlProfile, triggers: defaultMqlProfile.triggers.filter(({ id }) => id === 'score') };
    const facts = { enrollment: 25_000, title: 'Owner', email_opens: 10 };
    expect(score(only, { ...facts, content_downloads: 2 })).toMatchObject({ total: 60, mqlBy: ['score'] });
    expect(score(only, { ...facts, email_clicks: 3 })).toMatchObject({ total: 59, mqlBy: [] });
  });

  it.each([
    // The design's default segments
    [{ enrollment: 25_000 }, 'Enterprise'],
    [{ employee_count: 1000 }, 'Enterprise'],
    [{ enrollment: 24_999 }, 'Mid-Market'],
    [{ enrollment: 2500 }, 'Mid-Market'],
    [{ employee_count: 999 }, 'Mid-Market'],
    [{ employee_count: 100 }, 'Mid-Market'],
    [{ enrollment: 2499 }, 'SMB'],
    [{ employee_count: 99 }, 'SMB'],
    [{ enrollment: 100, employee_count: 1000 }, 'Enterprise'],
    [{}, 'unknown'],
  ])('puts %o into the segment %s', (values, segment) => {
    expect(mql(values).segment).toBe(segment);
  });
});

describe('the PLG profile (seed plg-lead-scoring-schema.md)', () => {
  it('has five components of 100, weighted 25, 30, 20, 15 and 10 percent', () => {
    expect(defaultPlgProfile.components.map(({ name, max, weightPercent }) => [name, max, weightPercent])).toEqual([
      ['company', 100, 25],
      ['usage', 100, 30],
      ['expansion', 100, 20],
      ['champion', 100, 15],
      ['timing', 100, 10],
    ]);
  });

  it('has the tiers of the generated column: hot 80, warm 60, nurture 40, monitor', () => {
    expect(defaultPlgProfile.tiers.map(({ tier, atLeast }) => [tier, atLeast])).toEqual([
      ['hot', 80],
      ['warm', 60],
      ['nurture', 40],
      ['monitor', 0],
    ]);
  });

  it('scores VelocityPay 85 / 95 / 90 / 80 / 85, in total 88 (88.25 by the seed’s formula) and hot', () => {
    const breakdown = plg(factsOfSample(velocityPay));
    expect(breakdown.components.map(({ counted }) => counted)).toEqual([85, 95, 90, 80, 85]);
    const exact = breakdown.components.reduce((sum, { counted, weightPercent }) => sum + counted * weightPercent, 0);
    expect(exact / 100).toBe(88.25);
    expect(breakdown).toMatchObject({ total: 88, tier: 'hot' });
  });

  it('reads VelocityPay’s growth of 250 % from its rows', () => {
    expect(factsOfSample(velocityPay).values['api_call_growth_pct']).toBe(250);
  });

  it.each(plgSamples.map((sample) => [sample.name, sample.tier, sample] as const))(
    'finds %s %s',
    (_name, tier, sample) => {
      expect(plg(factsOfSample(sample)).tier).toBe(tier);
    },
  );

  it('scores a signup of which nothing else is known', () => {
    const nothing = companyFacts({ company: null, stakeholders: [], signals: [] });
    const facts = plgFacts(aSignup('Ada Lovelace', 'acme.example'), null, nothing);
    expect(plg(facts)).toMatchObject({ total: 3, tier: 'monitor', segment: 'unknown' });
  });

  it('names every fact that its rows give', () => {
    expect(
      Object.keys(factsOfSample(velocityPay).values)
        .filter((name) => !/^(?:signals|title)\./.test(name))
        .sort(),
    ).toEqual(plgFactNames.toSorted());
  });
});

describe('the profile files', () => {
  const load = (kind: string) => parse(readFileSync(`config/profiles/${kind}.yaml`, 'utf8')) as object;
  // What a file leaves out, a rule has as null.
  const withoutNulls = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (_key, part: unknown) => part ?? undefined)) as unknown;

  it.each([defaultMqlProfile, defaultPlgProfile])('say the same as the built-in profile $kind', (profile) => {
    expect(load(profile.kind)).toEqual(withoutNulls(profile));
  });

  it('let a hot signup qualify, once the line that is commented out is not', () => {
    const text = readFileSync('config/profiles/mql.yaml', 'utf8');
    const { triggers } = parse(text.replace('# - { id: hot-signup', '- { id: hot-signup')) as ScoringProfile;
    const profile = { ...defaultMqlProfile, triggers };
    expect(validateProfile(profile)).toEqual([]);
    expect(score(profile, { plg_tier: 'hot' }).mqlBy).toEqual(['hot-signup']);
    expect(score(defaultMqlProfile, { plg_tier: 'hot' }).mqlBy).toEqual([]);
  });

  it.each([defaultMqlProfile, defaultPlgProfile])('hold a sound profile $kind', (profile) => {
    expect(validateProfile(profile)).toEqual([]);
  });
});

describe('factsOf', () => {
  it('names the facts of rules, triggers and segments once, without the score itself', () => {
    expect(factsOf(defaultMqlProfile)).toEqual({
      fields:
        'content_downloads demo_requested email_clicks email_opens employee_count enrollment title website_visits'.split(
          ' ',
        ),
      events: [],
    });
  });

  it('asks for no dated events where nothing decays', () => {
    expect(needsEvents(defaultMqlProfile)).toBe(false);
    expect(needsEvents(defaultPlgProfile)).toBe(false);
  });
});
