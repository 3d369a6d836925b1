import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type Call, type HubSpotClient } from '../../../../connectors/hubspot/client.ts';
import { buckets } from '../../../../connectors/hubspot/limits.ts';
import type { HubSpotCredentials, HubSpotSettings } from '../../../../connectors/hubspot/settings.ts';
import {
  AuthError,
  type ConnectorError,
  PermissionError,
  ProtocolError,
  QuotaExhaustedError,
  RateLimitError,
  RequestError,
  TransientError,
} from '../../../../src/connector-sdk/index.ts';
import { testContext, virtualClock, type VirtualClock } from '../../../support/connector-context.ts';

const baseUrl = 'https://api.hubspot.test';
const call: Call = { method: 'GET', path: '/crm/objects/2026-09/contacts?limit=100&after=51' };
const signal = new AbortController().signal;

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

interface Setup {
  readonly credentials?: HubSpotCredentials;
  readonly settings?: HubSpotSettings;
  readonly clock?: VirtualClock;
  readonly saveCredentials?: (credentials: HubSpotCredentials) => Promise<void>;
}

function clientWith({
  credentials = { accessToken: 'key' },
  settings = {},
  clock = virtualClock(),
  ...rest
}: Setup = {}): HubSpotClient {
  const definition = { limits: buckets };
  return createClient(
    testContext<HubSpotSettings, HubSpotCredentials>({ definition, clock, baseUrl, credentials, settings, ...rest }),
  );
}

function failure(sending: Promise<unknown>): Promise<ConnectorError> {
  return sending.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as ConnectorError,
  );
}

describe('an answer', () => {
  test('is the body as it is, with HubSpot’s id of the request', async () => {
    nock(baseUrl, { reqheaders: { authorization: 'Bearer key' } })
      .get('/crm/objects/2026-09/contacts')
      .query({ limit: '100', after: '51' })
      .reply(200, { results: [], warnings: ['kept'] }, { 'x-hubspot-correlation-id': 'abc' });
    expect(await clientWith().send(call, signal)).toEqual({
      body: { results: [], warnings: ['kept'] },
      requestId: 'abc',
    });
  });

  test('with a body is sent as JSON', async () => {
    nock(baseUrl, { reqheaders: { 'content-type': 'application/json' } })
      .post('/crm/x', { inputs: [{ id: '1' }] })
      .reply(207, { results: [] });
    const posting: Call = { method: 'POST', path: '/crm/x', body: { inputs: [{ id: '1' }] } };
    expect(await clientWith().send(posting, signal)).toMatchObject({ body: { results: [] } });
  });
});

