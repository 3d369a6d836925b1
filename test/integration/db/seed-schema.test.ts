import { afterAll, expect, test } from 'vitest';
import { leadStatuses } from '../../../src/model/lead.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

const db: TestDatabase = await testDatabase();
afterAll(async () => db[Symbol.asyncDispose]());

/** Columns and types as the two seeds give them, in their order; what we add stands beside them. */
const seedColumns: Readonly<Record<string, string>> = {
  leads: `id uuid, org_id uuid, name character varying(200), email character varying(255), company_name character varying(300),
    title character varying(200), state character varying(10), enrollment integer, segment character varying(50), source_id uuid,
    source_detail text, status lead_status, lead_score integer, assigned_to uuid, mql_date timestamp with time zone,
    sql_date timestamp with time zone, opportunity_date timestamp with time zone, opportunity_id uuid, website_visits integer,
    content_downloads integer, email_opens integer, email_clicks integer, demo_requested boolean`,
  developer_signups: `id uuid, email text, full_name text, company_domain text, signup_date timestamp with time zone,
    signup_source text, is_company_email boolean, created_at timestamp with time zone, updated_at timestamp with time zone`,
  internal_signals: `id uuid, developer_id uuid, project_count integer, active_projects integer, uses_auth boolean,
    uses_storage boolean, uses_edge_functions boolean, uses_realtime boolean, uses_vector boolean, uses_cron boolean,
    billing_tier text, tier_upgraded_at timestamp with time zone, team_member_count integer, team_members_added_last_30d integer,
    api_calls_30d bigint, api_calls_prev_30d bigint, api_call_growth_pct numeric, last_active_at timestamp with time zone,
    dashboard_logins_30d integer, captured_at timestamp with time zone`,
  company_enrichment: `id uuid, domain text, company_name text, industry text, employee_count integer, employee_range text,
    company_type text, funding_stage text, total_funding_usd bigint, tech_stack jsonb, linkedin_url text,
    enriched_at timestamp with time zone`,
  stakeholders: `id uuid, company_domain text, full_name text, title text, department text, seniority text, linkedin_url text,
    is_decision_maker boolean, is_technical boolean, is_budget_holder boolean, enriched_at timestamp with time zone`,
  expansion_signals: `id uuid, company_domain text, signal_type text, signal_title text, signal_detail text, signal_date date,
    signal_strength text, captured_at timestamp with time zone`,
  lead_scores: `id uuid, developer_id uuid, company_score integer, usage_score integer, expansion_score integer,
    champion_score integer, timing_score integer, total_score integer, tier text, suggested_action text,
    scored_at timestamp with time zone`,
};

test.each(Object.entries(seedColumns))('%s has the columns of the seed, in its order', async (table, list) => {
  const expected = list.split(',').map((column) => column.trim().replaceAll(/\s+/g, ' '));
  const names = expected.map((column) => column.split(' ')[0]);
  const rows = await db.sql<{ column: string }>(
    `select attname || ' ' || format_type(atttypid, atttypmod) as column from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and attname = any($2) order by attnum`,
    [table, names],
  );
  expect(rows.map(({ column }) => column)).toEqual(expected);
});

test('the lead status has the seven values of the seed, in its order', async () => {
  const rows = await db.sql<{ label: string }>(`select unnest(enum_range(null::lead_status))::text as label`);
  expect(rows.map(({ label }) => label)).toEqual([
    'new',
    'engaged',
    'mql',
    'sql',
    'opportunity',
    'disqualified',
    'recycled',
  ]);
  expect(rows.map(({ label }) => label)).toEqual(leadStatuses);
});

test('the five indexes of the seed are there under their names, below the organisation', async () => {
  const rows = await db.sql<{ name: string; definition: string }>(
    `select indexname::text as name, substring(indexdef from '\\(([^)]*)\\)') as definition from pg_indexes
     where tablename = 'leads' and indexname ~ '_(status|source|assigned|score|mql_date)_idx$' order by 1`,
  );
  expect(rows).toEqual([
    { name: 'leads_assigned_idx', definition: 'org_id, assigned_to' },
    { name: 'leads_mql_date_idx', definition: 'org_id, mql_date' },
    { name: 'leads_score_idx', definition: 'org_id, lead_score, id' },
    { name: 'leads_source_idx', definition: 'org_id, source_id' },
    { name: 'leads_status_idx', definition: 'org_id, status' },
  ]);
});

test('the foreign keys of the seed cascade as it says', async () => {
  const rows = await db.sql<{
    key: string;
  }>(`select format('%s > %s %s', conrelid::regclass, confrelid::regclass, confdeltype) as key
    from pg_constraint where contype = 'f' and confrelid <> 'orgs'::regclass order by 1`);
  expect(rows.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      'internal_signals > developer_signups c',
      'lead_scores > developer_signups c',
      'stakeholders > company_enrichment c',
      'expansion_signals > company_enrichment c',
      'leads > lead_sources a',
      'leads > users a',
      'leads > opportunities a',
    ]),
  );
});

