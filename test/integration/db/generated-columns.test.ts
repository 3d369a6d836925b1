import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScoringProfile } from '../../../src/model/profile.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { companyFacts, plgFacts } from '../../../src/scoring/plg-facts.ts';
import type { CompanyRows, SignalRow, SignupRow, StakeholderRow, UsageRow } from '../../../src/model/product.ts';
import { scoreComponents } from '../../../src/scoring/score.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let orgId: OrgId;
beforeAll(async () => {
  db = await testDatabase();
  orgId = await db.org('acme');
  await db.sql(
    `insert into developer_signups (org_id, email) select $1, i || '@acme.io' from generate_series(1, 400) i`,
    [orgId],
  );
});
afterAll(async () => db[Symbol.asyncDispose]());

const components = ['company', 'usage', 'expansion', 'champion', 'timing'];
const score = fc.integer({ min: 0, max: 100 });
const weightPercent = fc.integer({ min: 0, max: 100 });
const line = fc.tuple(
  fc.array(score, { minLength: 5, maxLength: 5 }),
  fc.oneof(fc.constant([25, 30, 20, 15, 10]), fc.array(weightPercent, { minLength: 5, maxLength: 5 })),
);

/** The formula of the seed, in whole hundredths: no binary fraction may decide a tier. Halves round up. */
function expected([scores, weights]: readonly [readonly number[], readonly number[]]): { total: number; tier: string } {
  const hundredths = scores.reduce((sum, points, index) => sum + points * weights[index]!, 0);
  const tier = hundredths >= 8000 ? 'hot' : hundredths >= 6000 ? 'warm' : hundredths >= 4000 ? 'nurture' : 'monitor';
  return { total: Math.floor((hundredths + 50) / 100), tier };
}

const names = [...components.map((name) => `${name}_score`), ...components.map((name) => `${name}_weight`)];
const tables = ['lead_scores', 'account_scores'] as const;
const subjects = {
  lead_scores: { columns: 'developer_id', values: 'id' },
  account_scores: {
    columns: 'company_domain, signup_count, profile_version, scored_at',
    values: `id || '.example', 1, 1, now()`,
  },
};
/** Returns the rows as they were given, each with total and tier. */
const insertInto = (table: (typeof tables)[number]): string => `
  with lines as (select *, row_number() over () as n from jsonb_to_recordset($2::jsonb)
    as l (${components.map((name) => `${name}_score int, ${name}_weight numeric`).join(', ')}, i int)),
  subjects as (select id, row_number() over (order by id) as n from developer_signups where org_id = $1)
  insert into ${table} (org_id, ${subjects[table].columns}, ${names.join(', ')})
  select $1, ${subjects[table].values}, ${names.join(', ')} from lines l join subjects using (n) order by l.i
  returning ${names.join(', ')}, total_score, tier`;

test.each(tables)('total and tier of %s are the formula, for any scores and weights', async (table) => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 400 }), async (lines) => {
      const rows = lines.map(([scores, weights], i) => ({
        i,
        ...Object.fromEntries(components.map((name, c) => [`${name}_score`, scores[c]])),
        // As decimal text: 0.07 × 100 must stay 7.
        ...Object.fromEntries(components.map((name, c) => [`${name}_weight`, (weights[c]! / 100).toFixed(2)])),
      }));
      await db.sql(`delete from ${table}`);
      const stored = await db.sql<Record<string, number>>(insertInto(table), [orgId, JSON.stringify(rows)]);
      expect(stored).toHaveLength(lines.length);
      for (const row of stored) {
        const scores = components.map((name) => row[`${name}_score`]!);
        const weights = components.map((name) => Math.round(row[`${name}_weight`]! * 100));
        expect({ total: row['total_score'], tier: row['tier'] }).toEqual(expected([scores, weights]));
      }
    }),
    { numRuns: 25 },
  );
});

