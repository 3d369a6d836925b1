import { expect, test } from 'vitest';
import { loadAccounts } from '../../../src/db/queries/load-accounts.ts';
import { nextSignups, type SignupPlace } from '../../../src/db/queries/load-signups.ts';
import { defaultMqlProfile, defaultPlgProfile } from '../../../src/scoring/defaults.ts';
import { testDatabase } from '../../support/database.ts';
import { addVelocityPay, productOf } from '../../support/product.ts';

async function setUp() {
  const db = await testDatabase();
  const orgId = await db.org('acme');
  return { db, orgId, product: productOf({ db, orgId }), [Symbol.asyncDispose]: async () => db[Symbol.asyncDispose]() };
}

const marcus = 'marcus.chen@velocitypay.io';

test('the lead of the seed is scored from its rows: 85, 95, 90, 80, 85, total 88, hot', async () => {
  await using side = await setUp();
  const id = await addVelocityPay(side.product);
  expect(await side.product.update({ developerIds: [id] })).toEqual({ scored: 1 });
  expect(await side.product.score(marcus)).toMatchObject({ points: [85, 95, 90, 80, 85], total: 88, tier: 'hot' });
  expect((await side.product.score(marcus))?.action).toContain('Marcus');
});

test('scoring again writes nothing', async () => {
  await using side = await setUp();
  await addVelocityPay(side.product);
  await side.product.rescore();
  const rows = async () =>
    side.db.sql(`select xmin::text, 'lead' as kind from leads union all select xmin::text, 'score' from lead_scores
      union all select xmin::text, 'account' from account_scores union all select xmin::text, 'company' from company_enrichment
      union all select xmin::text, 'history' from score_history order by 2`);
  const before = await rows();
  expect(await side.product.rescore()).toEqual({ scored: 1 });
  expect(await rows()).toEqual(before);
});

test('a signup with an address is a lead of the source signup, with what its company says', async () => {
  await using side = await setUp();
  const id = await addVelocityPay(side.product);
  await side.product.update({ developerIds: [id] });
  expect(
    await side.db.sql(
      `select l.name, l.email, l.company_name, l.company_domain, l.industry, l.employee_count, l.segment, l.status, s.name as source,
         d.lead_id = l.id as tied
       from leads l join lead_sources s on s.id = l.source_id join developer_signups d on d.org_id = l.org_id`,
    ),
  ).toEqual([
    {
      name: 'Marcus Chen',
      email: marcus,
      company_name: 'VelocityPay',
      company_domain: 'velocitypay.io',
      industry: 'Financial Services',
      employee_count: 180,
      segment: 'Mid-Market',
      status: 'new',
      source: 'signup',
      tied: true,
    },
  ]);
});

test('a lead that is there already is found by its address, whatever its case', async () => {
  await using side = await setUp();
  await side.db.sql(`insert into leads (org_id, email) values ($1, 'Marcus.Chen@VelocityPay.io')`, [side.orgId]);
  await addVelocityPay(side.product);
  await side.product.rescore();
  expect(await side.db.sql('select count(*)::int as n from leads')).toEqual([{ n: 1 }]);
});

test('what is learnt of a company later reaches its people and their leads', async () => {
  await using side = await setUp();
  const { product, db } = side;
  const id = await product.signup({ email: 'ada@late.example' });
  await product.update({ developerIds: [id] });
  const before = await product.score('ada@late.example');
  await product.company({ domain: 'late.example', company_name: 'Late', employee_count: 2000 });
  await product.update({ domains: ['late.example'] });
  expect((await product.score('ada@late.example'))!.total).toBeGreaterThan(before!.total);
  expect(await db.sql('select company_name, employee_count, segment from leads')).toEqual([
    { company_name: 'Late', employee_count: 2000, segment: 'Enterprise' },
  ]);
  await db.sql(`update company_enrichment set employee_count = 300`);
  await product.update({ domains: ['late.example'] });
  expect(await db.sql('select employee_count, segment from leads')).toEqual([
    { employee_count: 300, segment: 'Mid-Market' },
  ]);
});

test('a private address is scored, and belongs to no company', async () => {
  await using side = await setUp();
  const { product, db } = side;
  await addVelocityPay(product);
  await product.signup({ email: 'someone@gmail.com', company_domain: 'velocitypay.io' });
  await product.usage('someone@gmail.com', { project_count: 9, api_calls_30d: 9_000_000 });
  await product.rescore();
  expect(await product.account('velocitypay.io')).toMatchObject({ people: 1, share: 100 });
  expect((await product.score('someone@gmail.com'))?.points[0]).toBe(0);
  expect(await db.sql('select email from lead_dashboard')).toEqual([{ email: marcus }]);
});

test('several people of a company are one account: sums, the union of features, and the share of the busiest', async () => {
  await using side = await setUp();
  const { product } = side;
  await addVelocityPay(product);
  await product.signup({ email: 'lin@velocitypay.io', full_name: 'Lin' });
  await product.usage('lin@velocitypay.io', {
    project_count: 0,
    uses_vector: true,
    api_calls_30d: 1_200_000,
    api_calls_prev_30d: null,
    team_member_count: 5,
    dashboard_logins_30d: 20,
  });
  await product.rescore();
  const account = await product.account('velocitypay.io');
  // Marcus has four features and Lin a fifth: 5 × 5 points instead of 4 × 5; and Lin's 20 log-ins count for the champion.
  expect(account).toMatchObject({ people: 2, share: 70, points: [85, 100, 90, 100, 85] });
  expect((await product.score(marcus))?.points).toEqual([85, 95, 90, 80, 85]);
});

