import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachLeads } from '../../../src/db/queries/attach-leads.ts';
import { claimEvents } from '../../../src/db/queries/claim-events.ts';
import { claimPushes } from '../../../src/db/queries/claim-pushes.ts';
import { findIdentities } from '../../../src/db/queries/find-identities.ts';
import { heldRecords } from '../../../src/db/queries/held-records.ts';
import { leadsOfCompanies } from '../../../src/db/queries/leads-of-companies.ts';
import { loadDatedEvents } from '../../../src/db/queries/load-dated-events.ts';
import { loadLeads } from '../../../src/db/queries/load-leads.ts';
import { loadPushTargets, lockPushStates } from '../../../src/db/queries/load-push-targets.ts';
import { leadsOfOpportunities, saveLinks, saveOpportunities } from '../../../src/db/queries/opportunities.ts';
import { countRecords, nameLeads, nextPeople, searchScoredLeads } from '../../../src/db/queries/preview-people.ts';
import { readPending } from '../../../src/db/queries/read-pending.ts';
import { refreshStatistics } from '../../../src/db/queries/refresh-statistics.ts';
import { retireRecords } from '../../../src/db/queries/retire-records.ts';
import {
  findRecordId,
  leadsOfRecords,
  readImages,
  sampleImages,
  sampleRecordIds,
} from '../../../src/db/queries/sample-records.ts';
import { saveEvents, withdrawEvents } from '../../../src/db/queries/save-events.ts';
import { type LeadRow, saveLeads } from '../../../src/db/queries/save-leads.ts';
import { savePushStates } from '../../../src/db/queries/save-push-states.ts';
import { lockClaimed, saveSettled } from '../../../src/db/queries/settle-pushes.ts';
import { upsertSourceRecords } from '../../../src/db/queries/upsert-source-records.ts';
import { settleLedger, writeLedger } from '../../../src/db/queries/write-ledger.ts';
import type { Tx } from '../../../src/db/tx.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { crowd, crowdConnectionId, crowdLeadId, explained } from '../../support/plans.ts';

/**
 * Leads of the organisation, each with a record, a receipt, a push state, an event and an opportunity; another one has as many.
 */
const leads = 100_000;
/** Records in a batch, and rows that any step of its plan may touch for each: a scan of one table touches a thousand. */
const batch = 100;
const rowsPerRecord = 20;

let db: TestDatabase;
let orgId: OrgId;
const connectionId = crowdConnectionId;
const numbers = Array.from({ length: batch }, (_, index) => 1 + index * 997);
const ids = numbers.map((n) => `${n}`);
const leadIds = numbers.map(crowdLeadId);
const target = { connectionId, object: 'contacts' };
const now = new Date('2026-11-22T12:00:00Z');

beforeAll(async () => {
  db = await testDatabase();
  [orgId] = await db.twoOrgs();
  await db.sql(manyRows);
  await db.database.transaction(orgId, refreshStatistics);
}, 120_000);

afterAll(() => db[Symbol.asyncDispose]());

/** Rows of two organisations. */
const manyRows = `
  ${crowd(leads)}
  insert into sync_cursors (org_id, connection_id, object, lane)
    select org_id, id, object, 'full' from connections, unnest(array['contacts', 'companies']) object;
  insert into leads (id, org_id, email, lead_score) select lead_id, org_id, 'p' || n || '@x.example', n % 100 from people;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, company_id, lead_id)
    select org_id, connection_id, 'contacts', n, 'lead', '2026-11-01', '{}', '{}', 1, 1000000 + n % 10000, lead_id from people;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version)
    select org_id, connection_id, 'companies', 1000000 + n, 'company', '2026-11-01', '{}', '{}', 1 from people where n < 10000;
  insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version)
    select org_id, connection_id, 'deals', 2000000 + n, 'opportunity', '2026-11-01', '{"state": "open"}', '{}', 1 from people;
  insert into opportunities (org_id, connection_id, external_id)
    select org_id, connection_id, 2000000 + n from people;
  insert into opportunity_links (org_id, connection_id, external_id, person, opportunity)
    select org_id, connection_id, 'role ' || n, n, 2000000 + n from people;
  insert into score_breakdowns (org_id, lead_id, kind, profile_version, total, tier, reason, breakdown, scored_at)
    select org_id, lead_id, 'mql', 1, n % 100, 'warm', 'because', '{}', '2026-11-01' from people;
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, state, available_at)
    select org_id, connection_id, 'contacts', n, lead_id, '{}', case when n % 2 = 0 then 'pending' else 'settled' end,
      '2026-11-01' from people;
  insert into engagement_events (org_id, connection_id, external_id, person, type, occurred_at, lead_id)
    select org_id, connection_id, 'e' || n, n, 'email_open', '2026-11-01', lead_id from people;
  commit;
`;

