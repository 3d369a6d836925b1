import { createHmac } from 'node:crypto';
import { Signature } from '@hubspot/api-client/lib/src/utils/signature.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HubSpotCredentials } from '../../../../connectors/hubspot/settings.ts';
import { webhooks } from '../../../../connectors/hubspot/webhooks.ts';
import type { WebhookRequest } from '../../../../src/connector-sdk/index.ts';

const secret = 'app-secret';
const app: HubSpotCredentials = { accessToken: 'token', clientSecret: secret };
const url = 'https://leads.example.com/hooks/acme/acme-hubspot';
const now = new Date('2026-11-27T12:00:00Z');
const body = Buffer.from(JSON.stringify([{ subscriptionType: 'contact.creation', objectId: 7 }]));

interface Parts {
  readonly method?: string;
  readonly url?: string;
  readonly body?: Uint8Array;
  readonly at?: number;
  readonly key?: string;
}

function signed({ method = 'POST', url: uri = url, body: bytes = body, at = now.getTime(), key = secret }: Parts = {}) {
  const signature = createHmac('sha256', key).update(`${method}${uri}`).update(bytes).update(`${at}`).digest('base64');
  return { method, url: uri, body: bytes, headers: headersOf(signature, `${at}`) };
}

const headersOf = (signature: string, timestamp: string) => ({
  'x-hubspot-signature-v3': signature,
  'x-hubspot-request-timestamp': timestamp,
});

const verdict = (request: WebhookRequest, credentials: HubSpotCredentials = app) =>
  webhooks.verify(request, credentials, now).status;

