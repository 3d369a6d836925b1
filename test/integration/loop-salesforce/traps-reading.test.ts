import { expect, test } from 'vitest';
import { defaultMapping } from '../../../connectors/salesforce/default-mapping.ts';
import type { InRule, MappingDefinition } from '../../../src/model/mapping.ts';
import { type SalesforceLoop, startSalesforceLoop } from '../../support/loop.ts';
import { untilItRests } from '../../support/loop-faults.ts';
import { type ProxyOptions, startProxy } from '../../support/loop-proxy.ts';
import { salesforceHandsOf } from '../../support/loop-salesforce.ts';

// The worst traps of Salesforce, by their number in the list that the connector's README has; here those of reading.

const few = { leads: 12, contacts: 6 };
const minute = 60_000;
/** Our own writes would move every stamp, and so hide what the reading itself misses. */
const quietly = { sandbox: few, pull: { objects: [] }, push: 'plan' } as const;

interface Known {
  readonly title: string | null;
  readonly gone: string | null;
}

async function known({ db }: SalesforceLoop, id: string): Promise<Known | undefined> {
  const [row] = await db.sql<Known>(
    `select l.title, s.gone_reason as gone from source_records s left join leads l on l.id = s.lead_id
     where s.external_id = $1`,
    [id],
  );
  return row;
}

/** Ids of living leads of which we hold something else than the CRM does. */
async function stale(loop: SalesforceLoop): Promise<string[]> {
  const rows = await loop.db.sql<{ id: string; title: string | null }>(
    `select external_id as id, fields->>'Title' as title from source_records where object = 'Lead' and gone_at is null`,
  );
  const held = new Map(rows.map(({ id, title }) => [id, title]));
  return salesforceHandsOf(loop)
    .living('Lead')
    .filter(({ id, values }) => held.get(id) !== (values['Title'] ?? null))
    .map(({ id }) => id);
}

async function syncThrough(loop: SalesforceLoop, between: ProxyOptions): Promise<void> {
  await using proxy = await startProxy(loop.crm.url, between);
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect((await loop.sync()).failure).toBeNull();
  await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);
}

const isLiveLead = (path: string): boolean => path.includes('/queryAll') && path.includes('FROM%20Lead');

test('trap 1: a row that is committed behind the cursor is caught by the settled lane, and so is a deletion', async () => {
  await using loop = await startSalesforceLoop(quietly);
  const hands = salesforceHandsOf(loop);
  const [late, deleted] = hands.living('Lead').map(({ id }) => id) as [string, string];
  await loop.sync();
  loop.clock.advance(5 * minute);
  await loop.sync();
  const commit = hands.writeSlowly(late, { Title: 'Superintendent of late commits' });
  for (let turn = 0; turn < 5; turn += 1) {
    loop.clock.advance(5 * minute);
    await loop.sync();
  }
  expect(await stale(loop)).toEqual([]);
  commit();
  // It shows with the stamp of its writing: live has passed that moment by far, and settled has waited.
  loop.crm.org.delete(hands.row(deleted), { by: 'somebody', at: loop.clock.now() - 10 * minute });
  expect(await stale(loop)).toEqual([late]);
  loop.clock.advance(minute);
  const report = await loop.sync();
  expect(report.objects).toContainEqual(expect.objectContaining({ object: 'Lead', lane: 'settled', records: 1 }));
  expect(await known(loop, late)).toEqual({ title: 'Superintendent of late commits', gone: null });
  expect(await known(loop, deleted)).toMatchObject({ gone: 'archived' });
});

test('trap 2: 5,000 rows with one stamp are all read, each once', { timeout: 300_000 }, async () => {
  const sandbox = { leads: 5_010, contacts: 0 };
  await using loop = await startSalesforceLoop({ ...quietly, sandbox });
  const hands = salesforceHandsOf(loop);
  await loop.sync();
  loop.clock.advance(5 * minute);
  const leads = hands.living('Lead').slice(0, 5_000);
  expect(leads).toHaveLength(5_000);
  const at = loop.crm.org.stamp();
  for (const lead of leads) loop.crm.org.update(lead, { Title: `At ${at}` }, { by: 'a data load', at });
  loop.clock.advance(5_000);
  const report = await loop.sync();
  expect(report).toMatchObject({ failure: null, counts: { changed: 5_000 } });
  expect(report.objects).toContainEqual({ object: 'Lead', lane: 'live', records: 5_000, calls: 3 });
  expect(await stale(loop)).toEqual([]);
  loop.clock.advance(5 * minute);
  const later = await loop.sync();
  expect(later.objects.filter(({ object, lane }) => object === 'Lead' && lane !== 'full')).toEqual([
    expect.objectContaining({ lane: 'live', records: 0 }),
    expect.objectContaining({ lane: 'settled', records: 0 }),
  ]);
});

