import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachSignups } from '../../../src/db/queries/attach-signups.ts';
import { claimPushes } from '../../../src/db/queries/claim-pushes.ts';
import {
  crmCompaniesOf,
  domainsOfRecords,
  knownDomains,
  saveCrmLayers,
} from '../../../src/db/queries/crm-companies.ts';
import { addMissingCompanies, saveImported } from '../../../src/db/queries/ingest-companies.ts';
import { saveSignals } from '../../../src/db/queries/ingest-signals.ts';
import { addMissingSignups, saveSignups } from '../../../src/db/queries/ingest-signups.ts';
import { saveStakeholders } from '../../../src/db/queries/ingest-stakeholders.ts';
import { fillFromHistory, saveUsage } from '../../../src/db/queries/ingest-usage.ts';
import { leadsOfSignups } from '../../../src/db/queries/leads-of-signups.ts';
import { loadAccounts } from '../../../src/db/queries/load-accounts.ts';
import { loadCompanies } from '../../../src/db/queries/load-companies.ts';
import { loadLeads } from '../../../src/db/queries/load-leads.ts';
import { loadCompanyTargets, lockCompanyPushStates } from '../../../src/db/queries/load-push-targets.ts';
import {
  loadSignups,
  nextDomains,
  nextSignups,
  nextStrangers,
  signupsOfCompanies,
  signupsOfLead,
} from '../../../src/db/queries/load-signups.ts';
import { readDashboard } from '../../../src/db/queries/read-dashboard.ts';
import { refreshStatistics } from '../../../src/db/queries/refresh-statistics.ts';
import {
  dropAccountScores,
  readAccountOutputs,
  saveAccountScores,
} from '../../../src/db/queries/save-account-scores.ts';
import { saveLeadScores } from '../../../src/db/queries/save-lead-scores.ts';
import { saveProductHistory } from '../../../src/db/queries/save-product-history.ts';
import type { Tx } from '../../../src/db/tx.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { explained } from '../../support/plans.ts';

/**
 * Signups of the organisation, eight to a company, each with a lead, usage and a score, every second one in a CRM; each company
 * with people, signals, a score and two records of the CRM. Another organisation has as many. The last ones have neither lead nor
 * score yet.
 */
const signups = 100_000;
const people = 8;
const strangersFrom = 99_000;
/** Records in a batch, and rows that any step of its plan may touch for each: a scan of one table touches a thousand. */
const batch = 100;
const rowsPerRecord = 20;

let db: TestDatabase;
let orgId: OrgId;
const connectionId = '00000000-0000-4000-8000-000000000001';
const numbers = Array.from({ length: batch }, (_, index) => 1 + index * 983);
const strangers = Array.from({ length: batch }, (_, index) => strangersFrom + index * 7);
const companies = numbers.map((n) => Math.floor(n / people));
const idOf = (n: number): string => `00000000-0000-4000-a000-${n.toString(16).padStart(12, '0')}`;
const leadIdOf = (n: number): string => `00000000-0000-4000-9000-${n.toString(16).padStart(12, '0')}`;
const emailOf = (n: number): string => `p${n}@c${Math.floor(n / people)}.example`;
const ids = numbers.map(idOf);
const leadIds = numbers.map(leadIdOf);
const domains = companies.map((n) => `c${n}.example`);
const newDomains = companies.map((n) => `new${n}.example`);
const now = new Date('2026-11-22T12:00:00Z');
const stamp = { weights: [25, 30, 20, 15, 10], version: 2, at: now };
const score = { points: [1, 2, 3, 4, 5], confidence: 50, action: 'Call.' };

beforeAll(async () => {
  db = await testDatabase();
  [orgId] = await db.twoOrgs();
  await db.sql(manyRows);
  await db.database.transaction(orgId, refreshStatistics);
}, 240_000);

afterAll(() => db[Symbol.asyncDispose]());

