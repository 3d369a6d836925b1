import type { ServerResponse } from 'node:http';
import { Signature } from '@hubspot/api-client/lib/src/utils/signature.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startHubSpotSandbox, type HubSpotSandbox } from '../../../src/sandbox/hubspot/index.ts';
import { startScripted, type ScriptedServer, type Seen } from '../../support/scripted-server.ts';

// What HubSpot's guide and reference say of webhooks, held against the sandbox over real HTTP.

const OBJECTS = '/crm/objects/2026-09';
const minute = 60_000;
/** On two busy cores a delivery takes its time. */
const patience = { timeout: 20_000 };
const day = 24 * 60 * minute;

type Event = Record<string, unknown>;

let sandbox: HubSpotSandbox;
let target: ScriptedServer;
let answer: (response: ServerResponse, seen: Seen) => void;

beforeEach(async () => {
  answer = (response) => response.writeHead(204).end();
  target = await startScripted((seen, response) => answer(response, seen));
  sandbox = await startHubSpotSandbox({ contacts: 20, limits: 'off' });
});

afterEach(async () => {
  await sandbox.close();
  await target[Symbol.asyncDispose]();
});

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Event }> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Event };
}

async function subscribe(subscriptions: readonly (string | Event)[], more: Event = {}): Promise<void> {
  const { status, body } = await call('POST', '/__sandbox/webhooks', {
    targetUrl: `${target.url}/hook?of=acme%2Fone`,
    clientSecret: 'the secret',
    appId: 77,
    subscriptions: subscriptions.map((one) => (typeof one === 'string' ? { eventType: one } : one)),
    ...more,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

const changesOf = (propertyName: string) => ({ eventType: 'contact.propertyChange', propertyName });
const eventsIn = ({ body }: Seen) => JSON.parse(body) as Event[];
const told = () => target.seen.flatMap(eventsIn);

async function heard(count: number): Promise<Event[]> {
  await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(count), { timeout: 5_000, interval: 10 });
  return told();
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 150));
const someone = (at = 0) =>
  [...sandbox.store.contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined)[at]!.id;

describe('an event', () => {
  it('of a property tells which, its new value, whose, when, and by which subscription', async () => {
    await subscribe([changesOf('jobtitle')]);
    const id = someone();
    await call('PATCH', `${OBJECTS}/contacts/${id}`, { properties: { jobtitle: 'Chief', city: 'Reno' } });
    const [event, ...others] = await heard(1);
    expect(others).toEqual([]);
    expect(event).toEqual({
      eventId: expect.any(Number),
      subscriptionId: 1,
      portalId: sandbox.store.portalId,
      appId: 77,
      occurredAt: expect.any(Number),
      subscriptionType: 'contact.propertyChange',
      attemptNumber: 0,
      objectId: id,
      changeSource: 'INTEGRATION',
      propertyName: 'jobtitle',
      propertyValue: 'Chief',
      isSensitive: false,
    });
  });

  it('comes of every way in: one call, a batch, the hands of a person, and a value that is calculated', async () => {
    await subscribe([changesOf('jobtitle'), changesOf('hs_email_open'), 'contact.creation']);
    const id = someone();
    await call('POST', `${OBJECTS}/contacts/batch/update`, {
      inputs: [{ id: `${id}`, properties: { jobtitle: 'A' } }],
    });
    await call('POST', `/__sandbox/contacts/${id}`, { properties: { hs_email_open: 99 }, bump: false });
    await call('POST', `${OBJECTS}/contacts/batch/create`, { inputs: [{ properties: { email: 'new@b.example' } }] });
    const record = sandbox.store.contacts.get(id)!;
    sandbox.store.update(sandbox.store.contacts, record, { ...record.properties, jobtitle: 'B' }, undefined);
    const events = await heard(4);
    expect(events.map((event) => String(event['propertyValue'] ?? event['changeFlag'])).toSorted()).toEqual(
      ['A', '99', 'CREATED', 'B'].toSorted(),
    );
  });

  it('does not come of a write that changes nothing, nor of what nobody subscribed to', async () => {
    await subscribe([changesOf('jobtitle')]);
    const id = someone();
    const { jobtitle = '' } = sandbox.store.contacts.get(id)!.properties;
    await call('PATCH', `${OBJECTS}/contacts/${id}`, { properties: { jobtitle, city: 'Reno' } });
    await call('POST', '/__sandbox/bulk-touch', { count: 5 });
    await quiet();
    expect(told()).toEqual([]);
  });

  it('of a deletion, and of a restoration by hand', async () => {
    await subscribe(['contact.deletion', 'contact.restore']);
    const [first, second] = [someone(0), someone(1)];
    await call('DELETE', `${OBJECTS}/contacts/${first}`);
    await call('POST', `${OBJECTS}/contacts/batch/archive`, { inputs: [{ id: `${second}` }] });
    await heard(2);
    await call('POST', `/__sandbox/contacts/${first}/restore`, {});
    const events = await heard(3);
    expect(
      events.map((event) => `${String(event['subscriptionType'])} ${String(event['objectId'])}`).toSorted(),
    ).toEqual([`contact.deletion ${first}`, `contact.deletion ${second}`, `contact.restore ${first}`].toSorted());
  });

  it('of an erasure for privacy comes twice: as that, and as a deletion', async () => {
    await subscribe(['contact.deletion', 'contact.privacyDeletion']);
    await call('POST', `${OBJECTS}/contacts/gdpr-delete`, { objectId: `${someone()}` });
    const events = await heard(2);
    expect(events.map((event) => String(event['subscriptionType'])).toSorted()).toEqual([
      'contact.deletion',
      'contact.privacyDeletion',
    ]);
  });

  it('of a merge names both records and the new one', async () => {
    await subscribe(['contact.merge']);
    const [primary, other] = [someone(0), someone(1)];
    const { body } = await call('POST', `${OBJECTS}/contacts/merge`, {
      primaryObjectId: `${primary}`,
      objectIdToMerge: `${other}`,
    });
    expect(await heard(1)).toEqual([
      expect.objectContaining({
        objectId: primary,
        primaryObjectId: primary,
        mergedObjectIds: [other],
        newObjectId: Number(body['id']),
        numberOfPropertiesMoved: expect.any(Number),
      }),
    ]);
  });

  it('of an association comes from both ends, and has no object of its own', async () => {
    await subscribe(['contact.associationChange', 'company.associationChange']);
    const created = await call('POST', `${OBJECTS}/contacts`, { properties: { email: 'x@b.example' } });
    const contact = Number(created.body['id']);
    const company = [...sandbox.store.table('companies').from(0)][0]!.id;
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }];
    await call('POST', '/crm/associations/2026-09/contacts/companies/batch/create', {
      inputs: [{ from: { id: `${contact}` }, to: { id: `${company}` }, types }],
    });
    const events = await heard(2);
    const whole = { associationRemoved: false, isPrimaryAssociation: true };
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...whole,
          associationType: 'CONTACT_TO_COMPANY',
          fromObjectId: contact,
          toObjectId: company,
        }),
        expect.objectContaining({
          ...whole,
          associationType: 'COMPANY_TO_CONTACT',
          fromObjectId: company,
          toObjectId: contact,
        }),
      ]),
    );
    for (const event of events) expect(event).not.toHaveProperty('objectId');
  });

  it('of object.… says of which type', async () => {
    await subscribe([{ eventType: 'object.creation', objectTypeId: '0-47' }]);
    await call('POST', `${OBJECTS}/contacts`, { properties: { email: 'x@b.example' } });
    await call('POST', `${OBJECTS}/meetings`, { properties: { hs_timestamp: '1659970800001' } });
    await heard(1);
    await quiet();
    expect(told()).toEqual([expect.objectContaining({ subscriptionType: 'object.creation', objectTypeId: '0-47' })]);
  });
});

