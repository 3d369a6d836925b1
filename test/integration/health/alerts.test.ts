import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AlertServices, sendAlerts } from '../../../src/health/send-alerts.ts';
import { json, startScripted } from '../../support/scripted-server.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

const start = Date.parse('2026-11-27T10:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
let db: TestDatabase;
let now = start;
let logged: unknown[] = [];
let orgs: readonly [string, string];

beforeAll(async () => {
  db = await testDatabase();
  orgs = await db.twoOrgs();
});
afterAll(async () => db[Symbol.asyncDispose]());
beforeEach(async () => {
  now = start;
  logged = [];
  await db.sql('delete from alerts');
});

async function alertOf(orgId: string, title: string): Promise<string> {
  const [connection] = await db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind) values ($1, 'crm', 'hubspot')
     on conflict (org_id, name) do update set kind = excluded.kind returning id`,
    [orgId],
  );
  const id = randomUUID();
  await db.sql(
    `insert into alerts (id, org_id, connection_id, kind, code, title, text, remedy, created_at, next_try_at)
     values ($1, $2, $3, 'paused', 'crm-credentials', $4, 'The token was refused.', 'Renew it.', $5, $5)`,
    [id, orgId, connection!.id, title, new Date(now)],
  );
  return id;
}

const send = (alertUrl: string | null, signal = new AbortController().signal, answerMs = 20_000) => {
  const services: AlertServices = {
    database: db.database,
    now: () => new Date(now),
    log: (level, message, fields) => logged.push({ level, message, ...fields }),
    alertUrl,
    answerMs,
  };
  return sendAlerts(services, signal);
};

const stored = () =>
  db.sql<{ sent: boolean; attempts: number; next: Date | null; error: string | null }>(
    `select sent_at is not null as sent, attempts, next_try_at as next, last_error as error from alerts order by created_at, title`,
  );

test('an alert is a Slack message, with fields for programs, of every organisation, once', async () => {
  await alertOf(orgs[0], 'acme/crm is paused');
  await alertOf(orgs[1], 'umbrella/crm is paused');
  await using server = await startScripted((_, response) => json(response, 200, 'ok'));
  expect(await send(`${server.url}/services/secret`)).toEqual({ sent: 2, unsent: 0 });
  expect(await send(`${server.url}/services/secret`)).toEqual({ sent: 0, unsent: 0 });
  const bodies = server.seen
    .map(({ body }) => JSON.parse(body) as { org: string })
    .sort((a, b) => a.org.localeCompare(b.org));
  expect(bodies[0]).toEqual({
    text: '*acme/crm is paused*\nThe token was refused.\nWhat to do: Renew it.',
    org: 'acme',
    connection: 'crm',
    source: null,
    status: 'paused',
    code: 'crm-credentials',
    remedy: 'Renew it.',
    at: '2026-11-27T10:00:00.000Z',
  });
  expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/services/secret' });
  expect(await stored()).toMatchObject([
    { sent: true, next: null, error: null },
    { sent: true, next: null, error: null },
  ]);
});

test('what does not arrive is tried again after growing pauses, and arrives', async () => {
  await alertOf(orgs[0], 'a');
  await using server = await startScripted((_, response, count) => json(response, count < 3 ? 500 : 200, ''));
  await send(server.url);
  expect(await stored()).toMatchObject([{ sent: false, attempts: 1, error: 'the address answered 500' }]);
  expect(await send(server.url)).toEqual({ sent: 0, unsent: 0 });
  now += minute;
  await send(server.url);
  expect((await stored())[0]!.next).toEqual(new Date(now + 2 * minute));
  now += 2 * minute;
  expect(await send(server.url)).toEqual({ sent: 1, unsent: 0 });
  expect(await stored()).toMatchObject([{ sent: true, attempts: 3, error: null }]);
});

test('after a refusal the others wait for the next call, and are not held up by it for ever', async () => {
  const first = await alertOf(orgs[0], 'a');
  now += 1_000;
  await alertOf(orgs[0], 'b');
  await using server = await startScripted(({ body }, response) =>
    json(response, body.includes('*a*') ? 400 : 200, ''),
  );
  expect(await send(server.url)).toEqual({ sent: 0, unsent: 1 });
  expect(server.seen).toHaveLength(1);
  expect(await send(server.url)).toEqual({ sent: 1, unsent: 0 });
  expect(await stored()).toMatchObject([{ sent: false, error: 'the address answered 400' }, { sent: true }]);
  expect(logged).toEqual([
    { level: 'warn', message: 'an alert was not sent', alert: first, attempts: 1, error: 'the address answered 400' },
  ]);
});

test('what nobody could be told for a day is given up, with the reason', async () => {
  await alertOf(orgs[0], 'a');
  await using server = await startScripted((_, response) => json(response, 404, 'no_service'));
  for (; now < start + 2 * day; now += 30 * minute) await send(server.url);
  const [alert] = await stored();
  expect(alert).toMatchObject({ sent: false, next: null, error: 'the address answered 404' });
  expect(server.seen.length).toBe(alert!.attempts);
  expect(logged.at(-1)).toMatchObject({ message: 'an alert was given up' });
});

test('an address that is silent, away, or sends elsewhere is named by what it did, never by itself', async () => {
  await alertOf(orgs[0], 'a');
  await using elsewhere = await startScripted((_, response) => json(response, 200, ''));
  await using moved = await startScripted((_, response) => {
    response.writeHead(307, { location: elsewhere.url });
    response.end();
  });
  await send(`${moved.url}/secret`);
  expect((await stored())[0]!.error).toBe('the address answered 307');
  expect(elsewhere.seen).toEqual([]);

  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  now += minute;
  await send(`http://127.0.0.1:${port}/secret`);
  expect((await stored())[0]!.error).toBe('the address could not be reached');

  await using silent = await startScripted(() => undefined);
  now += 5 * minute;
  await send(`${silent.url}/secret`, new AbortController().signal, 300);
  expect((await stored())[0]!.error).toBe('no answer within 300 ms');
  expect(JSON.stringify([logged, await stored()])).not.toMatch(/secret|127\.0\.0\.1/u);
});