test('trap 3: a cursor passes nothing that is unread, not even in the second in which it stops', async () => {
  await using loop = await startSalesforceLoop(quietly);
  const hands = salesforceHandsOf(loop);
  const [first, second] = hands.living('Lead').map(({ id }) => id) as [string, string];
  await loop.sync();
  loop.clock.advance(5 * minute);
  hands.edit(first, { Title: 'Before' });
  let isEdited = false;
  await syncThrough(loop, {
    after(path) {
      if (!isLiveLead(path) || isEdited) return;
      isEdited = true;
      // The answer is on its way; these have its very second, or the next one.
      hands.edit(first, { Title: 'After' });
      hands.edit(second, { Title: 'After' });
    },
  });
  expect(isEdited).toBe(true);
  expect(await stale(loop)).toEqual([first, second].toSorted());
  loop.clock.advance(5_000);
  await loop.sync();
  expect(await stale(loop)).toEqual([]);

  // Where nothing came for a long time, the next window still begins where the last one ended.
  loop.clock.advance(45 * minute);
  hands.edit(second, { Title: 'Long after' });
  loop.clock.advance(45 * minute);
  await loop.sync();
  expect(await stale(loop)).toEqual([]);
});

test('trap 4: deletions, hard deletions and merges arrive, and an undeletion comes back', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few, pull: { objects: [] } });
  const hands = salesforceHandsOf(loop);
  const ids = ['deleted', 'purged', 'winner', 'loser'].map((name) =>
    hands.create('Lead', { LastName: name, Email: `${name}@example.org`, Title: 'Director' }),
  );
  const [deleted = '', purged = '', winner = '', loser = ''] = ids;
  await untilItRests(loop);
  hands.remove(deleted);
  hands.purge(purged);
  hands.merge(winner, loser);
  loop.clock.advance(5 * minute);
  expect((await loop.sync()).counts.gone).toBeGreaterThanOrEqual(1);
  expect(await known(loop, deleted)).toMatchObject({ gone: 'archived' });
  expect(await known(loop, loser)).toMatchObject({ gone: 'merged' });
  const waiting = await loop.db.sql(`select 1 from push_states where external_id = any($1)`, [[deleted, loser]]);
  expect(waiting).toEqual([]);
  // Nobody tells of it: only a census does.
  expect(await known(loop, purged)).toMatchObject({ gone: null });
  loop.clock.advance(5 * minute);
  expect(await loop.sync({ full: true })).toMatchObject({ failure: null });
  expect(await loop.db.sql(`select gone_reason from source_records where external_id = $1`, [purged])).toEqual([
    { gone_reason: 'erased' },
  ]);

  hands.undelete(deleted);
  hands.edit(deleted, { Title: 'Superintendent' });
  await untilItRests(loop);
  expect(await known(loop, deleted)).toEqual({ title: 'Superintendent', gone: null });
  expect(hands.value(deleted, 'Leadloop_Score__c')).toBe(15);
});

const enrollment: InRule = {
  from: ['District_Enrollment__c'],
  to: 'enrollment',
  transform: [{ name: 'integer' }],
  onInvalid: 'null',
  blank: 'keep',
  conflict: 'crm',
};

function readingContacts(...rules: readonly InRule[]): MappingDefinition {
  const { Contact, ...others } = defaultMapping.objects;
  return { ...defaultMapping, objects: { ...others, Contact: { ...Contact!, in: [...Contact!.in, ...rules] } } };
}

test('trap 5: a formula is named as such, and read anew by the next full pass', async () => {
  await using loop = await startSalesforceLoop({ ...quietly, mapping: readingContacts(enrollment) });
  const hands = salesforceHandsOf(loop);
  const account = hands.create('Account', { Name: 'Springfield Schools', Enrollment__c: 1_000 });
  const contact = hands.create('Contact', { LastName: 'Skinner', Email: 'skinner@example.org', AccountId: account });
  const enrolled = async (): Promise<unknown> =>
    (await loop.db.sql('select enrollment from leads where email_key = $1', ['skinner@example.org']))[0];
  const { problems } = await loop.sync();
  expect(problems).toContainEqual(
    expect.objectContaining({ object: 'Contact', field: 'District_Enrollment__c', code: 'calculated' }),
  );
  expect(await enrolled()).toEqual({ enrollment: 1_000 });
  loop.clock.advance(30 * minute);
  await loop.sync();
  const stamp = hands.value(contact, 'SystemModstamp');
  hands.edit(account, { Enrollment__c: 12_000 });
  await loop.sync();
  expect(hands.value(contact, 'SystemModstamp')).toBe(stamp);
  expect(await enrolled()).toEqual({ enrollment: 1_000 });
  loop.clock.advance(25 * 60 * minute);
  await loop.sync();
  expect(await enrolled()).toEqual({ enrollment: 12_000 });
});

