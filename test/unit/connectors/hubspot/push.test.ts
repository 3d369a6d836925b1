import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hubspot } from '../../../../connectors/hubspot/index.ts';
import { withoutRepeats } from '../../../../connectors/hubspot/push.ts';
import type { HubSpotCredentials, HubSpotSettings } from '../../../../connectors/hubspot/settings.ts';
import { TransientError, type PushChange, type PushOutcome } from '../../../../src/connector-sdk/index.ts';
import { testContext, virtualClock } from '../../../support/connector-context.ts';

const baseUrl = 'https://api.hubspot.test';
const update = '/crm/objects/2026-09/contacts/batch/update';
const read = '/crm/objects/2026-09/contacts/batch/read';

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

const score = (externalId: string, value: number): PushChange => ({
  key: `key-${externalId}`,
  externalId,
  fields: { leadloop_score: value },
});

function push(changes: readonly PushChange[]): Promise<readonly PushOutcome[]> {
  const account = { portalId: 42, accountType: 'STANDARD', timeZone: 'UTC' };
  const property = { name: 'leadloop_score', label: '', type: 'number', fieldType: 'number', groupName: 'leadloop' };
  nock(baseUrl).get('/account-info/2026-09/details').reply(200, account);
  nock(baseUrl)
    .get('/crm/properties/2026-09/contacts')
    .reply(200, { results: [property] });
  const parts = {
    definition: hubspot,
    clock: virtualClock(),
    baseUrl,
    settings: {},
    credentials: { accessToken: 'key' },
  };
  const connector = hubspot.open(testContext<HubSpotSettings, HubSpotCredentials>(parts));
  return connector.push({ object: 'contacts', changes, signal: new AbortController().signal });
}

const result = (id: string, value: string, trace?: string): object => ({
  id,
  properties: { leadloop_score: value },
  ...(trace === undefined ? {} : { objectWriteTraceId: trace }),
});

describe('withoutRepeats', () => {
  test('keeps a record’s changes in their order, in batches that name it once', () => {
    const changes = [score('1', 1), score('2', 1), score('1', 2), score('1', 3), score('2', 2)];
    const batches = withoutRepeats(changes).map((batch) =>
      batch.map(({ externalId, fields }) => [externalId, fields['leadloop_score']]),
    );
    expect(batches).toEqual([
      [
        ['1', 1],
        ['2', 1],
      ],
      [
        ['1', 2],
        ['2', 2],
      ],
      [['1', 3]],
    ]);
  });
});

describe('an answer to a push (trap 9)', () => {
  test('is matched by trace id or by id, never by order, whatever the status', async () => {
    nock(baseUrl)
      .post(update)
      .reply(207, { results: [result('3', '30'), result('99', '10', 'key-1'), result('2', '20', 'key-2')] });
    const outcomes = await push([score('1', 10), score('2', 20), score('3', 30)]);
    expect(outcomes).toMatchObject([
      { key: 'key-1', status: 'applied', fields: { leadloop_score: 10 } },
      { key: 'key-2', status: 'applied', fields: { leadloop_score: 20 } },
      { key: 'key-3', status: 'applied', fields: { leadloop_score: 30 } },
    ]);
  });

  test('every input has a trace id of its own, and numbers have no commas', async () => {
    let sent: unknown;
    nock(baseUrl)
      .post(update, (body: { inputs: unknown }) => {
        sent = body.inputs;
        return true;
      })
      .reply(200, { results: [result('1', '1234567.5'), result('2', '')] });
    await push([score('1', 1_234_567.5), { key: 'key-2', externalId: '2', fields: { leadloop_score: null } }]);
    expect(sent).toEqual([
      { id: '1', properties: { leadloop_score: '1234567.5' }, objectWriteTraceId: 'key-1' },
      { id: '2', properties: { leadloop_score: '' }, objectWriteTraceId: 'key-2' },
    ]);
  });

  test('that says nothing is read back: written is applied, not written is deferred', async () => {
    nock(baseUrl).post(update).reply(200, { status: 'COMPLETE', results: [], errors: [] });
    nock(baseUrl)
      .post(read)
      .reply(200, { results: [result('2', '5'), result('1', '10.0')] });
    const outcomes = await push([score('1', 10), score('2', 20)]);
    expect(outcomes).toMatchObject([
      { status: 'applied', fields: { leadloop_score: 10 } },
      { status: 'deferred', retryAfterMs: 60_000 },
    ]);
  });

  test('an error of a row is permanent where the value is wrong, else worth another try', async () => {
    const errors = [
      {
        category: 'VALIDATION_ERROR',
        context: { objectWriteTraceId: ['key-1'] },
        errors: [{ code: 'INVALID_LONG', context: { propertyName: ['leadloop_score'] } }],
      },
      { category: 'INTERNAL_ERROR', context: { ids: ['2'] } },
    ];
    nock(baseUrl)
      .post(update)
      .reply(207, { results: [result('3', '30')], errors });
    const outcomes = await push([score('1', 10), score('2', 20), score('3', 30)]);
    expect(outcomes).toMatchObject([
      {
        status: 'rejected',
        field: 'leadloop_score',
        reason: 'HubSpot refused this record: VALIDATION_ERROR INVALID_LONG.',
      },
      { status: 'deferred' },
      { status: 'applied' },
    ]);
  });

  test('when the line breaks after some outcomes are known, the rest is deferred', async () => {
    nock(baseUrl)
      .post(update)
      .reply(200, { results: [result('1', '10')] });
    nock(baseUrl).post(update).times(9).reply(503, '');
    const outcomes = await push([score('1', 10), { ...score('1', 11), key: 'again' }]);
    expect(outcomes).toMatchObject([{ status: 'applied' }, { key: 'again', status: 'deferred' }]);
  });

  test('when it breaks before, there is no outcome to tell', async () => {
    nock(baseUrl).post(update).times(9).reply(503, '');
    await expect(push([score('1', 10)])).rejects.toBeInstanceOf(TransientError);
  });
});
