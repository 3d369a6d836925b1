import { expect, test } from 'vitest';
import { startLoop, type Loop } from '../../support/loop.ts';
import { callsOf, writesOf } from '../../support/loop-calls.ts';
import { startProxy } from '../../support/loop-proxy.ts';

/** Forms whose submissions are counted: comments of a blog are none. */
const countedForms = 4;

/** One call per pulled object and lane. Submissions have no common feed: they cost one call a form. */
const idle = {
  'GET /crm/owners': 1,
  'POST /crm/objects/companies/search': 2,
  'POST /crm/objects/contacts/search': 2,
  'GET /form-integrations/v1/submissions/forms/:form': countedForms,
  'POST /crm/objects/meetings/search': 2,
  'POST /crm/objects/calls/search': 2,
  'POST /crm/objects/emails/search': 2,
  'GET /email/public/v1/events': 2,
};

interface History {
  readonly scores: number;
  readonly moves: number;
  readonly writes: number;
}

async function historyOf({ db }: Loop): Promise<History> {
  const [row] = await db.sql<History>(
    `select (select count(*)::int from score_history) as scores, (select count(*)::int from lifecycle_transitions) as moves,
       (select count(*)::int from push_ledger) as writes`,
  );
  return row!;
}

function living({ crm }: Loop): number {
  return [...crm.store.contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined).length;
}

test('the first sync reads and writes in hundreds, the second reads the echo, the third rests', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 350 } });
  const contacts = living(loop);
  const pages = Math.ceil(contacts / 100);

  const first = await loop.sync();
  expect(first).toMatchObject({ status: 'succeeded', failure: null, counts: { pushed: contacts, pushRejected: 0 } });
  // Besides the pages: what is cached for an hour or a day, the archived owners, the fields that are made once, and for
  // each kind of engagement the ids of its contacts (1,000 a call).
  expect(callsOf(loop.crm)).toEqual({
    'GET /account-info/details': 1,
    'GET /crm/properties/companies': 1,
    'GET /crm/properties/contacts': 3,
    'GET /crm/properties/meetings': 1,
    'GET /crm/properties/calls': 1,
    'GET /crm/properties/emails': 1,
    'GET /crm/owners': 2,
    'GET /crm/objects/companies': 1,
    'GET /crm/objects/contacts': pages,
    'GET /marketing/v3/forms': 1,
    'GET /form-integrations/v1/submissions/forms/:form': countedForms,
    'GET /crm/objects/meetings': 1,
    'POST /crm/associations/meetings/contacts/batch/read': 1,
    'GET /crm/objects/calls': 1,
    'POST /crm/associations/calls/contacts/batch/read': 1,
    'GET /crm/objects/emails': 1,
    'POST /crm/associations/emails/contacts/batch/read': 1,
    'GET /email/public/v1/events': 2,
    'POST /crm/properties/contacts/groups': 1,
    'POST /crm/properties/contacts': 7,
    'POST /crm/objects/contacts/batch/update': pages,
  });
  const before = await historyOf(loop);

  loop.crm.requests.reset();
  const second = await loop.sync();
  expect(second.counts).toMatchObject({ pulled: contacts + 6, changed: 0, scored: 0, planned: 0, pushed: 0 });
  expect(callsOf(loop.crm)).toEqual({
    ...idle,
    // The live lane finds the echo, 200 references a search, 100 records a read; the settled lane holds it already.
    'POST /crm/objects/contacts/search': Math.ceil(contacts / 200) + 1,
    'POST /crm/objects/contacts/batch/read': pages,
  });

  loop.crm.requests.reset();
  const third = await loop.sync();
  expect(third.counts).toMatchObject({ pulled: 6, changed: 0, scored: 0, planned: 0, pushed: 0 });
  expect(callsOf(loop.crm)).toEqual(idle);
  expect(await historyOf(loop)).toEqual(before);
});

test('once the echo is older than the lag, the settled lane sees it and reads none of it again', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 150 } });
  await loop.sync();
  await loop.sync();
  loop.clock.advance(300_000);
  loop.crm.requests.reset();
  const settled = await loop.sync();
  expect(settled.counts).toMatchObject({ changed: 0, pushed: 0 });
  expect(callsOf(loop.crm)).toEqual(idle);
});

test('a change of one contact costs one read and one write', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 150 } });
  await loop.sync();
  await loop.sync();
  const [contact] = [...loop.crm.store.contacts.from(0)].filter(
    ({ properties }) => properties['jobtitle'] !== 'Superintendent',
  );
  loop.crm.store.update(
    loop.crm.store.contacts,
    contact!,
    { ...contact!.properties, jobtitle: 'Superintendent', hs_email_open: '40', hs_email_click: '30' },
    loop.crm.store.stamp(),
  );
  loop.crm.requests.reset();
  const report = await loop.sync();
  expect(report.counts).toMatchObject({ changed: 1, scored: 1, pushed: 1 });
  expect(callsOf(loop.crm)).toEqual({
    ...idle,
    'POST /crm/objects/contacts/batch/read': 1,
    'POST /crm/objects/contacts/batch/update': 1,
  });
});

test('10,000 contacts are read in 100 calls and written in 100 calls', { timeout: 300_000 }, async () => {
  await using loop = await startLoop({ sandbox: { contacts: 10_170 }, pull: { objects: [] } });
  const surplus = living(loop) - 10_000;
  expect(surplus).toBeGreaterThanOrEqual(0);
  const { contacts } = loop.crm.store;
  for (const record of [...contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined).slice(0, surplus)) {
    contacts.archive(record, loop.crm.store.stamp());
  }
  const first = await loop.sync();
  expect(first).toMatchObject({ status: 'succeeded', counts: { pushed: 10_000 } });
  const calls = callsOf(loop.crm);
  expect(calls['GET /crm/objects/contacts']).toBe(100);
  expect(calls['POST /crm/objects/contacts/batch/update']).toBe(100);

  loop.crm.requests.reset();
  expect((await loop.sync()).counts).toMatchObject({ changed: 0, scored: 0, pushed: 0 });
  expect(writesOf(loop.crm)).toBe(0);

  loop.crm.requests.reset();
  await loop.sync();
  expect(callsOf(loop.crm)).toEqual({
    'GET /crm/owners': 1,
    'POST /crm/objects/companies/search': 2,
    'POST /crm/objects/contacts/search': 2,
  });
});

test('nothing of the sandbox’s own is asked of a server', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 40 } });
  await using proxy = await startProxy(loop.crm.url);
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect((await loop.sync()).status).toBe('succeeded');
  expect(proxy.paths.length).toBeGreaterThan(10);
  expect(proxy.paths.filter((path) => path.includes('sandbox'))).toEqual([]);
});