test('trap 10: calls that are never answered are given up, and the rest of the run is done', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few, connector: { requestTimeoutSeconds: 1 } });
  for (const path of ['/jobs/query$', '/queryAll', '/composite/sobjects$', '/oauth2/token'])
    loop.crm.faults.activate({ name: 'hang', path, count: 1 });
  const report = await loop.sync();
  expect(report).toMatchObject({ status: 'succeeded', failure: null });
  expect(report.counts.pushed).toBeGreaterThan(10);
  expect(await stale(loop)).toEqual([]);
});

test.each(['truncated-json', 'truncated-body', 'headers-lost', 'slow-body'] as const)(
  'trap 11: results that stop in the middle (%s) lose no row in silence',
  async (name) => {
    await using loop = await startSalesforceLoop({ ...quietly, sandbox: { leads: 60, contacts: 20 } });
    loop.crm.faults.activate({ name, path: '/results', count: 2, ms: 50 });
    expect(await loop.sync()).toMatchObject({ status: 'succeeded', failure: null });
    expect(loop.crm.faults.active()).toMatchObject([{ struck: 2 }]);
    const held = await loop.db.sql(`select 1 from source_records where object = 'Lead' and gone_at is null`);
    // A converted lead stays readable.
    expect(held).toHaveLength(salesforceHandsOf(loop).living('Lead').length + 1);
    expect(await stale(loop)).toEqual([]);
  },
);

/** What no home-made parser of CSV survives. */
const ugly = [
  'Head of "Data",\nK-12',
  '"quoted"',
  ' spaced ',
  'comma, comma',
  'line\r\nfeed',
  '#N/A',
  'null',
  '',
  '""',
  'ünïcödé 🎓',
];

test('trap 12: bulk results of many pages, with every character that breaks a CSV, come as they are', async () => {
  const sandbox = { leads: 250, contacts: 0, bulkPageRows: 7 };
  await using loop = await startSalesforceLoop({ ...quietly, sandbox });
  const hands = salesforceHandsOf(loop);
  for (const [index, { id }] of hands.living('Lead').entries()) {
    const title = ugly[index % ugly.length];
    hands.edit(id, { Title: title === '' ? null : (title ?? null) });
  }
  expect(await loop.sync()).toMatchObject({ status: 'succeeded', failure: null });
  expect(loop.crm.requests.count('GET', /\/results/)).toBeGreaterThan(30);
  expect(await stale(loop)).toEqual([]);
  // REST says the same: nothing of it is a change.
  await loop.db.sql(`update connections set settings = settings || '{"connector": {"bulkQuery": false}}'`);
  loop.clock.advance(5 * minute);
  expect((await loop.sync({ full: true })).counts).toMatchObject({ changed: 0, rejected: 0 });
});

test('trap 14: a second change in the same second is a change, and what comes twice counts once', async () => {
  await using loop = await startSalesforceLoop({ sandbox: few });
  const hands = salesforceHandsOf(loop);
  const { id } = hands.living('Lead')[0]!;
  hands.respond(id, 'Assessment Whitepaper', '2026-03-02');
  await untilItRests(loop);
  loop.clock.hold();
  const at = loop.crm.org.stamp();
  loop.crm.org.update(hands.row(id), { Title: 'Manager' }, { by: 'somebody', at });
  await loop.sync();
  expect(await known(loop, id)).toMatchObject({ title: 'Manager' });
  loop.crm.org.update(hands.row(id), { Title: 'Director' }, { by: 'somebody', at });
  await loop.sync();
  expect(await known(loop, id)).toMatchObject({ title: 'Director' });

  await untilItRests(loop);
  const history = (): Promise<object[]> =>
    loop.db.sql(
      `select (select count(*)::int from score_history) as scores, (select count(*)::int from engagement_events) as events,
         (select count(*)::int from lifecycle_transitions) as moves,
         (select sum(content_downloads)::int from leads) as downloads`,
    );
  const before = await history();
  for (let turn = 0; turn < 2; turn += 1) {
    loop.clock.advance(30 * minute);
    expect((await loop.sync({ full: true })).counts).toMatchObject({ changed: 0, pushed: 0 });
  }
  expect(await history()).toEqual(before);
});