const steps: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'records for the editor of a mapping': async (tx) => {
    const companies = { ...target, object: 'companies' };
    expect(await sampleRecordIds(tx, target, 50)).toHaveLength(50);
    await sampleRecordIds(tx, companies, 50);
    expect(await findRecordId(tx, target, 'p5@x.example')).toBe('5');
    expect(await findRecordId(tx, target, '7')).toBe('7');
    expect((await readImages(tx, target, ids)).length).toBe(batch);
    expect((await leadsOfRecords(tx, target, ids)).size).toBe(batch);
    expect((await leadsOfRecords(tx, companies, ['1000001', '1000002'])).size).toBe(2);
  },
  'records that are held': (tx) =>
    heldRecords(
      tx,
      { ...target, mappingVersion: 1 },
      ids.map((externalId) => ({ externalId, modifiedAt: now })),
    ),
  'writing images': (tx) =>
    upsertSourceRecords(
      tx,
      { ...target, kind: 'lead', mappingVersion: 1 },
      ids.map((externalId) => ({
        externalId,
        modifiedAt: now,
        fields: { a: 1 },
        mapped: {},
        companyId: null,
        successor: null,
      })),
    ),
  'who is this': (tx) =>
    findIdentities(
      tx,
      target,
      ids.map((externalId) => ({
        externalId,
        mergedIds: [`${Number(externalId) + 1}`],
        successor: { object: 'contacts', externalId: `${Number(externalId) + 2}` },
        email: `p${externalId}@x.example`,
      })),
    ),
  'tying records to leads': (tx) =>
    attachLeads(
      tx,
      target,
      [],
      ids.map((externalId, index) => ({ externalId, leadId: leadIds[index]! })),
    ),
  'leads of companies': (tx) => leadsOfCompanies(tx, connectionId, ['1000001', '1000002']),
  'events of new people': (tx) =>
    claimEvents(
      tx,
      connectionId,
      leadIds.map((leadId, index) => ({ person: ids[index]!, leadId })),
    ),
  'new events': (tx) =>
    saveEvents(
      tx,
      connectionId,
      ids.map((id) => ({
        externalId: `new ${id}`,
        type: 'email_open',
        occurredAt: now,
        quantity: 1,
        detail: null,
        contactIds: [id],
        email: null,
      })),
    ),
  'events that are taken back': (tx) =>
    withdrawEvents(
      tx,
      connectionId,
      numbers.flatMap((n) => [`e${n}`, `unknown ${n}`]),
    ),
  'opportunities that were pulled': (tx) =>
    saveOpportunities(
      tx,
      { connectionId, object: 'deals' },
      numbers.map((n) => `${2_000_000 + n}`),
    ),
  'leads of opportunities': (tx) =>
    leadsOfOpportunities(
      tx,
      connectionId,
      numbers.map((n) => `${2_000_000 + n}`),
    ),
  'people of opportunities': (tx) =>
    saveLinks(
      tx,
      connectionId,
      numbers.map((n) => ({ externalId: `new ${n}`, personId: `${n}`, opportunityId: `${2_000_000 + n}` })),
    ),
  'records that are gone': (tx) =>
    retireRecords(
      tx,
      connectionId,
      ids.map((externalId) => ({ object: 'contacts', externalId, reason: 'archived', mergedInto: null })),
    ),
  'loading leads': (tx) => loadLeads(tx, leadIds),
  'a page of a preview': (tx) => nextPeople(tx, 'mql', { after: leadIds[50] ?? null, limit: batch }),
  'names in a preview': (tx) => nameLeads(tx, leadIds),
  'records in a preview': (tx) => countRecords(tx, leadIds),
  'values of leads': (tx) => saveLeads(tx, leadIds.map(leadRow)),
  'loading events': (tx) => loadDatedEvents(tx, leadIds),
  'records to push to': (tx) => loadPushTargets(tx, leadIds, { ...target, externalIds: ids }),
  'states to be planned anew': (tx) => lockPushStates(tx, leadIds),
  'a page of what waits': (tx) =>
    readPending(tx, { ...target, limit: batch, after: { priority: 2, parent: '', externalId: '5' } }),
  'choosing what to push': (tx) =>
    claimPushes(tx, { ...target, token: connectionId, now, until: now, limit: batch, upTo: 3, isFilledUp: false }),
  'choosing what is urgent, with others that fill up a call': (tx) =>
    claimPushes(tx, { ...target, token: connectionId, now, until: now, limit: batch, upTo: 0, isFilledUp: true }),
  'settling a push': async (tx) => {
    const claim = { ...target, token: connectionId };
    const claimed = await claimPushes(tx, { ...claim, now, until: now, limit: batch, upTo: 3, isFilledUp: false });
    const change = { field: 'score', before: null, after: 1, why: 'differs' };
    const planned = claimed.map((record) => ({ record, changes: [change] }));
    await writeLedger(tx, { ...claim, runId: connectionId, now }, planned);
    const externalIds = claimed.map(({ externalId }) => externalId);
    const locked = await lockClaimed(tx, { ...claim, externalIds });
    expect(locked).toHaveLength(batch);
    const settled = { state: 'settled', priority: 2, attempts: 0, availableAt: now, lastError: null } as const;
    await saveSettled(
      tx,
      { token: claim.token, now },
      locked.map((record) => ({ ...record, ...settled })),
    );
    const outcome = { field: null, outcome: 'applied', reason: null, requestId: null } as const;
    await settleLedger(
      tx,
      { token: claim.token, now },
      externalIds.map((externalId) => ({ externalId, ...outcome })),
    );
  },
  'wanted values': (tx) =>
    savePushStates(
      tx,
      ids.map((externalId, index) => ({
        ...target,
        externalId,
        leadId: leadIds[index]!,
        wanted: { score: 1 },
        remote: {},
        pushed: {},
        kept: {},
        pending: true,
        priority: 1,
        parent: '',
        changedAt: now,
      })),
      now,
    ),
};