test('personal and company addresses, and growth, are computed', async () => {
  const orgId = await db.org('computed');
  const emails = [
    'a@gmail.com',
    'a@yahoo.com',
    'a@hotmail.com',
    'a@outlook.com',
    'a@icloud.com',
    'a@notgmail.com',
    'a@gmail.com.br',
  ];
  const rows = await db.sql<{ is_company_email: boolean }>(
    `insert into developer_signups (org_id, email) select $1, unnest($2::text[]) returning is_company_email`,
    [orgId, emails],
  );
  expect(rows.map((row) => row.is_company_email)).toEqual([false, false, false, false, false, true, true]);
  const growth = await db.sql<{ api_call_growth_pct: number }>(
    `insert into internal_signals (org_id, developer_id, api_calls_30d, api_calls_prev_30d, captured_at)
     select $1, (select id from developer_signups limit 1), now_calls, prev, day from (values (2800000, 800000, date '2026-01-01'),
       (5, 0, '2026-01-02'), (1, 3, '2026-01-03'), (50, 100, '2026-01-04')) v (now_calls, prev, day)
     returning api_call_growth_pct`,
    [orgId],
  );
  expect(growth.map((row) => row.api_call_growth_pct)).toEqual([250, 0, -66.7, -50]);
});

const dashboardColumns =
  `developer_id email champion_name company_domain is_company_email company_name industry employee_count
  employee_range funding_stage total_funding_usd tech_stack project_count billing_tier team_member_count api_calls_30d
  api_call_growth_pct uses_auth uses_edge_functions uses_realtime uses_vector last_active_at features_used total_score tier
  suggested_action stakeholder_count signal_count`.split(/\s+/);

test('lead_dashboard shows the sample lead of the seed, columns and rows in its order', async () => {
  const orgId = await db.org('sample');
  await db.database.transaction(orgId, async (tx) => {
    await tx.query(
      `insert into developer_signups (org_id, email, full_name, company_domain) select $1, * from (values
      ('marcus.chen@velocitypay.io', 'Marcus Chen', 'velocitypay.io'), ('unscored@late.io', 'Un Scored', 'late.io'),
      ('home@homefront.io', 'Home Front', 'homefront.io'), ('private@gmail.com', 'Private', null)) v`,
      [orgId],
    );
    await tx.query(
      `insert into company_enrichment (org_id, domain, company_name, industry, employee_count, employee_range,
      funding_stage, total_funding_usd, tech_stack) values ($1, 'velocitypay.io', 'VelocityPay', 'Financial Services', 180,
      '51-200', 'series_b', 45000000, '["AWS", "PostgreSQL", "Auth0", "React"]')`,
      [orgId],
    );
    // An older snapshot, which the dashboard must not show.
    await tx.query(
      `insert into internal_signals (org_id, developer_id, project_count, uses_auth, uses_storage, uses_edge_functions,
      uses_realtime, billing_tier, team_member_count, api_calls_30d, api_calls_prev_30d, captured_at)
      select $1, id, v.* from developer_signups, (values
        (1, false, false, false, false, 'free', 1, 1, 1, now() - interval '1 day'),
        (4, true, true, true, true, 'pro', 5, 2800000, 800000, now())) v where email like 'marcus%'`,
      [orgId],
    );
    await tx.query(
      `insert into stakeholders (org_id, company_domain, full_name) values
      ($1, 'velocitypay.io', 'Sarah Kim'), ($1, 'velocitypay.io', 'David Park')`,
      [orgId],
    );
    await tx.query(
      `insert into expansion_signals (org_id, company_domain, signal_type, signal_title)
      select $1, 'velocitypay.io', t, t from unnest('{hiring,tech_migration,funding}'::text[]) t`,
      [orgId],
    );
    await tx.query(
      `insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
      select $1::uuid, id, 85, 95, 90, 80, 85 from developer_signups where email like 'marcus%'
      union all select $1::uuid, id, 95, 95, 95, 95, 95 from developer_signups where email like 'home%'`,
      [orgId],
    );
  });
  const rows = await db.database.transaction(orgId, (tx) =>
    tx.query<Record<string, unknown>>('select * from lead_dashboard'),
  );
  expect(rows.map((row) => [row['email'], row['total_score'], row['tier']])).toEqual([
    ['home@homefront.io', 95, 'hot'],
    ['marcus.chen@velocitypay.io', 88, 'hot'],
    ['unscored@late.io', null, null],
  ]);
  expect(Object.keys(rows[0]!)).toEqual(dashboardColumns);
  expect(rows[1]).toMatchObject({
    champion_name: 'Marcus Chen',
    company_name: 'VelocityPay',
    tech_stack: ['AWS', 'PostgreSQL', 'Auth0', 'React'],
    project_count: 4,
    api_call_growth_pct: 250,
    features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
    stakeholder_count: 2,
    signal_count: 3,
  });
});

test('a lead is found by address through an index, although row level security is on', async () => {
  const orgId = await db.org('indexed');
  await db.sql(`insert into leads (org_id, email) select $1, 'User' || i || '@x.io' from generate_series(1, 20000) i`, [
    orgId,
  ]);
  await db.sql('analyze leads');
  const plan = await db.database.transaction(orgId, (tx) =>
    tx.query<{ 'QUERY PLAN': string }>(
      `explain select l.id from unnest($1::text[]) w (key) join leads l on l.email_key = w.key and l.merged_into is null
       and l.email_key is not null`,
      [['user1@x.io', 'user2@x.io']],
    ),
  );
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toMatch(
    /leads_email_idx[^]*Index Cond: .*email_key = w\.key/,
  );
});
