import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChangeHint } from '../../../src/connector-sdk/webhooks.ts';
import { saveHints } from '../../../src/db/queries/save-hints.ts';
import { readWebhookCounts } from '../../../src/db/queries/webhook-counts.ts';
import { type OpenDatabase, openDatabase } from '../../../src/db/database.ts';
import { startHooks, type TestHooks } from '../../support/hooks.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { type Relay, startRelay } from '../../support/relay.ts';

const secret = 'the secret of the app';
const types = ['contact.creation', 'contact.deletion', 'contact.privacyDeletion', 'contact.merge', 'company.creation'];

let loop: Loop;
let hooks: TestHooks;
let path: string;
const now = () => new Date(loop.clock.now());
/** As of a daemon. */
const answerWithinMs = 800;

beforeAll(async () => {
  loop = await startLoop({
    sandbox: { contacts: 20 },
    credentials: { accessToken: 'sandbox-token', clientSecret: secret },
  });
  path = `/hooks/acme/${loop.name}`;
});
afterAll(() => loop[Symbol.asyncDispose]());

beforeEach(async () => {
  await loop.db.sql('truncate change_hints, webhook_deliveries, webhook_counts');
  await pin(String(loop.crm.store.portalId));
  hooks = await startHooks(loop.db.database, { now });
});
afterEach(async () => {
  loop.crm.webhooks.clear();
  loop.crm.faults.clear();
  await hooks[Symbol.asyncDispose]();
});

const pin = (account: string | null) =>
  loop.db.sql('update connections set account_id = $2 where id = $1', [loop.connectionId, account]);