describe('a signature of HubSpot', () => {
  it('is over method, address, body and time of the call, as the vendor’s own library makes it', () => {
    const signature = Signature.getSignature('POST', 'v3', {
      clientSecret: secret,
      requestBody: body.toString(),
      url,
      timestamp: now.getTime(),
      signature: '',
    });
    const request = { method: 'POST', url, body, headers: headersOf(signature, `${now.getTime()}`) };
    expect(verdict(request)).toBe('genuine');
  });

  it('is checked with the secret of an OAuth app, too', () => {
    const oauth = { clientId: 'id', clientSecret: secret, refreshToken: 'refresh' };
    expect(verdict(signed(), oauth)).toBe('genuine');
    expect(verdict(signed(), { ...oauth, clientSecret: 'another' })).toBe('forged');
  });

  it('cannot be checked with a service key, which has no secret, and never with an empty one', () => {
    expect(verdict(signed(), { accessToken: 'key' })).toBe('no-secret');
    expect(verdict(signed({ key: '' }), { accessToken: 'key', clientSecret: '' })).toBe('no-secret');
  });

  it('is missing where either of its headers is, or says nothing, or where it is of an older version', () => {
    const { headers, ...request } = signed();
    expect(verdict({ ...request, headers: {} })).toBe('unsigned');
    for (const name of Object.keys(headers)) {
      expect(verdict({ ...request, headers: { ...headers, [name]: undefined } })).toBe('unsigned');
      expect(verdict({ ...request, headers: { ...headers, [name]: '' } })).toBe('unsigned');
    }
    expect(verdict({ ...request, headers: { 'x-hubspot-signature': 'v1', 'x-hubspot-signature-version': 'v1' } })).toBe(
      'unsigned',
    );
  });

  it('holds for five minutes before and after, to the millisecond, and is stale then', () => {
    const at = (ms: number) => verdict(signed({ at: now.getTime() + ms }));
    expect([at(-300_000), at(300_000)]).toEqual(['genuine', 'genuine']);
    expect([at(-300_001), at(300_001)]).toEqual(['stale', 'stale']);
  });

  it('that nobody of HubSpot made is forged, not stale, however old it says it is', () => {
    expect(verdict(signed({ at: 1, key: 'guess' }))).toBe('forged');
  });

  it('takes these characters of the address as they are, and every other escape as it stands', () => {
    const escaped = `${url}?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B&b=%20%26%C3%BC%3a`;
    const plain = `${url}?a=:/?@!$'()*,;&b=%20%26%C3%BC%3a`;
    const { headers } = signed({ url: plain });
    expect(verdict({ ...signed(), url: escaped, headers })).toBe('genuine');
    expect(verdict({ ...signed(), url: decodeURIComponent(escaped), headers })).toBe('forged');
  });

  it('is over the bytes of the body, whatever they are', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x5b]);
    expect(verdict(signed({ body: bytes }))).toBe('genuine');
    expect(verdict({ ...signed({ body: bytes }), body: Buffer.from(bytes.toString()) })).toBe('forged');
  });

  it('lets no byte wander between body and time', () => {
    const { headers, ...request } = signed();
    const time = headers['x-hubspot-request-timestamp'];
    for (const taken of [1, 2, 5]) {
      const moved = { ...request, body: Buffer.concat([body, Buffer.from(time.slice(0, taken))]) };
      const later = { ...headers, 'x-hubspot-request-timestamp': time.slice(taken) };
      expect(verdict({ ...moved, headers: later })).toBe('stale');
    }
    const shorter = { ...request, body: body.subarray(0, -1) };
    expect(verdict({ ...shorter, headers: { ...headers, 'x-hubspot-request-timestamp': `]${time}` } })).toBe('forged');
  });

  it('has one spelling: the same bytes in another base64 are refused, so that nobody can make a replay look new', () => {
    const { headers, ...request } = signed();
    const signature = headers['x-hubspot-signature-v3'];
    const others = [
      signature.replace(/=+$/, ''),
      ` ${signature}`,
      signature.replaceAll('+', '-').replaceAll('/', '_').concat('='),
      `${signature}, ${signature}`,
    ];
    for (const other of others) {
      expect(verdict({ ...request, headers: { ...headers, 'x-hubspot-signature-v3': other } })).toBe('forged');
    }
  });

  it('names the same delivery for the same bytes, and another one for any other', () => {
    const id = (parts: Parts) => {
      const answer = webhooks.verify(signed(parts), app, now);
      return answer.status === 'genuine' ? answer.deliveryId : '';
    };
    expect(id({})).toBe(id({}));
    expect(
      new Set([id({}), id({ at: now.getTime() - 1 }), id({ body: Buffer.from('[]') }), id({ url: `${url}?` })]),
    ).toHaveLength(4);
  });

  it('is broken by any change of any byte', () => {
    const place = fc.constantFrom('method', 'url', 'body', 'timestamp', 'signature');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), place, fc.nat(), fc.integer({ min: 1, max: 255 }), (...given) => {
        const [bytes, what, at, flip] = given;
        const request = signed({ body: bytes });
        const changed = (text: string) => {
          const index = at % text.length;
          const code = text.charCodeAt(index) ^ flip;
          return `${text.slice(0, index)}${String.fromCharCode(code)}${text.slice(index + 1)}`;
        };
        const { headers } = request;
        const flipped = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ flip : byte));
        const spoilt: WebhookRequest = {
          ...request,
          ...(what === 'method' && { method: changed(request.method) }),
          ...(what === 'url' && { url: changed(request.url) }),
          ...(what === 'body' && { body: flipped }),
          headers: {
            'x-hubspot-signature-v3':
              what === 'signature' ? changed(headers['x-hubspot-signature-v3']) : headers['x-hubspot-signature-v3'],
            'x-hubspot-request-timestamp':
              what === 'timestamp'
                ? changed(headers['x-hubspot-request-timestamp'])
                : headers['x-hubspot-request-timestamp'],
          },
        };
        expect(verdict(spoilt)).toBe('forged');
      }),
    );
  });

  it('never throws, whatever comes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, fc.uint8Array(), (method, uri, signature, timestamp, bytes) => {
        const request = { method, url: uri, headers: headersOf(signature, timestamp), body: bytes };
        expect(['unsigned', 'forged']).toContain(verdict(request));
      }),
    );
  });
});

const event = (subscriptionType: string, more: object = {}) => ({
  eventId: 1,
  subscriptionId: 12,
  portalId: 44_000_001,
  appId: 5,
  occurredAt: 1_764_244_800_000,
  attemptNumber: 0,
  changeSource: 'CRM_UI',
  subscriptionType,
  objectId: 101,
  ...more,
});

const read = (...events: readonly unknown[]) =>
  webhooks.read({ ...signed(), body: Buffer.from(JSON.stringify(events)) });

const short = (...events: readonly unknown[]) =>
  read(...events)?.map(({ object, externalId, reason, field }) => `${object} ${externalId} ${reason} ${field}`);