/** Rows of two organisations. Without triggers: foreign keys of rows that are right by construction cost a minute. */
const manyRows = `
  begin;
  set local session_replication_role = replica;
  insert into connections (id, org_id, name, kind)
    select case slug when 'acme' then '${connectionId}'::uuid else gen_random_uuid() end, id, 'crm', 'hubspot' from orgs;
  create temporary table people on commit drop as
    select o.id as org_id, c.id as connection_id, n, 'p' || n || '@c' || n / ${people} || '.example' as email,
      'c' || n / ${people} || '.example' as domain,
      case o.slug when 'acme' then ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid else gen_random_uuid() end as id,
      case o.slug when 'acme' then ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid else gen_random_uuid() end as lead_id
    from orgs o join connections c on c.org_id = o.id, generate_series(0, ${signups - 1}) n;
  create temporary table companies on commit drop as
    select org_id, connection_id, n / ${people} as n, domain from people where n % ${people} = 0;
  insert into leads (id, org_id, email, company_domain, lead_score) select lead_id, org_id, email, domain, n % 100 from people
    where n < ${strangersFrom} or n % 2 = 0;
  insert into developer_signups (id, org_id, email, company_domain, lead_id)
    select id, org_id, email, domain, case when n < ${strangersFrom} then lead_id end from people;
  insert into internal_signals (org_id, developer_id, project_count, api_calls_30d, api_calls_prev_30d, captured_at)
    select org_id, id, n % 5, n, null, timestamptz '2026-11-20 00:00Z' - months * interval '30 days'
    from people, generate_series(0, 1) months;
  insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select org_id, id, n % 101, n * 7 % 101, n * 13 % 101, n * 3 % 101, n % 97 from people where n < ${strangersFrom};
  insert into company_enrichment (org_id, domain, company_name, imported)
    select org_id, domain, 'Company ' || n, '{}' from companies;
  insert into stakeholders (org_id, company_domain, full_name) select org_id, domain, 'Person ' || k
    from companies, generate_series(1, 2) k;
  insert into expansion_signals (org_id, company_domain, signal_type, signal_title) select org_id, domain, 'hiring', 'Signal ' || k
    from companies, generate_series(1, 2) k;
  insert into account_scores (org_id, company_domain, usage_score, signup_count, profile_version, scored_at)
    select org_id, domain, n % 101, ${people}, 1, '2026-11-01' from companies;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version)
    select org_id, connection_id, 'companies', n * 2 + k, 'company', '2026-11-01', '{}', jsonb_build_object('company_domain', domain), 1
    from companies, generate_series(0, 1) k;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, company_id, lead_id)
    select org_id, connection_id, 'contacts', n, 'lead', '2026-11-01', '{}', '{}', 1, n / ${people} * 2, lead_id from people where n % 2 = 1;
  insert into push_states (org_id, connection_id, object, external_id, wanted, state, available_at)
    select org_id, connection_id, object, external_id, '{}', 'pending', '2026-11-01' from source_records where kind = 'company';
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, state, available_at)
    select org_id, connection_id, object, external_id, lead_id, '{}', 'pending', '2026-11-01' from source_records where kind = 'lead';
  commit;
`;

const page = { tier: null, companyDomain: null, minScore: null, after: null, limit: batch };