describe('a delivery', () => {
  it('is a POST of at most a hundred events, in no order', async () => {
    await subscribe([changesOf('city')]);
    const ids = [...sandbox.store.contacts.from(0)].map(({ id }) => id);
    for (let round = 0; round < 15; round += 1) {
      for (const id of ids) {
        const record = sandbox.store.contacts.get(id)!;
        sandbox.store.update(sandbox.store.contacts, record, { ...record.properties, city: `C${round}` }, undefined);
      }
    }
    const expected = 15 * ids.length;
    const events = await heard(expected);
    expect(events).toHaveLength(expected);
    expect(target.seen.map((seen) => eventsIn(seen).length).every((count) => count <= 100)).toBe(true);
    expect(target.seen.map(({ method }) => method)).toEqual(target.seen.map(() => 'POST'));
    const rounds = events.map((event) => Number(String(event['propertyValue']).slice(1)));
    expect(rounds).not.toEqual(rounds.toSorted((a, b) => a - b));
  });

  it('is signed so that the vendor’s own library finds it valid', async () => {
    await subscribe([changesOf('city')]);
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Żółć' } });
    await heard(1);
    const { headers, body } = target.seen[0]!;
    const options = {
      signatureVersion: 'v3',
      method: 'POST',
      clientSecret: 'the secret',
      requestBody: body,
      // An escaped slash is signed as a slash.
      url: `${target.url}/hook?of=acme/one`,
      timestamp: Number(headers['x-hubspot-request-timestamp']),
      signature: String(headers['x-hubspot-signature-v3']),
    };
    expect(Signature.isValid(options)).toBe(true);
    expect(Signature.isValid({ ...options, clientSecret: 'another' })).toBe(false);
  });

  it('has nine others beside it at most', async () => {
    let open = 0;
    let most = 0;
    answer = (response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(200).end();
      }, 30);
    };
    await subscribe([changesOf('city')]);
    const record = sandbox.store.contacts.get(someone())!;
    for (let at = 0; at < 2_500; at += 1)
      sandbox.store.update(sandbox.store.contacts, record, { ...record.properties, city: `C${at}` }, undefined);
    await heard(2_500);
    expect(most).toBe(10);
  });

  it.each([400, 401, 404, 410, 429, 500, 503])('that is answered with %d comes again, signed anew', async (status) => {
    answer = (response) => response.writeHead(target.seen.length > 1 ? 204 : status).end();
    await subscribe([changesOf('city')]);
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    await heard(1);
    await vi.waitFor(() => expect(sandbox.webhooks.pending).toBe(1), patience);
    sandbox.advance(minute);
    await heard(2);
    const [first, second] = target.seen;
    expect([...eventsIn(first!), ...eventsIn(second!)].map((event) => event['attemptNumber'])).toEqual([0, 1]);
    expect(eventsIn(second!)).toEqual(eventsIn(first!).map((event) => ({ ...event, attemptNumber: 1 })));
    expect(second!.headers['x-hubspot-signature-v3']).not.toBe(first!.headers['x-hubspot-signature-v3']);
    const at = ({ headers }: Seen) => Number(headers['x-hubspot-request-timestamp']);
    expect(at(second!) - at(first!)).toBeGreaterThanOrEqual(minute);
    await vi.waitFor(() => expect(sandbox.webhooks.attempts.map((one) => one.status)).toEqual([status, 204]), patience);
    expect(sandbox.webhooks.pending).toBe(0);
  });

  it('is given five seconds, then it comes again, and so it does where nobody answers at all', async () => {
    const held: ServerResponse[] = [];
    answer = (response) => {
      if (target.seen.length === 1) held.push(response);
      else if (target.seen.length === 2) response.socket?.destroy();
      else response.writeHead(200).end();
    };
    // Twenty times as fast: a quarter of a second, which a busy machine may take once more.
    await subscribe([changesOf('city')], { timeScale: 20 });
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    const statuses = () => sandbox.webhooks.attempts.map(({ status }) => status);
    await vi.waitFor(() => expect(statuses()).toContain(200), { timeout: 50_000 });
    expect(statuses().slice(0, 2)).toEqual([0, 0]);
    for (const response of held) response.destroy();
  });

  it('is tried ten times more over a day, and then never again', async () => {
    answer = (response) => response.writeHead(500).end();
    await subscribe([changesOf('city')]);
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await vi.waitFor(() => expect(sandbox.webhooks.attempts).toHaveLength(attempt), patience);
      expect(sandbox.webhooks.pending).toBe(1);
      sandbox.advance(day / 3);
    }
    await vi.waitFor(() => expect(sandbox.webhooks.attempts).toHaveLength(11), patience);
    sandbox.advance(2 * day);
    await quiet();
    expect(sandbox.webhooks.attempts.map(({ attemptNumber }) => attemptNumber)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(sandbox.webhooks.pending).toBe(0);
  });
});