/** The database, at the other end of a line. */
async function over({ url }: Relay): Promise<AsyncDisposable & { readonly database: OpenDatabase }> {
  const database = await openDatabase({ url, home: '' });
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

/** Lets the CRM call. */
function subscribe(url = hooks.url, more: { readonly clientSecret?: string; readonly timeScale?: number } = {}): void {
  const ofProperties = ['jobtitle', 'city'].map((propertyName) => ({
    eventType: 'contact.propertyChange',
    propertyName,
  }));
  loop.crm.webhooks.subscribe({
    targetUrl: `${url}${path}`,
    clientSecret: secret,
    subscriptions: [...types.map((eventType) => ({ eventType })), ...ofProperties],
    ...more,
  });
}

interface HintRow {
  readonly object: string;
  readonly id: string;
  readonly reason: string;
  readonly fields: readonly string[] | null;
  readonly version: number;
}

const hintRows = () =>
  loop.db.sql<HintRow>(
    `select object, external_id as id, reason::text, fields, version from change_hints order by object, external_id`,
  );
const counts = async () => {
  const rows = await loop.db.database.transaction(loop.orgId, (tx) => readWebhookCounts(tx, now()));
  return Object.fromEntries(rows.map(({ verdict, deliveries }) => [verdict, deliveries]));
};
const attempts = () => loop.crm.webhooks.attempts.map(({ status }) => status);
const arrived = (count = 1) => vi.waitFor(() => expect(attempts().length).toBeGreaterThanOrEqual(count), 10_000);

interface Sent {
  readonly events?: unknown;
  readonly body?: string;
  readonly key?: string;
  readonly at?: number;
  readonly to?: string;
  readonly base?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const event = (more: object = {}) => ({
  portalId: loop.crm.store.portalId,
  occurredAt: loop.clock.now(),
  subscriptionType: 'contact.propertyChange',
  objectId: 101,
  propertyName: 'jobtitle',
  ...more,
});

/** A call as HubSpot makes it, or as somebody else does. */
function call({
  events = [event()],
  body = JSON.stringify(events),
  key = secret,
  at = loop.clock.now(),
  ...rest
}: Sent = {}) {
  const { to = path, base = hooks.url } = rest;
  const signature = createHmac('sha256', key).update(`POST${base}${to}${body}${at}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'x-hubspot-signature-v3': signature,
    'x-hubspot-request-timestamp': String(at),
    ...rest.headers,
  };
  return { url: `${hooks.url}${to}`, init: { method: 'POST', headers, body } };
}

async function send(sent: Sent | ReturnType<typeof call> = {}): Promise<string> {
  const { url, init } = 'init' in sent ? sent : call(sent);
  const answer = await fetch(url, init);
  if (answer.status === 204) return '204';
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const { status, code } = (await answer.json()) as { status: number; code: string };
  expect(status).toBe(answer.status);
  return `${status} ${code}`;
}

describe('a change in the CRM', () => {
  it('ends as one hint, and somebody is woken for it', async () => {
    subscribe();
    const [record] = handsOf(loop).living();
    handsOf(loop).edit(record!.id, { jobtitle: 'Chief' });
    await arrived();
    expect(attempts()).toEqual([204]);
    expect(await hintRows()).toEqual([
      {
        object: 'contacts',
        id: String(record!.id),
        reason: 'changed',
        fields: ['jobtitle'],
        version: expect.any(Number),
      },
    ]);
    expect(hooks.woken).toEqual([loop.connectionId]);
    expect(await counts()).toEqual({ accepted: 1 });
  });

  it('a thousand times on ten records ends as ten hints', async () => {
    subscribe();
    const hands = handsOf(loop);
    const ids = hands
      .living()
      .slice(0, 10)
      .map(({ id }) => id);
    for (let round = 0; round < 50; round += 1)
      for (const id of ids) hands.edit(id, { jobtitle: `J${round}`, city: `C${round}` });
    const taken = () => attempts().filter((status) => status === 204).length;
    const comesAgain = (): void => {
      loop.clock.advance(60_000);
      loop.crm.webhooks.wake();
    };
    // A machine that is slow for a second answers "later", and HubSpot comes again.
    const allTaken = (): void => {
      if (taken() < 10 && attempts().includes(503)) comesAgain();
      expect(taken()).toBe(10);
    };
    await vi.waitFor(allTaken, { timeout: 30_000, interval: 200 });
    expect(attempts().filter((status) => status !== 204 && status !== 503)).toEqual([]);
    const rows = await hintRows();
    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids.map(String).toSorted());
    for (const { fields } of rows) expect(fields).toEqual(['city', 'jobtitle']);
    expect((await counts())['accepted']).toBeGreaterThanOrEqual(10);
  });

  it('and an erasure after it is an erasure, in whichever order they come', async () => {
    subscribe();
    const hands = handsOf(loop);
    const { id } = hands.living().at(-1)!;
    hands.edit(id, { city: 'Reno' });
    await hands.erase(id);
    await arrived();
    const hint = expect.objectContaining({ id: String(id), reason: 'erased', fields: null });
    await vi.waitFor(async () => expect(await hintRows()).toEqual([hint]), 10_000);
    // What was on its way before it comes late.
    expect(await send({ events: [event({ objectId: id })] })).toBe('204');
    expect(await hintRows()).toEqual([hint]);
  });

  it('by a merge leads to all three ids', async () => {
    subscribe();
    const hands = handsOf(loop);
    const [first, second] = hands.living();
    const merged = await hands.merge(first!.id, second!.id);
    await arrived();
    const ids = (await hintRows()).map(({ id }) => Number(id));
    expect(ids.toSorted((a, b) => a - b)).toEqual([first!.id, second!.id, merged].toSorted((a, b) => a - b));
  });

  it('that is told twice is one hint', async () => {
    subscribe();
    loop.crm.faults.activate({ name: 'webhook-duplicated', count: 1 });
    handsOf(loop).edit(handsOf(loop).living()[0]!.id, { city: 'Elko' });
    await arrived(2);
    expect(await hintRows()).toHaveLength(1);
  });

  it('comes by HubSpot’s retry where the database was away', async () => {
    await using relay = await startRelay(loop.db.url);
    await using far = await over(relay);
    await using others = await startHooks(far.database, { now, answerWithinMs });
    relay.cut();
    subscribe(others.url);
    handsOf(loop).edit(handsOf(loop).living()[0]!.id, { city: 'Ely' });
    await arrived();
    expect(attempts()).toEqual([503]);
    expect(await hintRows()).toEqual([]);
    relay.mend();
    loop.clock.advance(60_000);
    await arrived(2);
    expect(attempts()).toEqual([503, 204]);
    expect(await hintRows()).toHaveLength(1);
  });
});

describe('a call that proves nothing', () => {
  it.each<[string, () => Sent, string]>([
    ['is unsigned', () => ({ headers: { 'x-hubspot-signature-v3': '' } }), '401 hook-unsigned'],
    ['is signed by somebody else', () => ({ key: 'a guess' }), '401 hook-forged'],
    ['is signed for another address', () => ({ base: 'https://elsewhere.example' }), '401 hook-forged'],
    ['is old', () => ({ at: loop.clock.now() - 301_000 }), '401 hook-stale'],
    ['is of the future', () => ({ at: loop.clock.now() + 301_000 }), '401 hook-stale'],
    ['is no list of events', () => ({ body: '{"objectId":1}' }), '400 hook-unreadable'],
  ])('because it %s leaves a count and no hint', async (_, sent, expected) => {
    expect(await send(sent())).toBe(expected);
    expect(await hintRows()).toEqual([]);
    expect(await loop.db.sql('select from webhook_deliveries')).toEqual([]);
    expect(await counts()).toEqual({ [expected.split('hook-')[1]!]: 1 });
    expect(hooks.woken).toEqual([]);
  });

  it('because its connection has no secret is refused, whoever signed it', async () => {
    await using bare = await startLoop({ beside: loop, name: 'bare', sandbox: { contacts: 0 } });
    expect(await send({ to: `/hooks/acme/${bare.name}` })).toBe('401 hook-no-secret');
    await loop.db.sql(
      `update connections set credentials_sealed = null, credentials_key_id = null where name = 'bare'`,
    );
    expect(await send({ to: `/hooks/acme/${bare.name}`, key: '' })).toBe('401 hook-no-secret');
    expect(await counts()).toEqual({ 'no-secret': 2 });
  });

  it('says so without words that HubSpot’s body had', async () => {
    await send({ key: 'a guess', events: [event({ propertyValue: 'jane@acme.example' })] });
    await send({ body: 'jane@acme.example' });
    expect(hooks.said.join()).toContain('hook-forged');
    expect(hooks.said.join()).not.toContain('jane');
  });
});

describe('a replay', () => {
  it('is refused, changes nothing, and is counted', async () => {
    const same = call();
    expect(await send(same)).toBe('204');
    const before = await hintRows();
    for (let time = 0; time < 3; time += 1) expect(await send(same)).toBe('409 hook-replayed');
    expect(await hintRows()).toEqual(before);
    expect(hooks.woken).toHaveLength(1);
    expect(await counts()).toEqual({ accepted: 1, replayed: 3 });
  });

  it('is refused after the hint was attended to, too', async () => {
    const same = call();
    await send(same);
    await loop.db.sql('delete from change_hints');
    expect(await send(same)).toBe('409 hook-replayed');
    expect(await hintRows()).toEqual([]);
  });

  it('at the very same moment lets one through', async () => {
    const same = call();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(same)));
    expect(answers.toSorted()).toEqual(['204', ...Array.from({ length: 7 }, () => '409 hook-replayed')]);
    expect(await counts()).toEqual({ accepted: 1, replayed: 7 });
  });

  it('of a delivery that was not stored is none', async () => {
    const same = call();
    await loop.db.sql('alter table change_hints add constraint nothing check (false)');
    expect((await send(same)).slice(0, 3)).toBe('500');
    await loop.db.sql('alter table change_hints drop constraint nothing');
    expect(await send(same)).toBe('204');
    expect(await hintRows()).toHaveLength(1);
  });

  it('is remembered as long as its signature holds, and forgotten then', async () => {
    await send({ at: loop.clock.now() + 299_000 });
    loop.clock.advance(598_000);
    await send();
    expect(await loop.db.sql('select from webhook_deliveries')).toHaveLength(2);
    loop.clock.advance(3_000);
    await send();
    expect(await loop.db.sql('select from webhook_deliveries')).toHaveLength(2);
  });
});

describe('whose it is', () => {
  it('events of another account are dropped, and their delivery is taken in all the same', async () => {
    expect(await send({ events: [event({ portalId: 999 }), event({ objectId: 102 })] })).toBe('204');
    expect((await hintRows()).map(({ id }) => id)).toEqual(['102']);
    expect(hooks.said.join()).toContain('another CRM account');
    expect(await send({ events: [event({ portalId: 999 })] })).toBe('204');
    expect(hooks.woken).toHaveLength(1);
  });

  it('a connection that has not run yet takes no hints: its account is not known, and its first run reads everything', async () => {
    await pin(null);
    expect(await send()).toBe('204');
    expect(await hintRows()).toEqual([]);
  });

  it('a connection of another organisation is not reached, whatever its name', async () => {
    await using theirs = await startLoop({
      db: loop.db,
      org: 'umbrella',
      name: loop.name,
      sandbox: { contacts: 0 },
      credentials: { accessToken: 'sandbox-token', clientSecret: 'theirs' },
    });
    await loop.db.sql('update connections set account_id = $1', [String(loop.crm.store.portalId)]);
    // Our secret does not open their address, nor a call to ours theirs.
    expect(await send({ to: `/hooks/umbrella/${loop.name}` })).toBe('401 hook-forged');
    const ours = call();
    expect(await send({ ...ours, url: `${hooks.url}/hooks/umbrella/${loop.name}` })).toBe('401 hook-forged');
    expect(await send(ours)).toBe('204');
    expect(await send({ to: `/hooks/umbrella/${loop.name}`, key: 'theirs' })).toBe('204');
    const rows = await loop.db.sql<{ orgId: string }>('select org_id as "orgId" from change_hints');
    expect(rows.map(({ orgId }) => orgId).toSorted()).toEqual([loop.orgId, theirs.orgId].toSorted());
  });

  it('nobody learns from the answer whether a connection is not there or has no webhooks', async () => {
    await using force = await startSalesforceLoop({ beside: loop });
    const body = async (to: string) => {
      const { url, init } = call({ to });
      const answer = await fetch(url, init);
      return { status: answer.status, text: await answer.text() };
    };
    const answers = await Promise.all(
      [
        `/hooks/acme/${force.name}`,
        '/hooks/acme/nothing',
        `/hooks/nobody/${loop.name}`,
        '/hooks/acme/%00',
        '/hooks/ACME/x',
        '/hooks/acme',
        `${path}/more`,
      ].map(body),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await fetch(`${hooks.url}${path}`)).status).toBe(404);
    expect(await loop.db.sql('select from webhook_counts')).toEqual([]);
  });
});

describe('the address', () => {
  it('that a signature covers is the public one, with its query, and calls come under its name', async () => {
    await using proxied = await startHooks(loop.db.database, { now, publicUrl: 'https://leads.example.com/in' });
    const { init } = call({ base: 'https://leads.example.com/in', to: `${path}?a=b%20c` });
    const through = (to: string) =>
      new Promise((resolve, reject) => {
        const headers = { ...init.headers, host: 'leads.example.com', 'content-length': Buffer.byteLength(init.body) };
        const sent = httpRequest(`${proxied.url}${to}`, { method: 'POST', headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        sent.on('error', reject).end(init.body);
      });
    expect(await through(`${path}?a=b%20c`)).toBe(204);
    expect(await through('/hooks')).toBe(404);
  });
});

describe('in a flood', () => {
  it('a body of more than a megabyte is refused', async () => {
    expect(await send({ body: ' '.repeat(1024 * 1024 + 1) })).toBe('413 hook-too-large');
    expect((await send({ body: `[${' '.repeat(1024 * 1024 - 2)}]` })).slice(0, 3)).toBe('204');
  });

  it('whoever cannot be served within a second is told to come again, and what was given up is not stored', async () => {
    await using relay = await startRelay(loop.db.url);
    await using far = await over(relay);
    await using others = await startHooks(far.database, { now, answerWithinMs });
    const one = (objectId: number) => {
      const { url, init } = call({ base: others.url, events: [event({ objectId })] });
      return fetch(url.replace(hooks.url, others.url), init);
    };
    expect((await one(1)).status).toBe(204);
    relay.freeze();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => one(1_000 + n)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(answers.map(() => '5'));
    // Those that were given up keep their places until the database lets go of them.
    expect((await one(2_000)).status).toBe(503);
    relay.thaw();
    await vi.waitFor(async () => expect((await one(2)).status).toBe(204), 10_000);
    expect((await hintRows()).map(({ id }) => id)).toEqual(['1', '2']);
    expect(await counts()).toEqual({ accepted: 2 });
  });

  it('a table that somebody has locked makes nobody wait, and nothing that waits for it stays behind', async () => {
    const somebody = new Client({ connectionString: loop.db.superuserUrl });
    await somebody.connect();
    await somebody.query('begin; lock table change_hints in access exclusive mode');
    await using hasty = await startHooks(loop.db.database, { now, answerWithinMs });
    const { url, init } = call({ base: hasty.url });
    expect((await fetch(url.replace(hooks.url, hasty.url), init)).status).toBe(503);
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await vi.waitFor(async () => expect(await loop.db.sql(waiting)).toEqual([]), 5_000);
    await somebody.query('rollback');
    await somebody.end();
    expect(await hintRows()).toEqual([]);
    expect(await counts()).toEqual({});
    expect(await send()).toBe('204');
  });
});

it('whoever cannot be woken costs nobody the hint', async () => {
  await using others = await startHooks(loop.db.database, { now, wake: () => Promise.reject(new Error('asleep')) });
  const { url, init } = call({ base: others.url });
  expect((await fetch(url.replace(hooks.url, others.url), init)).status).toBe(204);
  await vi.waitFor(() => expect(others.said.join()).toContain('nobody could be woken'), 10_000);
  expect(await hintRows()).toHaveLength(1);
});

describe('hints that meet', () => {
  const hint = fc.record({
    object: fc.constantFrom('contacts', 'companies'),
    externalId: fc.constantFrom('1', '2', '3'),
    reason: fc.constantFrom('changed' as const, 'deleted' as const, 'erased' as const),
    field: fc.constantFrom(null, 'a', 'b', 'c'),
    occurredAt: fc.integer({ min: 1, max: 1_000 }).map((s) => new Date(1_764_244_800_000 + s * 1_000)),
    accountId: fc.constant('1'),
  });

  it('leave the same, however they are spread over deliveries and in whichever order they come', async () => {
    const save = (hints: readonly ChangeHint[]) =>
      loop.db.database.transaction(loop.orgId, (tx) => saveHints(tx, loop.connectionId, hints));
    const image = async () => {
      const rows = await loop.db.sql(
        `select object, external_id, reason::text, fields from change_hints order by 1, 2`,
      );
      await loop.db.sql('delete from change_hints');
      return rows;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(hint, { minLength: 1, maxLength: 12 }), fc.nat(12), async (hints, cut) => {
        await save(hints);
        const atOnce = await image();
        await save(hints.slice(cut));
        await save(hints.slice(0, cut));
        expect(await image()).toEqual(atOnce);
        const weight = ['changed', 'deleted', 'erased'];
        for (const row of atOnce as { object: string; external_id: string; reason: string }[]) {
          const own = hints.filter((one) => one.object === row.object && one.externalId === row.external_id);
          expect(weight.indexOf(row.reason)).toBe(Math.max(...own.map(({ reason }) => weight.indexOf(reason))));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('have a version that rises with each merge, and that a new row does not repeat', async () => {
    const versions: number[] = [];
    for (const isAttendedTo of [false, false, true, false]) {
      await send({ at: loop.clock.now() - versions.length });
      versions.push((await hintRows())[0]!.version);
      if (isAttendedTo) await loop.db.sql('delete from change_hints');
    }
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  });

  it('from deliveries at once all count', async () => {
    const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const ids = Array.from({ length: 20 }, (_, n) => n + 1);
    const answers = await Promise.all(
      fields.map((propertyName, n) => {
        const ordered = n % 2 === 0 ? ids : ids.toReversed();
        return send({ events: ordered.map((objectId) => event({ objectId, propertyName })) });
      }),
    );
    expect(answers).toEqual(fields.map(() => '204'));
    const rows = await hintRows();
    expect(rows).toHaveLength(20);
    for (const row of rows) expect(row.fields).toEqual(fields);
  });
});