const at = new Date('2026-11-22T12:00:00Z');
const day = fc.integer({ min: 0, max: 400 }).map((days) => new Date(at.getTime() - days * 86_400_000));
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const text = (...texts: readonly string[]) => maybe(fc.constantFrom(...texts));
const signup: fc.Arbitrary<SignupRow> = fc.record({
  full_name: text('Ann Lee', 'Bo'),
  company_domain: text('acme.io'),
  signup_source: text('github'),
  is_company_email: fc.boolean(),
});
const usage: fc.Arbitrary<UsageRow> = fc.record({
  project_count: maybe(fc.nat(9)),
  active_projects: maybe(fc.nat(9)),
  features_used: maybe(fc.subarray(['Auth', 'Storage', 'Edge Functions', 'Realtime', 'Vector', 'Cron'])),
  billing_tier: maybe(fc.oneof(fc.constantFrom('free', 'pro', 'team', 'enterprise'), fc.constant(['free', 'team']))),
  tier_upgraded_at: maybe(day),
  team_member_count: maybe(fc.nat(30)),
  team_members_added_last_30d: maybe(fc.nat(9)),
  api_calls_30d: maybe(fc.nat(9_000_000)),
  api_calls_prev_30d: maybe(fc.nat(9_000_000)),
  last_active_at: maybe(day),
  dashboard_logins_30d: maybe(fc.nat(60)),
  captured_at: day,
});
const stakeholder: fc.Arbitrary<StakeholderRow> = fc.record({
  full_name: fc.constantFrom('Ann', 'Bo', 'Cy'),
  title: text('CTO', 'VP of Engineering'),
  department: text('engineering'),
  seniority: text('vp', 'c-level'),
  is_decision_maker: fc.boolean(),
  is_technical: fc.boolean(),
  is_budget_holder: fc.boolean(),
});
const signal: fc.Arbitrary<SignalRow> = fc.record({
  signal_type: fc.constantFrom('hiring', 'funding', 'tech_migration', 'news', 'layoffs'),
  signal_title: fc.constantFrom('One', 'Two'),
  signal_strength: fc.constantFrom('low', 'medium', 'high'),
  signal_date: text('2026-11-01', '2026-03-08'),
  captured_at: day,
});
const rowsOfCompany: fc.Arbitrary<CompanyRows> = fc.record({
  company: maybe(
    fc.record({
      company_name: text('Acme'),
      industry: text('Healthcare', 'Retail'),
      employee_count: maybe(fc.nat(3000)),
      employee_range: text('51-200'),
      company_type: text('startup'),
      funding_stage: text('seed', 'series_a', 'series_b', 'public'),
      total_funding_usd: maybe(fc.nat(200_000_000)),
      tech_stack: fc.subarray(['AWS', 'React']),
    }),
  ),
  stakeholders: fc.array(stakeholder, { maxLength: 4 }),
  signals: fc.array(signal, { maxLength: 6 }),
});

const five = (one: fc.Arbitrary<number>) => fc.array(one, { minLength: 5, maxLength: 5 });

/** The default rules with other points, no caps, other maxima and weights; some take points away. */
const profile: fc.Arbitrary<ScoringProfile> = fc
  .record({
    points: five(fc.integer({ min: -20, max: 60 })),
    maxima: five(fc.integer({ min: 1, max: 100 })),
    weights: five(weightPercent),
  })
  .map(({ points, maxima, weights }) => ({
    ...defaultPlgProfile,
    components: defaultPlgProfile.components.map((component, c) => ({
      ...component,
      max: maxima[c]!,
      weightPercent: weights[c]!,
      rules: component.rules.map((rule, r) =>
        rule.type === 'flag' || rule.type === 'per-unit' ? { ...rule, points: points[(c + r) % 5]!, cap: null } : rule,
      ),
    })),
  }));

test('the engine gives whole components, and the total and tier that the database computes of them', async () => {
  const signups = fc.array(fc.tuple(signup, maybe(usage), rowsOfCompany), { minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constant(defaultPlgProfile), profile), signups, async (chosen, rows) => {
      const compiled = compileProfile(chosen);
      const scored = rows.map(([person, used, company]) => {
        const facts = plgFacts(person, used, companyFacts(company));
        return scoreComponents(compiled, { leadId: '', events: [], ...facts }, at);
      });
      const lines = scored.map((score, i) => ({
        i,
        ...Object.fromEntries(score.components.map(({ name, counted }) => [`${name}_score`, counted])),
        ...Object.fromEntries(
          score.components.map(({ name, weightPercent }) => [`${name}_weight`, (weightPercent / 100).toFixed(2)]),
        ),
      }));
      await db.sql('delete from lead_scores');
      const stored = await db.sql<Record<string, unknown>>(insertInto('lead_scores'), [orgId, JSON.stringify(lines)]);
      expect(stored.map(({ total_score, tier }) => ({ total_score, tier }))).toEqual(
        scored.map(({ total, tier }) => ({ total_score: total, tier })),
      );
    }),
    { numRuns: 40 },
  );
});

test.each([
  [[85, 95, 90, 80, 85], 88, 'hot'],
  [[80, 80, 80, 80, 80], 80, 'hot'],
  // 79.50 is shown as 80 and is not hot: the tier is read from the unrounded total.
  [[80, 80, 80, 80, 75], 80, 'warm'],
  [[60, 60, 60, 60, 60], 60, 'warm'],
  [[40, 40, 40, 40, 40], 40, 'nurture'],
  [[0, 0, 0, 0, 0], 0, 'monitor'],
])('components %j give %i, %s', async (scores, total, tier) => {
  await db.sql('delete from lead_scores');
  const [row] = await db.sql(
    `insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
     select org_id, id, $2, $3, $4, $5, $6 from developer_signups where org_id = $1 limit 1 returning total_score, tier`,
    [orgId, ...scores],
  );
  expect(row).toEqual({ total_score: total, tier });
});

test('generated columns are not written by hand', async () => {
  const attempt = db.sql(
    `insert into lead_scores (org_id, developer_id, total_score) select org_id, id, 99 from developer_signups limit 1`,
  );
  await expect(attempt).rejects.toMatchObject({ code: '428C9' });
});