describe('on a bad day', () => {
  const strike = (name: string, more: Event = {}) => call('POST', '/__sandbox/faults', { name, count: 1, ...more });

  it('a delivery is lost, and the next one is not', async () => {
    await subscribe([changesOf('city')]);
    await strike('webhook-lost');
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    await quiet();
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Elko' } });
    expect((await heard(1)).map((event) => event['propertyValue'])).toEqual(['Elko']);
  });

  it('events come twice', async () => {
    await subscribe([changesOf('city')]);
    await strike('webhook-duplicated');
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    const [first, second] = await heard(2);
    expect(second).toEqual(first);
    expect(target.seen).toHaveLength(2);
  });

  it('a delivery is overtaken by a later one', async () => {
    await subscribe([changesOf('city')]);
    await strike('webhook-delayed', { ms: minute });
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Reno' } });
    await quiet();
    await call('PATCH', `${OBJECTS}/contacts/${someone()}`, { properties: { city: 'Elko' } });
    await heard(1);
    sandbox.advance(minute);
    expect((await heard(2)).map((event) => event['propertyValue'])).toEqual(['Elko', 'Reno']);
  });

  it('faults of calls leave deliveries alone, and the other way round', async () => {
    await subscribe([changesOf('city')]);
    await strike('webhook-lost');
    await strike('503', { path: 'hook' });
    expect((await call('GET', `${OBJECTS}/contacts`)).status).toBe(200);
    expect(sandbox.faults.active().map(({ struck }) => struck)).toEqual([0, 0]);
  });
});

