import { expect, test } from 'vitest';
import { startSalesforceLoop, type SalesforceLoop } from '../../support/loop.ts';
import { salesforceCallsOf, salesforceWritesOf } from '../../support/loop-calls.ts';
import { startProxy } from '../../support/loop-proxy.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

const required = ['Account', 'Lead', 'Contact'];
const activities = ['CampaignMember', 'Task', 'Event', 'EmailMessage'];
const incremental = [...required, 'Opportunity', 'OpportunityContactRole', ...activities];
const sum = (parts: readonly Readonly<Record<string, number>>[]): Record<string, number> => Object.assign({}, ...parts);

/** One call per pulled object and lane. */
const idle = sum([
  { 'GET /query User': 1 },
  ...incremental.map((object) => ({ [`GET /queryAll ${object}`]: 1, [`GET /sobjects/${object}/updated`]: 1 })),
]);

/** How a first pass reads its objects: a bulk job each, which is looked at twice, and one page of results. */
const firstPass = {
  'POST /jobs/query': incremental.length,
  'GET /jobs/query/:id': 2 * incremental.length,
  'GET /jobs/query/:id/results': incremental.length,
  'DELETE /jobs/query/:id': incremental.length,
};

interface History {
  readonly scores: number;
  readonly moves: number;
  readonly writes: number;
}

async function historyOf({ db }: SalesforceLoop): Promise<History> {
  const [row] = await db.sql<History>(
    `select (select count(*)::int from score_history) as scores, (select count(*)::int from lifecycle_transitions) as moves,
       (select count(*)::int from push_ledger) as writes`,
  );
  return row!;
}

test('the first sync reads in bulk and writes in two hundreds, the second reads the echo, the third rests', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 450, contacts: 250 } });
  const hands = salesforceHandsOf(loop);
  const [leads, contacts] = [hands.living('Lead').length, hands.living('Contact').length];

  const first = await loop.sync();
  expect(first).toMatchObject({
    status: 'succeeded',
    failure: null,
    counts: { pushed: leads + contacts, pushRejected: 0 },
  });
  expect(salesforceCallsOf(loop.crm)).toEqual(
    sum([
      { 'POST /services/oauth2/token': 1, 'GET /query Organization': 1, 'GET /query User': 1 },
      firstPass,
      ...incremental.map((object) => ({ [`GET /sobjects/${object}/describe`]: 1 })),
      // What was deleted lately, for campaign members have no recycle bin.
      ...activities.map((object) => ({ [`GET /sobjects/${object}/deleted`]: 1 })),
      { 'GET /query EmailMessageRelation': 1 },
      // Before the fields are made, and after they were granted.
      { 'GET /sobjects/Lead/describe': 3, 'GET /sobjects/Contact/describe': 3 },
      // Made once: seven fields of two objects, and the permission set that shows them.
      { 'POST /tooling/sobjects/CustomField': 14, 'POST /sobjects/FieldPermissions': 14 },
      { 'GET /query PermissionSet': 2, 'POST /sobjects/PermissionSet': 1 },
      { 'GET /services/oauth2/userinfo': 2, 'POST /sobjects/PermissionSetAssignment': 2 },
      { 'PATCH /composite/sobjects': Math.ceil(leads / 200) + Math.ceil(contacts / 200) },
    ]),
  );
  const before = await historyOf(loop);

  loop.clock.advance(5_000);
  loop.crm.requests.reset();
  const second = await loop.sync();
  expect(second.counts).toMatchObject({ changed: 0, scored: 0, planned: 0, pushed: 0 });
  expect(second.objects).toContainEqual({ object: 'Lead', lane: 'live', records: leads, calls: 1 });
  expect(second.objects).toContainEqual({ object: 'Contact', lane: 'live', records: contacts, calls: 1 });
  expect(salesforceCallsOf(loop.crm)).toEqual(idle);

  loop.clock.advance(5_000);
  loop.crm.requests.reset();
  const third = await loop.sync();
  expect(third.counts).toMatchObject({ pulled: 6, changed: 0, scored: 0, planned: 0, pushed: 0 });
  expect(salesforceCallsOf(loop.crm)).toEqual(idle);
  expect(await historyOf(loop)).toEqual(before);
});

test('once the echo is older than the lag, the settled lane sees it and stores none of it again', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 150, contacts: 80 } });
  await loop.sync();
  loop.clock.advance(5_000);
  await loop.sync();
  loop.clock.advance(600_000);
  loop.crm.requests.reset();
  const settled = await loop.sync();
  expect(settled.counts).toMatchObject({ pulled: 6, changed: 0, pushed: 0 });
  expect(salesforceCallsOf(loop.crm)).toEqual({ ...idle, 'GET /queryAll Lead': 2, 'GET /queryAll Contact': 2 });
  loop.clock.advance(600_000);
  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ pulled: 6, changed: 0, pushed: 0 });
  expect(salesforceCallsOf(loop.crm)).toEqual(idle);
});