function leadRow(id: string): LeadRow {
  const texts = {
    name: 'Ada',
    email: null,
    company_name: null,
    title: null,
    state: null,
    segment: null,
    industry: null,
  };
  const counters = { website_visits: 0, content_downloads: 0, email_opens: 0, email_clicks: 0, demo_requested: false };
  const dates = { mql_date: null, sql_date: null, opportunity_date: null };
  const owner = { crm_owner: '1000001', owner_connection: connectionId };
  const origin = { source: 'crm', source_detail: null, company_domain: null, crm_status: null };
  const scored = {
    lead_score: 1,
    tier: 'monitor',
    status: 'new',
    episode: 1,
    baseline: null,
    enrollment: null,
    employee_count: null,
  } as const;
  return { id, ...texts, ...counters, ...dates, ...owner, ...origin, ...scored };
}

test.each(Object.entries(steps))('%s: each statement touches rows of the batch, not of the table', async (_, step) => {
  const touched = await explained({ database: db.database, orgId }, step);
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.filter(({ rows }) => rows > batch * rowsPerRecord)).toEqual([]);
});

test('a part of a name is looked for among a bounded number of leads', async () => {
  const touched = await explained({ database: db.database, orgId }, (tx) => searchScoredLeads(tx, 'p17@', 20));
  expect(Math.max(...touched.map(({ rows }) => rows))).toBeLessThanOrEqual(5_000);
});

test('pulled records of an object are looked for among a bounded number of records', async () => {
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    const found = await sampleImages(tx, { ...target, version: 1 }, 2_000);
    expect([found.images.length, found.isAll]).toEqual([2_000, false]);
  });
  expect(Math.max(...touched.map(({ rows }) => rows))).toBeLessThanOrEqual(20_000);
});

test('a scan of a table is noticed', async () => {
  const touched = await explained({ database: db.database, orgId }, (tx) =>
    tx.query('select count(*) from leads where title is null'),
  );
  expect(touched.some(({ rows }) => rows >= leads)).toBe(true);
});

test('before there are statistics, a foreign key looks a lead up by its id', async () => {
  await using empty = await testDatabase();
  const org = await empty.org('acme');
  const check = `select 1 from only leads x where org_id = $1 and id = $2 for key share of x`;
  const [row] = await empty.sql<{ 'QUERY PLAN': unknown }>(`explain (format json) ${check}`, [org, org]);
  expect(JSON.stringify(row)).toContain('leads_org_id_id_key');
});
