import type { Scene } from './scene.ts';

/** Signups as imports leave them: with their leads, one snapshot of usage each, and companies of which something is known. */
export async function makeSignups(scene: Scene, signups: number): Promise<void> {
  await makePeople(scene, signups);
  await makeUsage(scene, signups);
}

/** Without usage. */
export async function makePeople({ client, orgId }: Scene, signups: number): Promise<void> {
  const companies = Math.ceil(signups / 8);
  await client.query(
    `insert into company_enrichment (org_id, domain, company_name, industry, employee_count, funding_stage, total_funding_usd, imported)
     select $1, 'company' || n || '.example', 'Company ' || n, 'Software', n % 2000, (array['seed','series_a','series_b','series_c'])[1 + n % 4],
       n * 1000::bigint, '{}' from generate_series(0, $2::int - 1) n`,
    [orgId, companies],
  );
  await client.query(
    `insert into stakeholders (org_id, company_domain, full_name, title, is_decision_maker, is_technical)
     select $1, 'company' || n || '.example', 'Person ' || k, (array['CTO', 'VP of Engineering'])[k], true, k = 1
     from generate_series(0, $2::int - 1) n, generate_series(1, 2) k`,
    [orgId, companies],
  );
  await client.query(
    `insert into expansion_signals (org_id, company_domain, signal_type, signal_title, signal_strength)
     select $1, 'company' || n || '.example', (array['hiring', 'funding', 'tech_migration'])[k], 'Signal ' || k,
       (array['high', 'medium', 'low'])[1 + (n + k) % 3]
     from generate_series(0, $2::int - 1) n, generate_series(1, 2) k`,
    [orgId, companies],
  );
  await client.query(
    `insert into leads (id, org_id, email, name, company_domain, company_name, industry, employee_count, lead_score)
     select md5('lead ' || n)::uuid, $1, 'person' || n || '@company' || n / 8 || '.example', 'Person ' || n,
       'company' || n / 8 || '.example', 'Company ' || n / 8, 'Software', (n / 8) % 2000, 0
     from generate_series(0, $2::int - 1) n`,
    [orgId, signups],
  );
  await client.query(
    `insert into developer_signups (id, org_id, email, full_name, company_domain, lead_id)
     select md5('signup ' || n)::uuid, $1, 'person' || n || '@company' || n / 8 || '.example', 'Person ' || n,
       'company' || n / 8 || '.example', md5('lead ' || n)::uuid
     from generate_series(0, $2::int - 1) n`,
    [orgId, signups],
  );
  await client.query('vacuum analyze leads, developer_signups, company_enrichment, stakeholders, expansion_signals');
}

async function makeUsage({ client, orgId }: Scene, signups: number): Promise<void> {
  await client.query(
    `insert into internal_signals (org_id, developer_id, project_count, uses_auth, uses_storage, uses_realtime, billing_tier,
       team_member_count, api_calls_30d, api_calls_prev_30d, dashboard_logins_30d)
     select $1, md5('signup ' || n)::uuid, 1 + n % 4, n % 2 = 0, n % 3 = 0, n % 5 = 0, (array['free', 'pro', 'team'])[1 + n % 3],
       1 + n % 7, (n * 7919::bigint) % 3000000, (n * 104729::bigint) % 3000000, n % 30
     from generate_series(0, $2::int - 1) n`,
    [orgId, signups],
  );
  await client.query('vacuum analyze internal_signals');
}

/** Scores of them that look like scores, company by company alike. */
export async function makeScores({ client, orgId }: Scene, signups: number): Promise<void> {
  await client.query(
    `insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score,
       suggested_action, confidence, profile_version)
     select $1, md5('signup ' || n)::uuid, n / 8 * 37 % 101, n::bigint * 7919 % 101, n / 8 * 61 % 101, n::bigint * 104729 % 101,
       n / 8 * 89 % 101, 'Person ' || n || ' uses it most. Suggest a call.', 80, 0
     from generate_series(0, $2::int - 1) n`,
    [orgId, signups],
  );
  await client.query('vacuum analyze lead_scores');
}