describe('a fault', () => {
  test.for<readonly [number, object | string, Readonly<Record<string, string>>, object]>([
    [
      400,
      { category: 'VALIDATION_ERROR' },
      {},
      { error: RequestError, category: 'VALIDATION_ERROR', recovery: 'fix-config' },
    ],
    [
      400,
      {
        category: 'VALIDATION_ERROR',
        message: 'Property values were not valid: [{"error":"INVALID_LONG","name":"leadloop_score","isValid":false}]',
      },
      {},
      { error: RequestError, category: 'INVALID_LONG', fields: ['leadloop_score'] },
    ],
    [
      400,
      { category: 'VALIDATION_ERROR', errors: [{ code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['x'] } }] },
      {},
      { error: RequestError, category: 'PROPERTY_DOESNT_EXIST', fields: ['x'] },
    ],
    [401, { category: 'INVALID_AUTHENTICATION' }, {}, { error: AuthError, recovery: 'reauthorise' }],
    [401, { category: 'EXPIRED_AUTHENTICATION' }, {}, { error: AuthError }],
    [
      403,
      { category: 'MISSING_SCOPES', errors: [{ context: { requiredGranularScopes: ['forms'] } }] },
      {},
      { error: PermissionError, scopes: ['forms'], recovery: 'fix-config' },
    ],
    [
      403,
      { category: 'MISSING_SCOPES', context: { requiredGranularScopes: ['content'] } },
      {},
      { error: PermissionError, scopes: ['content'] },
    ],
    [403, { message: 'no category' }, {}, { error: PermissionError, scopes: [] }],
    [404, '<html>gone</html>', {}, { error: RequestError, status: 404 }],
    [414, '', {}, { error: RequestError, status: 414 }],
    [423, {}, {}, { error: TransientError, retryAfterMs: 2_000 }],
    [429, { policyName: 'TEN_SECONDLY_ROLLING' }, {}, { error: RateLimitError, retryAfterMs: 10_000 }],
    [429, { policyName: 'SECONDLY' }, {}, { error: RateLimitError, retryAfterMs: 1_000 }],
    [429, { category: 'RATE_LIMITS' }, {}, { error: RateLimitError, retryAfterMs: 1_000 }],
    [429, { policyName: 'DAILY' }, {}, { error: QuotaExhaustedError, resetAt: new Date('2026-11-23T00:00:00Z') }],
    [477, {}, { 'retry-after': '7200' }, { error: TransientError, retryAfterMs: 7_200_000 }],
    [477, {}, {}, { error: TransientError, retryAfterMs: 86_400_000 }],
    [502, '<html>bad gateway</html>', {}, { error: TransientError, recovery: 'retry' }],
    [503, '', { 'retry-after': '30' }, { error: TransientError, retryAfterMs: 30_000 }],
    [526, '', {}, { error: ProtocolError, recovery: 'report-bug' }],
    [200, '{"results":[{"id":"5', {}, { error: TransientError }],
  ])('%i %j %j becomes %o', async ([status, body, headers, expected]) => {
    nock(baseUrl).get(/./).times(9).reply(status, body, headers);
    const error = await failure(clientWith().send(call, signal));
    const { error: type, ...facts } = expected as { readonly error: typeof ConnectorError };
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(facts);
  });

  test('says nothing of the data, the token or the query', async () => {
    const message = 'jo.doe@example.com is not valid';
    nock(baseUrl).get(/./).reply(400, { message, category: 'VALIDATION_ERROR', correlationId: 'abc' });
    const error = await failure(
      clientWith().send({ ...call, path: '/crm/objects/2026-09/contacts/51?after=7' }, signal),
    );
    expect(error.message).toBe('HubSpot answered GET /crm/objects/2026-09/contacts/{id} with 400 VALIDATION_ERROR.');
    expect(error.requestId).toBe('abc');
  });

  test('of the line, and one that ends, is ridden out', async () => {
    nock(baseUrl).get(/./).replyWithError('socket hang up');
    nock(baseUrl).get(/./).reply(503, '');
    nock(baseUrl).get(/./).reply(429, { policyName: 'TEN_SECONDLY_ROLLING' });
    nock(baseUrl).get(/./).reply(200, '{"resul');
    nock(baseUrl).get(/./).reply(200, { results: [] });
    const clock = virtualClock();
    const startedAt = clock.now();
    expect(await clientWith({ clock }).send(call, signal)).toMatchObject({ body: { results: [] } });
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(10_000);
  });

  test('of silence ends with the time-out', async () => {
    nock(baseUrl).get(/./).delay(1_500).reply(200, {});
    const controller = new AbortController();
    const sending = clientWith({ settings: { requestTimeoutSeconds: 1 } }).send(call, controller.signal);
    nock(baseUrl)
      .get(/./)
      .reply(200, { results: ['after the time-out'] });
    expect(await sending).toMatchObject({ body: { results: ['after the time-out'] } });
  });
});

describe('limits', () => {
  test('are learnt from the headers, of the general bucket even from a search', async () => {
    const headers = {
      'x-hubspot-ratelimit-max': '190',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-daily': '625000',
      'x-hubspot-ratelimit-daily-remaining': '624000',
    };
    nock(baseUrl).get(/./).times(172).reply(200, {}, headers);
    const clock = virtualClock();
    const client = clientWith({ clock });
    const startedAt = clock.now();
    for (let calls = 0; calls < 171; calls += 1) await client.send(call, signal);
    expect(clock.now()).toBe(startedAt);
    await client.send(call, signal);
    expect(clock.now()).toBe(startedAt + 10_000);
    expect(client.daily).toEqual({ max: 625_000, remaining: 624_000 });
  });

  test('the day ends at midnight of the account', async () => {
    nock(baseUrl).get(/./).reply(429, { policyName: 'DAILY' });
    const client = clientWith();
    client.useTimeZone('US/Eastern');
    const error = await failure(client.send(call, signal));
    expect(error).toMatchObject({ resetAt: new Date('2026-11-23T05:00:00Z') });
  });
});

