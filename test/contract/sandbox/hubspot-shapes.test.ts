import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_SCOPES, startHubSpotSandbox, type HubSpotSandbox } from '../../../src/sandbox/hubspot/index.ts';
import { SAMPLES } from './samples.ts';
import { shapeOf } from './shape.ts';

const OBJECTS = '/crm/objects/2026-09';
const CONTACTS = `${OBJECTS}/contacts`;
const COMPANY_LINKS = '/crm/associations/2026-09/contacts/companies/batch';
const PROPERTIES = '/crm/properties/2026-09/contacts';

let sandbox: HubSpotSandbox;
let known: string;
let lonely: string;
let company: string;

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

async function call(method: string, path: string, body?: unknown, token = 'sandbox-token'): Promise<Answer> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

beforeAll(async () => {
  sandbox = await startHubSpotSandbox({
    contacts: 40,
    limits: 'off',
    tokens: { 'sandbox-token': ALL_SCOPES, narrow: [] },
  });
  const records = [...sandbox.store.contacts.from(0)];
  known = String(records[0]?.id);
  company = String(records[0]?.properties['associatedcompanyid']);
  const created = await call('POST', CONTACTS, { properties: { email: 'lonely@b.example' } });
  lonely = (created.body as { id: string }).id;
});

afterAll(() => sandbox.close());

/** [what, sample, status, method, path, body, token] */
type Case = [string, keyof typeof SAMPLES, number, string, () => string, ((() => unknown) | undefined)?, string?];

const CASES: Case[] = [
  ['a list page', 'listPage', 200, 'GET', () => `${CONTACTS}?limit=1&properties=email,zip`],
  ['a record', 'recordWithNull', 200, 'GET', () => `${CONTACTS}/${known}?properties=zip`],
  [
    'a record with associations',
    'associated',
    200,
    'GET',
    () => `${CONTACTS}/${known}?properties=email&associations=companies`,
  ],
  ['a create', 'record', 201, 'POST', () => CONTACTS, () => ({ properties: { email: 'new@b.example' } })],
  ['an update', 'record', 200, 'PATCH', () => `${CONTACTS}/${known}`, () => ({ properties: { city: 'Reno' } })],
  ['a search page', 'searchPage', 200, 'POST', () => `${CONTACTS}/search`, () => ({ limit: 1, properties: ['zip'] })],
  [
    'a search without a hit',
    'searchEmpty',
    200,
    'POST',
    () => `${CONTACTS}/search`,
    () => ({ filters: [{ propertyName: 'email', operator: 'EQ', value: 'nobody@b.example' }] }),
  ],
  [
    'a batch update',
    'batchWritten',
    200,
    'POST',
    () => `${CONTACTS}/batch/update`,
    () => ({ inputs: [{ id: known, properties: { city: 'Elko' } }] }),
  ],
  [
    'a batch update with a missing id',
    'batchMissing',
    207,
    'POST',
    () => `${CONTACTS}/batch/update`,
    () => ({ inputs: ['9', known].map((id) => ({ id, properties: { city: 'Ely' } })) }),
  ],
  [
    'an unknown property',
    'invalidValue',
    400,
    'POST',
    () => `${CONTACTS}/batch/update`,
    () => ({ inputs: [{ id: known, properties: { first000name: 'x' } }] }),
  ],
  [
    'one id twice',
    'duplicateIds',
    400,
    'POST',
    () => `${CONTACTS}/batch/update`,
    () => ({ inputs: [known, known].map((id) => ({ id, properties: {} })) }),
  ],
  ['a taken e-mail', 'conflict', 409, 'POST', () => CONTACTS, () => ({ properties: { email: 'lonely@b.example' } })],
  ['broken JSON', 'unreadableJson', 400, 'POST', () => CONTACTS, () => '{"properties":'],
  [
    'an input that is a list',
    'unreadableJson',
    400,
    'POST',
    () => `${CONTACTS}/batch/update`,
    () => ({ inputs: [[]] }),
  ],
  ['an unknown object type', 'unknownType', 400, 'POST', () => `${OBJECTS}/butterflies/search`, () => ({})],
  ['a wrong token', 'unauthenticated', 401, 'GET', () => CONTACTS, undefined, 'wrong'],
  ['a missing scope', 'missingScopes', 403, 'GET', () => CONTACTS, undefined, 'narrow'],
  [
    'a new property',
    'property',
    201,
    'POST',
    () => PROPERTIES,
    () => ({ name: 'x1', label: 'X', type: 'number', fieldType: 'number', groupName: 'contactinformation' }),
  ],
  [
    'a property that exists',
    'propertyExists',
    409,
    'POST',
    () => PROPERTIES,
    () => ({ name: 'email', label: 'X', type: 'string', fieldType: 'text', groupName: 'contactinformation' }),
  ],
  ['a new group', 'group', 201, 'POST', () => `${PROPERTIES}/groups`, () => ({ name: 'g1', label: 'G' })],
  ['associations', 'associations', 200, 'POST', () => `${COMPANY_LINKS}/read`, () => ({ inputs: [{ id: known }] })],
  [
    'no associations',
    'noAssociations',
    207,
    'POST',
    () => `${COMPANY_LINKS}/read`,
    () => ({ inputs: [{ id: lonely }] }),
  ],
  [
    'a new association',
    'associationCreated',
    201,
    'POST',
    () => `${COMPANY_LINKS}/create`,
    () => ({
      inputs: [
        {
          from: { id: known },
          to: { id: company },
          types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }],
        },
      ],
    }),
  ],
  ['an owner', 'owner', 200, 'GET', () => '/crm/owners/2026-09/31871817'],
  ['the account', 'account', 200, 'GET', () => '/account-info/2026-09/details'],
];

