import { afterAll, beforeAll, expect, test } from 'vitest';
import { countLeads } from '../../../src/db/queries/count-leads.ts';
import { findLead } from '../../../src/db/queries/find-lead.ts';
import { readScoreHistory } from '../../../src/db/queries/lead-history.ts';
import { readLeadLedger, readLeadPushes } from '../../../src/db/queries/lead-pushes.ts';
import { readLeadRecords, readLeadValues } from '../../../src/db/queries/lead-records.ts';
import { type LeadListQuery, leadsById, leadsLookedAt, listLeads } from '../../../src/db/queries/list-leads.ts';
import { nextPeople } from '../../../src/db/queries/preview-people.ts';
import { refreshStatistics } from '../../../src/db/queries/refresh-statistics.ts';
import type { Tx } from '../../../src/db/tx.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { compileProfile } from '../../../src/scoring/compile.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { comparePeople } from '../../../src/scoring-editor/compare-people.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { crowd, crowdConnectionId as connectionId, crowdLeadId as idOf, explained } from '../../support/plans.ts';

/** Leads of the organisation, each with a record, a receipt, a push state, its history and a write; another one has as many. */
const leads = 100_000;
const page = 50;
/** Rows that any step of a plan may touch for each lead of a page. */
const rowsPerLead = 20;

let db: TestDatabase;
let orgId: OrgId;

beforeAll(async () => {
  db = await testDatabase();
  [orgId] = await db.twoOrgs();
  await db.sql(manyRows);
  await db.database.transaction(orgId, refreshStatistics);
}, 120_000);

afterAll(() => db[Symbol.asyncDispose]());

// One in ten stands at the edge of a tier.
const score = 'case when n % 10 = 1 then 80 else n % 101 end';
const manyRows = `
  ${crowd(leads)}
  insert into leads (id, org_id, name, email, company_name, source_detail, lead_score, tier, status)
    select lead_id, org_id, 'Person ' || n, 'p' || n || '@x.example', 'Company ' || n, repeat('campaign ', 30), ${score},
      case when ${score} >= 80 then 'hot' else 'cold' end,
      case when n % 500 = 0 then 'opportunity' when n % 3 = 0 then 'engaged' else 'new' end::lead_status from people;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, lead_id)
    select org_id, connection_id, 'contacts', n, 'lead', '2026-11-01', '{}', '{}', 1, lead_id from people;
  insert into score_breakdowns (org_id, lead_id, kind, profile_version, total, tier, reason, breakdown, scored_at)
    select org_id, lead_id, 'mql', 1, ${score}, case when ${score} >= 80 then 'hot' else 'cold' end, 'because', '{}', '2026-11-01' from people;
  insert into score_history (org_id, lead_id, kind, profile_version, total, tier, reason, at)
    select org_id, lead_id, 'mql', 1, n % 101, 'warm', 'because', '2026-11-01' from people, generate_series(1, 2);
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, state, available_at)
    select org_id, connection_id, 'contacts', n, lead_id, '{}', 'settled', '2026-11-01' from people;
  insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, why, sent_at)
    select org_id, connection_id, connection_id, connection_id, 'contacts', n, lead_id, 'score', 'differs', '2026-11-01' from people;
  commit;
`;

const all: LeadListQuery = {
  status: null,
  tier: null,
  scores: { least: 0, most: 100 },
  segment: null,
  connectionId: null,
  search: null,
  after: null,
  limit: page,
};
const list = (query: Partial<LeadListQuery>) => async (tx: Tx) => {
  expect((await listLeads(tx, { ...all, ...query })).leads).toHaveLength(page);
};
const live = compileProfile(defaultMqlProfile);
const contest = { live, draft: live, at: new Date('2026-11-02') };
const middle = { score: 50, id: idOf(60_000) };

const steps: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'the best leads': list({}),
  'a page in the middle': list({ after: middle }),
  'leads of a status that few have': list({ status: 'opportunity' }),
  'leads of a status, in the middle': list({ status: 'opportunity', after: middle }),
  'leads of a tier': list({ tier: 'hot', scores: { least: 80, most: 100 } }),
  'leads of a tier, behind very many that show the same score': list({ tier: 'cold', scores: { least: 0, most: 80 } }),
  'leads of a tier, in the middle': list({ tier: 'cold', scores: { least: 0, most: 80 }, after: middle }),
  'leads of a connection': list({ connectionId }),
  'people of a preview': async (tx) => {
    const ids = await nextPeople(tx, 'mql', { after: null, limit: page });
    expect(await comparePeople.mql(tx, contest, ids)).toHaveLength(page);
  },
  'leads by their ids': (tx) => leadsById(tx, [idOf(1), idOf(2)]),
  'who has this id': (tx) => findLead(tx, idOf(77)),
  'who has this address': async (tx) => expect(await findLead(tx, 'P77@x.example')).toBe(idOf(77)),
  'who has this id of a CRM': async (tx) => expect(await findLead(tx, '77')).toBe(idOf(77)),
  'one person': async (tx) => {
    await readLeadValues(tx, idOf(77));
    expect(await readLeadRecords(tx, idOf(77))).toHaveLength(1);
    expect(await readLeadPushes(tx, [idOf(77)])).toHaveLength(1);
    expect(await readLeadLedger(tx, idOf(77))).toHaveLength(1);
    expect(await readScoreHistory(tx, idOf(77))).toHaveLength(2);
  },
};

test.each(Object.entries(steps))('%s: each statement touches rows of the page, not of the table', async (_, step) => {
  const touched = await explained({ database: db.database, orgId }, step);
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.filter(({ rows }) => rows > page * rowsPerLead)).toEqual([]);
});

test('of a tier and a status so many leads are looked at and no more, however few are both', async () => {
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    const query = { ...all, status: 'new', tier: 'nobody', scores: { least: 0, most: 80 } } as const;
    expect(await listLeads(tx, query)).toMatchObject({ leads: [], next: { score: expect.any(Number) as number } });
  });
  expect(touched.filter(({ rows }) => rows > leadsLookedAt + page)).toEqual([]);
});

test('a search for nobody looks at so many leads and no more, and says where it goes on', async () => {
  const nobody = { ...all, search: 'nobody at all' };
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    const { leads: found, next } = await listLeads(tx, nobody);
    expect(found).toEqual([]);
    expect(next).not.toBe(null);
  });
  expect(touched.filter(({ rows }) => rows > leadsLookedAt + page)).toEqual([]);
  let calls = 1;
  for (let after: LeadListQuery['after'] = null; ; calls += 1) {
    const { next } = await db.database.transaction(orgId, (tx) => listLeads(tx, { ...nobody, after }));
    if (next === null) break;
    after = next;
  }
  expect(calls).toBe(leads / leadsLookedAt + 1);
});

test('counting everybody is one pass for the statuses and one for the tiers, and neither reads a lead', async () => {
  // Says which pages everybody may see: without it an index alone does not tell.
  await db.sql('vacuum leads');
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    const counts = await countLeads(tx);
    for (const kind of [counts.statuses, counts.tiers])
      expect(kind.reduce((sum, { leads: some }) => sum + some, 0)).toBe(leads);
  });
  expect(touched.filter(({ node }) => node.includes('Scan')).map(({ node }) => node)).toEqual([
    'Index Only Scan leads',
    'Index Only Scan leads',
  ]);
});
