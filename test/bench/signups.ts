import { randomUUID } from 'node:crypto';
import { readRules } from '../../src/db/queries/read-rules.ts';
import type { ScoringProfile } from '../../src/model/profile.ts';
import { rescoreAllSignups } from '../../src/plg/rescore-signups.ts';
import { scoringContext } from '../../src/pull/prepare.ts';
import { compileProfile } from '../../src/scoring/compile.ts';
import { defaultPlgProfile } from '../../src/scoring/defaults.ts';
import { type Cost, measure, type StatementCost, watch } from './meter.ts';
import type { BenchServer, Scene } from './scene.ts';

export interface SignupRescore {
  readonly signups: number;
  /** Every signup gets another score; their companies too. */
  readonly changed: Cost;
  readonly unchanged: Cost;
  /** `update lead_scores set usage_score = …` of the same rows: PostgreSQL computes total and tier as well. */
  readonly update: Cost;
  /** New weights for all rows in one statement. */
  readonly weights: Cost;
  readonly statements: { readonly changed: readonly StatementCost[]; readonly unchanged: readonly StatementCost[] };
}

/** A rescore of every signup against one plain UPDATE of the same rows. */
export async function measureSignupRescore(
  server: BenchServer,
  signups: number,
  say: (line: string) => void,
): Promise<SignupRescore> {
  await using scene = await server.database();
  say(`signups: making ${signups}, eight to a company`);
  await makeSignups(scene, signups);
  const database = watch(scene.database);
  const rules = await database.transaction(scene.orgId, readRules);
  const run = async (profile: ScoringProfile, what: string): Promise<Cost> => {
    const base = { orgId: scene.orgId, runId: randomUUID(), at };
    const context = { ...scoringContext(rules, base, []), plg: { profile: compileProfile(profile), version: null } };
    let said = 0;
    const onProgress = (done: number): void => {
      if (done < said + signups / 4) return;
      said = done;
      say(`signups: ${what}, ${done} of ${signups}`);
    };
    const rescore = { signal: new AbortController().signal, onProgress };
    const { result, cost } = await measure(server.postmaster, async () =>
      rescoreAllSignups(database, context, rescore),
    );
    if (result.scored !== signups) throw new Error(`${result.scored} of ${signups} signups were scored`);
    return cost;
  };
  await run(defaultPlgProfile, 'first scores');
  await vacuum(scene);
  database.reset();
  const changed = await run(dearer, 'every score changes');
  const changedStatements = database.statements();
  database.reset();
  const unchanged = await run(dearer, 'nothing changes');
  const statements = { changed: changedStatements, unchanged: database.statements() };
  await vacuum(scene);
  const { cost: update } = await measure(server.postmaster, async () =>
    scene.client.query('update lead_scores set usage_score = (usage_score + 1) % 101'),
  );
  await vacuum(scene);
  const { cost: weights } = await measure(server.postmaster, async () =>
    scene.client.query('update lead_scores set company_weight = 0.3, usage_weight = 0.25'),
  );
  return { signups, changed, unchanged, update, weights, statements };
}

const at = new Date();

/** Another profile under which every signup has another component. */
const dearer: ScoringProfile = {
  ...defaultPlgProfile,
  components: defaultPlgProfile.components.map((component) => ({
    ...component,
    rules: component.rules.map((rule) =>
      rule.type === 'per-unit' && rule.of === 'project_count' ? { ...rule, points: rule.points - 2 } : rule,
    ),
  })),
};

async function vacuum({ client }: Scene): Promise<void> {
  await client.query(
    'vacuum analyze leads, developer_signups, internal_signals, company_enrichment, lead_scores, account_scores, score_history',
  );
}

/** Signups as imports leave them: with their leads, one snapshot of usage each, and companies of which something is known. */
async function makeSignups({ client, orgId }: Scene, signups: number): Promise<void> {
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
  await client.query(
    `insert into internal_signals (org_id, developer_id, project_count, uses_auth, uses_storage, uses_realtime, billing_tier,
       team_member_count, api_calls_30d, api_calls_prev_30d, dashboard_logins_30d)
     select $1, md5('signup ' || n)::uuid, 1 + n % 4, n % 2 = 0, n % 3 = 0, n % 5 = 0, (array['free', 'pro', 'team'])[1 + n % 3],
       1 + n % 7, (n * 7919::bigint) % 3000000, (n * 104729::bigint) % 3000000, n % 30
     from generate_series(0, $2::int - 1) n`,
    [orgId, signups],
  );
  await client.query(
    'vacuum analyze leads, developer_signups, internal_signals, company_enrichment, stakeholders, expansion_signals',
  );
}