describe('answers have the shape of the recordings', () => {
  it.each(CASES)('%s: %s, %d', async (...[, sample, status, method, path, body, token]) => {
    const answer = await call(method, path(), body?.(), token);
    expect(answer.status).toBe(status);
    expect(shapeOf(answer.body)).toStrictEqual(shapeOf(SAMPLES[sample]));
  });

  it.each([
    ['429-ten-secondly', 'tenSecondly', 429, 'GET', CONTACTS],
    ['429-secondly', 'searchLimited', 429, 'POST', `${CONTACTS}/search`],
    ['500', 'internal', 500, 'GET', CONTACTS],
    ['token-expired', 'expired', 401, 'GET', CONTACTS],
    ['missing-scope', 'missingScopes', 403, 'GET', CONTACTS],
  ] as const)('fault %s: %s, %d', async (name, sample, status, method, path) => {
    sandbox.faults.activate({ name, count: 1 });
    const answer = await call(method, path, method === 'POST' ? {} : undefined);
    expect(answer.status).toBe(status);
    expect(shapeOf(answer.body)).toStrictEqual(shapeOf(SAMPLES[sample]));
    sandbox.faults.clear();
  });

  it('a create names its place, and the correlation id is that of the body', async () => {
    const created = await call('POST', CONTACTS, { properties: { email: 'placed@b.example' } });
    const { id } = created.body as { id: string };
    expect(created.headers.get('location')).toBe(`https://api.hubapi.com${CONTACTS}/${id}`);
    const refused = await call('GET', CONTACTS, undefined, 'wrong');
    expect(refused.headers.get('x-hubspot-correlation-id')).toBe(
      (refused.body as { correlationId: string }).correlationId,
    );
    expect(refused.headers.get('x-hubspot-auth-failure')).toBe('401 Unauthorized');
  });

  it('times have milliseconds, or none where they are zero', async () => {
    const properties = { hs_meeting_start_time: '1659970800000', hs_timestamp: '1659970800001' };
    const { body } = await call('POST', `${OBJECTS}/meetings`, { properties });
    expect((body as { properties: object }).properties).toMatchObject({
      hs_meeting_start_time: '2022-08-08T15:00:00Z',
      hs_timestamp: '2022-08-08T15:00:00.001Z',
    });
  });
});