test('who stops in the middle leaves the alert due again', async () => {
  await alertOf(orgs[0], 'a');
  const stop = new AbortController();
  await using silent = await startScripted(() => stop.abort());
  await send(silent.url, stop.signal);
  expect(await stored()).toMatchObject([{ sent: false, attempts: 1, error: null }]);
  now += minute;
  await using server = await startScripted((_, response) => json(response, 200, ''));
  expect(await send(server.url)).toEqual({ sent: 1, unsent: 0 });
});

test('two who send at once send each alert once', async () => {
  for (const title of ['a', 'b', 'c', 'd', 'e', 'f']) await alertOf(orgs[0], title);
  await using server = await startScripted((_, response) => json(response, 200, ''));
  const sent = await Promise.all([send(server.url), send(server.url), send(server.url)]);
  expect(sent.reduce((sum, one) => sum + one.sent, 0)).toBe(6);
  expect(server.seen).toHaveLength(6);
});

test('without an address alerts are kept and marked so, and go out when there is one', async () => {
  await alertOf(orgs[0], 'a');
  await alertOf(orgs[1], 'b');
  expect(await send(null)).toEqual({ sent: 0, unsent: 0 });
  expect(await stored()).toMatchObject([
    { sent: false, error: 'LEADLOOP_ALERT_URL is not set' },
    { sent: false, error: 'LEADLOOP_ALERT_URL is not set' },
  ]);
  expect(logged).toEqual([]);
  // They are due at once for whoever has one.
  await using server = await startScripted((_, response) => json(response, 200, ''));
  expect(await send(server.url)).toEqual({ sent: 2, unsent: 0 });
});