describe('an OAuth token', () => {
  const credentials = { clientId: 'app', clientSecret: 'secret', refreshToken: 'refresh-1' };
  const form = { grant_type: 'refresh_token', client_id: 'app', client_secret: 'secret' };
  const token = (number: number): object => ({
    access_token: `access-${number}`,
    refresh_token: `refresh-${number + 1}`,
    expires_in: 1_800,
  });

  test('is fetched when there is none, and saved before it is used', async () => {
    const story: string[] = [];
    nock(baseUrl)
      .post('/oauth/2026-09/token', { ...form, refresh_token: 'refresh-1' })
      .reply(200, token(1));
    nock(baseUrl, { reqheaders: { authorization: 'Bearer access-1' } })
      .get(/./)
      .reply(200, () => {
        story.push('used');
        return {};
      });
    const saveCredentials = (saved: HubSpotCredentials): Promise<void> => {
      story.push(JSON.stringify(saved));
      return Promise.resolve();
    };
    await clientWith({ credentials, saveCredentials }).send(call, signal);
    const saved = {
      ...credentials,
      refreshToken: 'refresh-2',
      accessToken: 'access-1',
      expiresAt: '2026-11-22T12:30:00.000Z',
    };
    expect(story).toEqual([JSON.stringify(saved), 'used']);
  });

  test('is used while it is good, and renewed when four fifths of its life are over', async () => {
    const clock = virtualClock();
    nock(baseUrl)
      .post('/oauth/2026-09/token', { ...form, refresh_token: 'refresh-1' })
      .reply(200, token(1));
    nock(baseUrl)
      .post('/oauth/2026-09/token', { ...form, refresh_token: 'refresh-2' })
      .reply(200, token(2));
    nock(baseUrl, { reqheaders: { authorization: 'Bearer access-1' } })
      .get(/./)
      .times(2)
      .reply(200, {});
    nock(baseUrl, { reqheaders: { authorization: 'Bearer access-2' } })
      .get(/./)
      .reply(200, {});
    const client = clientWith({ credentials, clock });
    await client.send(call, signal);
    clock.advance(1_439_000);
    await client.send(call, signal);
    clock.advance(1_000);
    await client.send(call, signal);
    expect(nock.isDone()).toBe(true);
  });

  test('that is stored and still good costs no renewal', async () => {
    nock(baseUrl, { reqheaders: { authorization: 'Bearer stored' } })
      .get(/./)
      .reply(200, {});
    const expiresAt = '2026-11-22T12:20:00Z';
    const client = clientWith({ credentials: { ...credentials, accessToken: 'stored', expiresAt } });
    expect(await client.send(call, signal)).toMatchObject({ body: {} });
  });

  test('whose refresh token is refused asks for a new authorisation', async () => {
    nock(baseUrl)
      .post('/oauth/2026-09/token')
      .reply(400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' });
    expect(await failure(clientWith({ credentials }).send(call, signal))).toBeInstanceOf(AuthError);
  });

  test('that could not be saved is not used', async () => {
    nock(baseUrl).post('/oauth/2026-09/token').reply(200, token(1));
    const used = nock(baseUrl).get(/./).reply(200, {});
    const saveCredentials = (): Promise<void> => Promise.reject(new Error('database is down'));
    await expect(clientWith({ credentials, saveCredentials }).send(call, signal)).rejects.toThrow('database is down');
    expect(used.isDone()).toBe(false);
  });

  test('survives a limit of the token endpoint', async () => {
    nock(baseUrl).post('/oauth/2026-09/token').reply(429, {});
    nock(baseUrl).post('/oauth/2026-09/token').reply(200, token(1));
    nock(baseUrl).get(/./).reply(200, {});
    expect(await clientWith({ credentials }).send(call, signal)).toMatchObject({ body: {} });
  });
});