const steps: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'loading signups': (tx) => loadSignups(tx, ids),
  'people of companies': (tx) => signupsOfCompanies(tx, domains),
  'signups of a lead': (tx) => signupsOfLead(tx, leadIds[0]!),
  'the next signups': async (tx) => {
    await nextSignups(tx, null, batch);
    await nextSignups(tx, { domain: domains[50]!, id: ids[50]! }, batch);
    await nextSignups(tx, { domain: null, id: ids[50]! }, batch);
  },
  'the next strangers': async (tx) => {
    expect(await nextStrangers(tx, idOf(strangersFrom - 1), batch)).toHaveLength(batch);
  },
  'the next companies': (tx) => nextDomains(tx, domains[50]!, batch),
  'loading companies': (tx) => loadCompanies(tx, domains),
  'loading accounts': (tx) => loadAccounts(tx, domains, now),
  'scores of signups': (tx) =>
    saveLeadScores(
      tx,
      numbers.map((n, index) => ({ ...score, developerId: ids[index]!, leadId: leadIdOf(n), isNew: false })),
      stamp,
    ),
  'first scores': (tx) =>
    saveLeadScores(
      tx,
      strangers.map((n) => ({ ...score, developerId: idOf(n), leadId: null, isNew: true })),
      stamp,
    ),
  'history of scores': (tx) =>
    saveProductHistory(
      tx,
      { runId: connectionId, at: now, plg: { version: 2 } },
      leadIds.map((leadId) => ({ leadId, before: 1, total: 2, tier: 'warm', points: score.points })),
    ),
  'scores of accounts': (tx) =>
    saveAccountScores(
      tx,
      [...domains, ...newDomains].map((domain) => ({
        ...score,
        domain,
        signupCount: people,
        topDeveloperId: ids[0]!,
        topSharePct: 50,
      })),
      stamp,
    ),
  'accounts without people': (tx) => dropAccountScores(tx, domains),
  'what is told of accounts': (tx) => readAccountOutputs(tx, domains),
  'leads of strangers': (tx) => attachSignups(tx, strangers.map(idOf)),
  'signups that have their lead': (tx) => attachSignups(tx, ids),
  'leads that have news': async (tx) => {
    const news = { changed: leadIds, domains: domains.slice(0, 10) };
    await leadsOfSignups(tx, ids, { ...news, isHeard: true });
    await leadsOfSignups(tx, ids, { ...news, isHeard: false });
  },
  'loading leads that signed up': (tx) => loadLeads(tx, leadIds),
  'company records by domain': (tx) => crmCompaniesOf(tx, domains),
  'domains of company records': (tx) =>
    domainsOfRecords(
      tx,
      { connectionId, object: 'companies' },
      companies.map((n) => `${n * 2}`),
    ),
  'domains that the product knows': (tx) => knownDomains(tx, [...domains, ...newDomains]),
  'what CRMs say of companies': (tx) =>
    saveCrmLayers(
      tx,
      [...domains, ...newDomains].map((domain) => ({ domain, fills: {}, wins: { employee_count: 7 } })),
    ),
  'company records to push to': (tx) =>
    loadCompanyTargets(tx, domains, {
      connectionId,
      object: 'companies',
      externalIds: companies.map((n) => `${n * 2 + 1}`),
    }),
  'states of companies to be planned anew': (tx) => lockCompanyPushStates(tx, domains),
  'choosing what to push to companies': (tx) =>
    claimPushes(tx, {
      connectionId,
      object: 'companies',
      token: connectionId,
      now,
      until: now,
      limit: batch,
      upTo: 3,
      isFilledUp: false,
    }),
  'choosing what to push to people': (tx) =>
    claimPushes(tx, {
      connectionId,
      object: 'contacts',
      token: connectionId,
      now,
      until: now,
      limit: batch,
      upTo: 3,
      isFilledUp: false,
    }),
  'signups that come in': (tx) =>
    saveSignups(
      tx,
      numbers.flatMap((n) => [
        { email: emailOf(n), ownDomain: null, said: { full_name: `Person ${n}` } },
        { email: `new${n}@c.example`, ownDomain: 'c.example', said: {} },
      ]),
      now,
    ),
  'signups that nobody told of': (tx) =>
    addMissingSignups(
      tx,
      numbers.flatMap((n) =>
        [emailOf(n), `new${n}@c.example`].map((email) => ({
          email,
          company_domain: null,
          signup_date: now.toISOString(),
        })),
      ),
    ),
  'usage that comes in': async (tx) => {
    const undated = numbers.map((n) => ({ n, email: emailOf(n), project_count: 9, api_calls_30d: n }));
    await saveUsage(tx, undated, now);
    // The one is known and different, the other one new.
    for (const captured_at of ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z']) {
      const dated = undated.map((row) => ({ ...row, captured_at }));
      await saveUsage(tx, dated, now);
    }
  },
  'usage that comes late': (tx) =>
    fillFromHistory(
      tx,
      ids.map((developerId) => ({ developerId, at: '2026-10-21T00:00:00Z' })),
    ),
  'companies that come in': async (tx) => {
    await addMissingCompanies(tx, [...domains, ...newDomains], now);
    const said = { employee_count: 7 };
    await saveImported(
      tx,
      [...domains, ...newDomains].map((domain) => ({ domain, said })),
      now,
    );
  },
  'stakeholders that come in': (tx) =>
    saveStakeholders(
      tx,
      domains.flatMap((company_domain, n) => [
        { n: n * 2, company_domain, said: { full_name: 'Person 1', title: 'CTO' } },
        { n: n * 2 + 1, company_domain, said: { full_name: 'Person 3', external_id: 'x' } },
      ]),
      now,
    ),
  'signals that come in': (tx) =>
    saveSignals(
      tx,
      domains.flatMap((company_domain, n) => [
        {
          n: n * 2,
          company_domain,
          said: { signal_type: 'hiring', signal_title: 'Signal 1', signal_strength: 'high' },
        },
        { n: n * 2 + 1, company_domain, said: { signal_type: 'hiring', signal_title: 'Signal 3' } },
      ]),
      now,
    ),
  'the first page of the dashboard': (tx) => readDashboard(tx, page),
  'a page in the middle': (tx) => readDashboard(tx, { ...page, after: { score: 50, developerId: ids[50]! } }),
  'the last page': (tx) => readDashboard(tx, { ...page, after: { score: 8, developerId: ids[50]! } }),
  'a page of a tier': async (tx) => {
    await readDashboard(tx, { ...page, tier: 'hot' });
    await readDashboard(tx, { ...page, tier: 'monitor', after: { score: 20, developerId: ids[50]! } });
  },
  'a page of a company': (tx) => readDashboard(tx, { ...page, companyDomain: domains[50]! }),
  'a page of a tier of a company': (tx) => readDashboard(tx, { ...page, tier: 'hot', companyDomain: domains[50]! }),
  'a page of a company that nobody knows': (tx) => readDashboard(tx, { ...page, companyDomain: 'nobody.example' }),
  'a page from a score': async (tx) => {
    await readDashboard(tx, { ...page, minScore: 60 });
    await readDashboard(tx, { ...page, minScore: 60, after: { score: 60, developerId: ids[50]! } });
  },
  // Each of these leaves out who has no score, so that the index of scores gives the order.
  'the view by SQL': async (tx) => {
    for (const filter of [
      `tier = 'hot'`,
      'total_score >= 60',
      'total_score is not null',
      `company_domain = '${domains[50]}'`,
    ]) {
      await tx.query(`select * from lead_dashboard where ${filter} limit ${batch}`);
    }
  },
};