describe('what HubSpot tells', () => {
  it('is where to look, when it happened, and in whose account', () => {
    expect(read(event('contact.propertyChange', { propertyName: 'jobtitle', propertyValue: 'Chief' }))).toEqual([
      {
        object: 'contacts',
        externalId: '101',
        reason: 'changed',
        field: 'jobtitle',
        occurredAt: new Date('2025-11-27T12:00:00Z'),
        accountId: '44000001',
      },
    ]);
  });

  it.each([
    ['contact.creation', {}, ['contacts 101 changed null']],
    ['company.creation', {}, ['companies 101 changed null']],
    ['company.propertyChange', { propertyName: 'domain' }, ['companies 101 changed domain']],
    ['contact.deletion', {}, ['contacts 101 deleted null']],
    ['contact.privacyDeletion', {}, ['contacts 101 erased null']],
    ['contact.restore', {}, ['contacts 101 changed null']],
    ['object.propertyChange', { objectTypeId: '0-1', propertyName: 'city' }, ['contacts 101 changed city']],
    ['object.deletion', { objectTypeId: '0-2' }, ['companies 101 deleted null']],
    ['object.creation', { objectTypeId: '0-47' }, ['meetings 101 changed null']],
    ['object.creation', { objectTypeId: '0-48' }, ['calls 101 changed null']],
    ['object.creation', { objectTypeId: '0-49' }, ['emails 101 changed null']],
  ])('%s %o is %o', (type, more, expected) => {
    expect(short(event(type, more))).toEqual(expected);
  });

  it('of a merge leads to both that were there and to the one that is, each once', () => {
    const merge = { primaryObjectId: 101, mergedObjectIds: [101, 102], newObjectId: 200, numberOfPropertiesMoved: 3 };
    expect(short(event('contact.merge', merge))).toEqual([
      'contacts 200 changed null',
      'contacts 101 changed null',
      'contacts 102 changed null',
    ]);
    expect(short(event('company.merge', { ...merge, objectId: undefined, mergedObjectIds: undefined }))).toEqual([
      'companies 200 changed null',
      'companies 101 changed null',
    ]);
  });

  it('of a company that came or went leads to the person, from whichever side it is told', () => {
    const ends = { objectId: undefined, fromObjectId: 1, toObjectId: 2, associationRemoved: true };
    expect(short(event('contact.associationChange', { ...ends, associationType: 'CONTACT_TO_COMPANY' }))).toEqual([
      'contacts 1 changed null',
    ]);
    expect(short(event('company.associationChange', { ...ends, associationType: 'COMPANY_TO_CONTACT' }))).toEqual([
      'contacts 2 changed null',
    ]);
    expect(short(event('contact.associationChange', { ...ends, associationType: 'CONTACT_TO_DEAL' }))).toEqual([]);
  });

  it('is left out where nothing of it is read here, and stops nothing else', () => {
    const known = event('contact.creation');
    expect(
      short(
        event('deal.creation'),
        event('conversation.newMessage'),
        event('contact.somethingNew'),
        event('object.creation', { objectTypeId: '2-77' }),
        event('object.creation'),
        event('__proto__.creation'),
        event('contact.creation', { portalId: undefined }),
        event('contact.creation', { occurredAt: 'yesterday' }),
        event('contact.creation', { occurredAt: 9e15 }),
        event('contact.creation', { objectId: undefined }),
        event('contact.creation', { objectId: -1 }),
        event('contact.creation', { objectId: 1e21 }),
        event('contact.creation', { objectId: '1; drop' }),
        null,
        7,
        'text',
        [known],
        known,
      ),
    ).toEqual(['contacts 101 changed null']);
  });

  it('of a property whose name is none, says that any may have changed', () => {
    for (const propertyName of [undefined, 7, '', 'a\u0000b', 'x'.repeat(101)]) {
      expect(short(event('contact.propertyChange', { propertyName }))).toEqual(['contacts 101 changed null']);
    }
  });

  it.each(['', '{', '{}', 'null', '"text"', '\ufffe', '[1'])('that is no list is none: %j', (text) => {
    expect(webhooks.read({ ...signed(), body: Buffer.from(text) })).toBeNull();
  });

  it('in no UTF-8 is none', () => {
    expect(webhooks.read({ ...signed(), body: Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]) })).toBeNull();
  });

  it('never throws, whatever the events are', () => {
    const types = fc.constantFrom(
      'contact.merge',
      'contact.propertyChange',
      'contact.associationChange',
      'object.merge',
    );
    const any = fc.record({
      subscriptionType: types,
      portalId: fc.anything(),
      objectId: fc.anything(),
      mergedObjectIds: fc.anything(),
      occurredAt: fc.anything(),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(any, fc.jsonValue())), (events) => {
        expect(read(...events)).toBeInstanceOf(Array);
      }),
    );
  });
});
