import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hubspot } from '../../../../connectors/hubspot/index.ts';
import type { HubSpotCredentials, HubSpotSettings } from '../../../../connectors/hubspot/settings.ts';
import { RequestError, type Connector } from '../../../../src/connector-sdk/index.ts';
import { testContext, virtualClock } from '../../../support/connector-context.ts';
import { createReplica, walk } from '../../../support/connector-replica.ts';

const baseUrl = 'https://api.hubspot.test';
const clock = virtualClock();
const until = new Date(clock.now());

beforeAll(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
});
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

function connectorWith(settings: HubSpotSettings = {}): Connector {
  nock(baseUrl)
    .get('/account-info/2026-09/details')
    .reply(200, { portalId: 42, accountType: 'STANDARD', timeZone: 'UTC' });
  nock(baseUrl)
    .get(/^\/crm\/properties\/2026-09\//)
    .reply(200, { results: [] });
  const credentials = { accessToken: 'key' };
  return hubspot.open(
    testContext<HubSpotSettings, HubSpotCredentials>({ definition: hubspot, clock, baseUrl, settings, credentials }),
  );
}

const record = (id: string, stamp: string): object => ({
  id,
  properties: { lastmodifieddate: stamp, jobtitle: `title ${id}` },
  updatedAt: stamp,
});

describe('a pull', () => {
  test('that is answered 414 goes on with ids first and fields by batch (trap 10)', async () => {
    const connector = connectorWith();
    nock(baseUrl)
      .get('/crm/objects/2026-09/contacts')
      .query(({ properties }) => String(properties).includes('jobtitle'))
      .reply(414, '');
    nock(baseUrl)
      .get('/crm/objects/2026-09/contacts')
      .query({ limit: '100', properties: 'lastmodifieddate' })
      .reply(200, { results: [record('51', '2026-11-20T00:00:00Z')] });
    nock(baseUrl)
      .post(
        '/crm/objects/2026-09/contacts/batch/read',
        (body: { inputs: unknown }) => JSON.stringify(body.inputs) === '[{"id":"51"}]',
      )
      .reply(200, { results: [record('51', '2026-11-20T00:00:00Z')] });
    const replica = createReplica();
    await walk(connector, replica, { object: 'contacts', lane: 'full', fields: ['jobtitle'], until });
    expect(replica.records.get('51')?.fields).toEqual({ jobtitle: 'title 51' });
  });

  test('takes a hit as it is now, though it changed after the window', async () => {
    const connector = connectorWith();
    const later = '2026-11-22T12:00:01Z';
    nock(baseUrl)
      .post('/crm/objects/2026-09/contacts/search')
      .reply(200, { total: 1, results: [record('51', later)] });
    nock(baseUrl)
      .post('/crm/objects/2026-09/contacts/batch/read')
      .reply(200, { results: [record('51', later)] });
    const replica = createReplica();
    await walk(connector, replica, { object: 'contacts', lane: 'live', fields: ['jobtitle'], until });
    expect(replica.records.get('51')?.modifiedAt).toEqual(new Date(later));
  });

  test('skips a hit that was gone before it could be read', async () => {
    const connector = connectorWith();
    nock(baseUrl)
      .post('/crm/objects/2026-09/contacts/search')
      .reply(200, { total: 1, results: [record('51', '2026-11-20T00:00:00Z')] });
    nock(baseUrl)
      .post('/crm/objects/2026-09/contacts/batch/read')
      .reply(207, { results: [], errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['51'] } }] });
    const replica = createReplica();
    const walked = await walk(connector, replica, { object: 'contacts', lane: 'live', fields: [], until });
    expect(walked.done).toBe(true);
    expect(replica.records.size).toBe(0);
  });

  test('refuses another account than the one it was told', async () => {
    const pulling = walk(connectorWith({ portalId: 7 }), createReplica(), {
      object: 'contacts',
      lane: 'full',
      fields: [],
      until,
    });
    await expect(pulling).rejects.toBeInstanceOf(RequestError);
  });

  test('of forms knows a submission without an id by what does not change', async () => {
    const connector = connectorWith();
    const forms = [
      { id: 'aaaa', name: 'Book a Demo', formType: 'hubspot' },
      { id: 'bbbb', name: 'Blog', formType: 'blog_comment' },
      { id: 'cccc', name: 'Old kind', formType: 'captured' },
    ];
    nock(baseUrl).get('/marketing/v3/forms').query(true).reply(200, { results: forms });
    nock(baseUrl)
      .get('/form-integrations/v1/submissions/forms/aaaa')
      .query(true)
      .times(2)
      .reply(200, {
        results: [
          {
            conversionId: 'c1',
            submittedAt: 1_790_000_000_000,
            values: [{ name: 'email', value: ' Jo@Example.com ' }],
          },
          { submittedAt: 1_780_000_000_000, values: [{ name: 'email', value: 'jo@example.com' }] },
        ],
      });
    nock(baseUrl)
      .get('/form-integrations/v1/submissions/forms/cccc')
      .query(true)
      .times(2)
      .reply(400, { category: 'VALIDATION_ERROR', errors: [{ code: 'FORM_TYPE_NOT_ALLOWED' }] });
    const replica = createReplica();
    const step = { object: 'forms', lane: 'live', fields: [], until, events: hubspot.defaultMapping.events } as const;
    await walk(connector, replica, step);
    const once = [...replica.events.values()];
    expect(once).toMatchObject([
      { externalId: 'forms:c1', type: 'demo_request', email: 'jo@example.com', detail: 'Book a Demo', quantity: 1 },
      { type: 'demo_request', occurredAt: new Date(1_780_000_000_000) },
    ]);
    await walk(connector, replica, step);
    expect([...replica.events.values()]).toEqual(once);
    expect(JSON.stringify(once.map(({ externalId }) => externalId))).not.toContain('example');
  });
});