test('an account grows by the people whose usage is known both now and before', async () => {
  await using side = await setUp();
  const { product, db, orgId } = side;
  await addVelocityPay(product);
  // Marcus is at 2,800,000 after 800,000. Of Lin only the one is known, of Kim only the other.
  for (const [name, now, before] of [
    ['lin', null, 9_000_000],
    ['kim', 5_000, null],
  ] as const) {
    const email = `${name}@velocitypay.io`;
    await product.signup({ email });
    await product.usage(email, { api_calls_30d: now, api_calls_prev_30d: before });
  }
  const [account] = await db.database.transaction(orgId, (tx) => loadAccounts(tx, ['velocitypay.io'], null));
  expect(account).toMatchObject({
    api_calls_30d: 2_805_000,
    api_calls_prev_30d: 9_800_000,
    api_call_growth_pct: 250,
  });
});

test('an account whose people are gone is gone', async () => {
  await using side = await setUp();
  await addVelocityPay(side.product);
  await side.product.rescore();
  await side.db.sql('delete from developer_signups');
  await side.product.rescore();
  expect(await side.product.account('velocitypay.io')).toBeNull();
});

test('a walk through signups meets everybody once, company by company', async () => {
  await using side = await setUp();
  const { product, db, orgId } = side;
  for (const email of ['b@two.example', 'a@one.example', 'a@two.example', 'c@two.example'])
    await product.signup({ email });
  for (const email of ['a@gmail.com', 'b@gmail.com', 'c@gmail.com'])
    await product.signup({ email, company_domain: null });
  const met: SignupPlace[] = [];
  for (let after: SignupPlace | null = null; ;) {
    const page: SignupPlace[] = await db.database.transaction(orgId, async (tx) => nextSignups(tx, after, 2));
    if (page.length === 0) break;
    met.push(...page);
    after = page.at(-1)!;
  }
  const two = 'two.example';
  expect(met.map(({ domain }) => domain)).toEqual(['one.example', two, two, two, null, null, null]);
  expect(new Set(met.map(({ id }) => id)).size).toBe(7);
});

test('usage keeps its history, and the latest snapshot counts', async () => {
  await using side = await setUp();
  const { product, db } = side;
  const id = await addVelocityPay(product);
  await product.usage(marcus, { project_count: 0, captured_at: new Date(Date.now() - 86_400_000) });
  await product.update({ developerIds: [id] });
  expect((await product.score(marcus))?.points[1]).toBe(95);
  expect(await db.sql('select count(*)::int as n from internal_signals')).toEqual([{ n: 2 }]);
});

test('hot qualifies as MQL where the marketing profile says so, and not by default', async () => {
  await using side = await setUp();
  const { product, db } = side;
  const id = await addVelocityPay(product);
  await product.update({ developerIds: [id] });
  expect(await db.sql('select status from leads')).toEqual([{ status: 'new' }]);
  const trigger = { id: 'hot', label: 'hot product usage', when: { of: 'plg_tier', equals: 'hot' } } as const;
  await product.profile({ ...defaultMqlProfile, triggers: [...defaultMqlProfile.triggers, trigger] });
  await db.sql('update developer_signups set full_name = $1', ['Marcus C. Chen']);
  await product.update({ developerIds: [id] });
  expect(await db.sql('select status from leads')).toEqual([{ status: 'mql' }]);
});

test('another profile scores again, and the history says what changed', async () => {
  await using side = await setUp();
  const { product, db } = side;
  await addVelocityPay(product);
  await product.rescore();
  const components = defaultPlgProfile.components.map((one) => ({ ...one, weightPercent: 20 }));
  await product.profile({ ...defaultPlgProfile, components });
  await product.rescore();
  expect(await product.score(marcus)).toMatchObject({ points: [85, 95, 90, 80, 85], total: 87 });
  expect(await product.account('velocitypay.io')).toMatchObject({ total: 87 });
  expect(await db.sql(`select total_before, total, reason from score_history where kind = 'plg' order by id`)).toEqual([
    { total_before: null, total: 88, reason: 'company 85, usage 95, expansion 90, champion 80, timing 85' },
    { total_before: 88, total: 87, reason: 'company 85, usage 95, expansion 90, champion 80, timing 85' },
  ]);
});

test('two rescores at once say what changed once', async () => {
  await using side = await setUp();
  const { product, db } = side;
  await addVelocityPay(product);
  for (let n = 0; n < 40; n += 1) await product.signup({ email: `p${n}@velocitypay.io` });
  await product.rescore();
  const components = defaultPlgProfile.components.map((one) => ({ ...one, weightPercent: 20 }));
  await product.profile({ ...defaultPlgProfile, components });
  await Promise.all([product.rescore(), product.rescore(), product.rescore()]);
  const twice = `select lead_id from score_history where kind = 'plg' group by lead_id, total having count(*) > 1`;
  expect(await db.sql(twice)).toEqual([]);
  expect(await product.score(marcus)).toMatchObject({ total: 87 });
});

test('two batches about one company do not miss each other', async () => {
  await using side = await setUp();
  const { product } = side;
  const id = await addVelocityPay(product);
  const others = await Promise.all(
    Array.from({ length: 6 }, async (_, n) => product.signup({ email: `p${n}@velocitypay.io` })),
  );
  await Promise.all([id, ...others].map(async (one) => product.update({ developerIds: [one] })));
  expect(await product.account('velocitypay.io')).toMatchObject({ people: 7 });
});