describe('a subscription', () => {
  it.each([
    [changesOf('num_unique_conversion_events')],
    [{ eventType: 'company.propertyChange', propertyName: 'hs_lastmodifieddate' }],
    [{ eventType: 'contact.propertyChange' }],
    [{ eventType: 'contact.creation', propertyName: 'city' }],
    [{ eventType: 'contact.formSubmission' }],
    [{ eventType: 'meeting.creation' }],
    [{ eventType: 'object.creation' }],
    [{ eventType: 'object.creation', objectTypeId: '0-999' }],
    [{ eventType: 'contact.creation', objectTypeId: '0-1' }],
  ])('is refused as %o', async (subscription) => {
    await expect(subscribe([subscription])).rejects.toThrow('error');
  });

  it('is one of a thousand at most', async () => {
    await expect(subscribe(Array.from({ length: 1_001 }, () => 'contact.creation'))).rejects.toThrow('error');
    await subscribe(Array.from({ length: 1_000 }, () => 'contact.creation'));
  });

  it('is shown without its secret, and gone when it is taken back', async () => {
    await subscribe(['contact.creation']);
    const { body } = await call('GET', '/__sandbox/webhooks');
    expect(body).toMatchObject({ apps: [{ appId: 77, subscriptions: [{ id: 1 }] }], pending: 0, attempts: [] });
    expect(JSON.stringify(body)).not.toContain('the secret');
    expect((await call('DELETE', '/__sandbox/webhooks')).status).toBe(204);
    await call('POST', `${OBJECTS}/contacts`, { properties: { email: 'x@b.example' } });
    await quiet();
    expect(target.seen).toEqual([]);
  });

  it('outlives neither a reset nor the sandbox', async () => {
    await subscribe(['contact.creation']);
    await call('POST', '/__sandbox/reset', {});
    expect(sandbox.webhooks.apps).toEqual([]);
    await subscribe(['contact.creation']);
    await call('POST', `${OBJECTS}/contacts`, { properties: { email: 'x@b.example' } });
    await heard(1);
  });
});