test.each(Object.entries(steps))('%s: each statement touches rows of the batch, not of the table', async (_, step) => {
  const touched = await explained({ database: db.database, orgId }, step);
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.filter(({ rows }) => rows > batch * rowsPerRecord)).toEqual([]);
});

async function attached(tx: Tx): Promise<unknown[]> {
  await attachSignups(tx, strangers.map(idOf));
  const tied = 'select 1 from developer_signups where org_id = $1 and id = any($2::uuid[]) and lead_id is not null';
  return tx.query(tied, [orgId, strangers.map(idOf)]);
}

test('there are rows for it to touch', async () => {
  const counted = await db.database.transaction(orgId, async (tx) => ({
    signups: (await loadSignups(tx, ids)).filter(({ is_scored, captured_at }) => is_scored && captured_at !== null),
    companies: await loadCompanies(tx, domains),
    accounts: (await loadAccounts(tx, domains, now)).filter((row) => row.score !== null && row.signup_count === people),
    records: await crmCompaniesOf(tx, domains),
    strangers: await attached(tx),
  }));
  const counts = Object.fromEntries(Object.entries(counted).map(([what, rows]) => [what, rows.length]));
  expect(counts).toEqual({ signups: batch, companies: batch, accounts: batch, records: 2 * batch, strangers: batch });
});