test('a change of one lead costs one read and one write', async () => {
  await using loop = await startSalesforceLoop({ sandbox: { leads: 150, contacts: 80 } });
  await loop.sync();
  loop.clock.advance(5_000);
  await loop.sync();
  loop.clock.advance(5_000);
  const hands = salesforceHandsOf(loop);
  const lead = hands.living('Lead').find(({ values }) => values['Title'] === null || values['Title'] === 'Teacher');
  hands.edit(lead!.id, { Title: 'Superintendent' });
  loop.crm.requests.reset();
  const report = await loop.sync();
  expect(report.counts).toMatchObject({ changed: 1, scored: 1, pushed: 1 });
  expect(salesforceCallsOf(loop.crm)).toEqual({ ...idle, 'PATCH /composite/sobjects': 1 });
});

test(
  '10,000 leads are written in 50 calls, and once they rest an idle sync costs one call a lane',
  { timeout: 300_000 },
  async () => {
    await using loop = await startSalesforceLoop({
      sandbox: { leads: 10_003, contacts: 0 },
      pull: { objects: [] },
    });
    const hands = salesforceHandsOf(loop);
    const { org } = loop.crm;
    const living = new Set(hands.living('Lead').slice(0, 10_000));
    for (const row of [...org.table('Lead').all(), ...org.table('Contact').all()]) if (!living.has(row)) org.purge(row);
    expect(living.size).toBe(10_000);
    const first = await loop.sync();
    expect(first).toMatchObject({ status: 'succeeded', counts: { pushed: 10_000, pushRejected: 0 } });
    const calls = salesforceCallsOf(loop.crm);
    expect(calls['PATCH /composite/sobjects']).toBe(50);

    loop.clock.advance(5_000);
    loop.crm.requests.reset();
    expect((await loop.sync()).counts).toMatchObject({ changed: 0, scored: 0, pushed: 0 });
    expect(salesforceWritesOf(loop.crm)).toBe(0);
    // Five pages of 2,000, and one more: the fifth is full, and does not say that it is the last.
    expect(salesforceCallsOf(loop.crm)['GET /queryAll Lead']).toBe(6);

    loop.clock.advance(5_000);
    loop.crm.requests.reset();
    await loop.sync();
    expect(salesforceCallsOf(loop.crm)).toEqual({
      'GET /query User': 1,
      ...sum(
        required.map((object) => ({
          [`GET /queryAll ${object}`]: 1,
          [`GET /sobjects/${object}/updated`]: 1,
        })),
      ),
    });
  },
);

test('a mass push is one job for each object, and its echo is read like any other', async () => {
  await using loop = await startSalesforceLoop({
    sandbox: { leads: 450, contacts: 250 },
    pull: { objects: [] },
    massFrom: 200,
  });
  const hands = salesforceHandsOf(loop);
  const waiting = hands.living('Lead').length + hands.living('Contact').length;
  expect((await loop.sync()).counts).toMatchObject({ pushed: waiting, pushRejected: 0, pushDeferred: 0 });
  const calls = salesforceCallsOf(loop.crm);
  expect(calls).toMatchObject({
    // The one lead that is there twice: only the header of a call lifts the duplicate rule.
    'PATCH /composite/sobjects': 1,
    'POST /jobs/ingest': 2,
    'PUT /jobs/ingest/:id/batches': 2,
    'PATCH /jobs/ingest/:id': 2,
    'GET /jobs/ingest/:id/successfulResults': 2,
    'GET /jobs/ingest/:id/failedResults': 2,
  });
  for (const turn of ['echo', 'rest']) {
    loop.clock.advance(5_000);
    loop.crm.requests.reset();
    expect({ turn, ...(await loop.sync()).counts }).toMatchObject({ turn, changed: 0, scored: 0, pushed: 0 });
    expect(salesforceWritesOf(loop.crm)).toBe(0);
  }
});

test('nothing of the sandbox’s own is asked of a server', async () => {
  await using loop = await startSalesforceLoop();
  await using proxy = await startProxy(loop.crm.url);
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect((await loop.sync()).status).toBe('succeeded');
  expect(proxy.paths.length).toBeGreaterThan(20);
  expect(proxy.paths.filter((path) => path.includes('__sandbox'))).toEqual([]);
});
