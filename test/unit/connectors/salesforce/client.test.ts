import { generateKeyPairSync, verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createClient, limitsIn, type SalesforceClient } from '../../../../connectors/salesforce/client.ts';
import type { Context } from '../../../../connectors/salesforce/context.ts';
import type { Call } from '../../../../connectors/salesforce/exchange.ts';
import type { SalesforceCredentials, SalesforceSettings } from '../../../../connectors/salesforce/settings.ts';
import {
  AuthError,
  PermissionError,
  QuotaExhaustedError,
  RateLimitError,
  RequestError,
  TransientError,
  type ConnectorError,
} from '../../../../src/connector-sdk/index.ts';
import { testContext, virtualClock } from '../../../support/connector-context.ts';
import { json, startScripted, type Answer, type ScriptedServer, type Seen } from '../../../support/scripted-server.ts';

let stop: (() => PromiseLike<void>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
});

const signal = new AbortController().signal;
const call: Call = { method: 'GET', path: '/query?q=SELECT' };
const session: SalesforceCredentials = { accessToken: 'session' };

async function serve(answer: Answer): Promise<ScriptedServer> {
  const server = await startScripted(answer);
  stop = () => server[Symbol.asyncDispose]();
  return server;
}

interface Setup {
  readonly url: string;
  readonly credentials?: SalesforceCredentials;
  readonly settings?: SalesforceSettings;
  readonly saveCredentials?: (credentials: SalesforceCredentials) => Promise<void>;
}

function contextFor({ url, credentials = session, settings = {}, ...rest }: Setup): Context {
  const definition = { limits: {} };
  const parts = { definition, clock: virtualClock(), baseUrl: url, credentials, settings, ...rest };
  return testContext<SalesforceSettings, SalesforceCredentials>(parts);
}

function clientFor(setup: Setup): SalesforceClient {
  return createClient(contextFor(setup));
}

function failure(sending: Promise<unknown>): Promise<ConnectorError> {
  return sending.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as ConnectorError,
  );
}

describe('an answer', () => {
  test('comes from the pinned version, with the token and our name', async () => {
    const { url, seen } = await serve((_, response) => json(response, 200, { ok: true }));
    expect((await clientFor({ url }).send(call, signal)).body).toEqual({ ok: true });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/services/data/v67.0/query?q=SELECT' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer session',
      'sforce-call-options': 'client=leadloop',
    });
  });

  test('that breaks off in its body is asked for again, and ends no process (defect of jsforce)', async () => {
    const { url, seen } = await serve((_, response, count) => {
      if (count > 1) return json(response, 200, { ok: true });
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"ok":');
      setTimeout(() => response.destroy(), 20);
    });
    expect((await clientFor({ url }).send(call, signal)).body).toEqual({ ok: true });
    expect(seen).toHaveLength(2);
  });

  test('that is a redirect of a write is not followed as a read (defect of jsforce)', async () => {
    const { url, seen } = await serve((_, response) => {
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    const error = await failure(
      clientFor({ url }).send({ method: 'PATCH', path: '/composite/sobjects', body: {} }, signal),
    );
    expect(error).toBeInstanceOf(RequestError);
    expect(seen).toHaveLength(1);
  });

  test('that never ends is given up', { timeout: 15_000 }, async () => {
    const { url } = await serve((_, response) => void response.write('{'));
    const sending = clientFor({ url, settings: { requestTimeoutSeconds: 1 } }).send(call, AbortSignal.timeout(1_500));
    await expect(sending).rejects.toThrow();
  });
});

describe('an answer that is streamed', () => {
  const text = async (client: SalesforceClient, one: Call = call, until = signal): Promise<string> => {
    const { body } = await client.open(one, until);
    return Buffer.concat(await Array.fromAsync(body)).toString();
  };

  test('comes with the token, is counted, tells of the day, and may be a table that is asked for by one', async () => {
    const { url, seen } = await serve((_, response) => {
      response.writeHead(200, { 'sforce-limit-info': 'api-usage=18/5000', 'sforce-locator': 'null' });
      response.end('"Id"\n');
    });
    const context = contextFor({ url });
    const client = createClient(context);
    const { headers } = await client.open({ method: 'GET', path: '/jobs', headers: { Accept: 'text/csv' } }, signal);
    expect(headers['sforce-locator']).toBe('null');
    expect(seen[0]).toMatchObject({
      url: '/services/data/v67.0/jobs',
      headers: { authorization: 'Bearer session', accept: 'text/csv', 'sforce-call-options': 'client=leadloop' },
    });
    expect(context.governor.admitted).toBe(1);
    expect(client.daily).toEqual({ max: 5_000, remaining: 4_982 });
  });

  test('is unpacked', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('"Id"\n'));
    });
    expect(await text(clientFor({ url }))).toBe('"Id"\n');
  });

  test.for([
    ['content-length', { 'content-length': '1000' }, 'half'],
    ['chunks', {}, 'half'],
    ['gzip', { 'content-encoding': 'gzip' }, gzipSync('whole'.repeat(1_000)).subarray(0, 20)],
  ] as const)('and breaks off (%s) is an ordinary error of its reader', async ([, headers, sent]) => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, headers);
      response.write(sent);
      setTimeout(() => response.destroy(), 20);
    });
    const client = clientFor({ url });
    const { body } = await client.open(call, signal);
    expect(await failure(Array.fromAsync(body))).toBeInstanceOf(TransientError);
    // One attempt: who reads it decides what to do.
    expect(await failure(text(client))).toBeInstanceOf(TransientError);
  });

  test('and refused has its class, after one new token', async () => {
    const { url, seen } = await serve((one, response) => {
      if (one.url.endsWith('/token')) json(response, 200, { access_token: 't', instance_url: 'http://unused' });
      else json(response, 401, [{ errorCode: 'INVALID_SESSION_ID', message: 'data in it' }]);
    });
    const error = await failure(
      clientFor({ url, credentials: { clientId: 'c', clientSecret: 's' } }).open(call, signal),
    );
    expect(error).toBeInstanceOf(AuthError);
    expect(error.message).not.toContain('data in it');
    expect(seen.map(({ url }) => url.endsWith('/token'))).toEqual([true, false, true, false]);
  });

  test('and redirected is not followed', async () => {
    const { url, seen } = await serve((_, response) => {
      response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    expect(await failure(clientFor({ url }).open(call, signal))).toBeInstanceOf(RequestError);
    expect(seen).toHaveLength(1);
  });

  test('and stalls is given up, but a slow reader is no slow line', async () => {
    const { url } = await serve((_, response) => {
      response.write('first');
      if (response.req.url?.includes('slow') === true) setTimeout(() => response.end('second'), 50);
    });
    const client = clientFor({ url, settings: { requestTimeoutSeconds: 1 } });
    const { body } = await client.open({ method: 'GET', path: '/slow' }, signal);
    const parts: string[] = [];
    for await (const chunk of body) {
      parts.push(Buffer.from(chunk).toString());
      await sleep(1_200);
    }
    expect(parts.join('')).toBe('firstsecond');
    expect(await failure(text(client))).toBeInstanceOf(TransientError);
  });

  test('ends with the signal', async () => {
    const { url } = await serve((_, response) => void response.write('first'));
    const controller = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => controller.abort(reason), 100);
    await expect(text(clientFor({ url }), call, controller.signal)).rejects.toBe(reason);
  });

  test('lets the line go when it is left', async () => {
    let isClosed = false;
    const { url } = await serve((_, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.write('first');
    });
    const { body } = await clientFor({ url }).open(call, signal);
    for await (const chunk of body) if (chunk.length > 0) break;
    await expect.poll(() => isClosed).toBe(true);
  });
});

test('a table is sent as it is, and again as it is (defect of jsforce)', async () => {
  const csv = '"Id","Title"\n"00Q1","é"\n';
  const { url, seen } = await serve((_, response, count) => {
    if (count === 1) return void response.destroy();
    response.writeHead(201);
    response.end();
  });
  await clientFor({ url }).send({ method: 'PUT', path: '/jobs/ingest/750/batches', csv }, signal);
  expect(seen.map(({ body }) => body)).toEqual([csv, csv]);
  expect(seen[1]?.headers['content-type']).toBe('text/csv; charset=UTF-8');
});

describe('what Salesforce refuses', () => {
  const list = (errorCode: string, message = 'text with data in it'): unknown => [{ errorCode, message }];

  test.for<readonly [number, unknown, abstract new (...args: never[]) => ConnectorError]>([
    [401, list('INVALID_SESSION_ID'), AuthError],
    [401, list('INVALID_AUTH_HEADER'), AuthError],
    [403, list('API_DISABLED_FOR_ORG'), PermissionError],
    [403, list('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), QuotaExhaustedError],
    [403, list('REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'), RateLimitError],
    [400, list('INVALID_TYPE'), PermissionError],
    [400, list('MALFORMED_QUERY'), RequestError],
    [400, list('QUERY_TIMEOUT'), RequestError],
    [410, list('UNSUPPORTED_API_VERSION'), RequestError],
    [503, '<html>', TransientError],
    [420, '<html>', TransientError],
  ])('%i %j has its class, and its text is not repeated', async ([status, body, kind]) => {
    const { url } = await serve((_, response) => json(response, status, body));
    const error = await failure(clientFor({ url }).send(call, signal));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).not.toContain('data in it');
  });

  test('a session that is not for REST is not renewed', async () => {
    const message = 'This session is not valid for use with the REST API';
    const { url, seen } = await serve((_, response) => json(response, 401, list('INVALID_SESSION_ID', message)));
    const credentials = { clientId: 'c', clientSecret: 's', refreshToken: 'r', accessToken: 'a' };
    expect(await failure(clientFor({ url, credentials }).send(call, signal))).toBeInstanceOf(AuthError);
    expect(seen).toHaveLength(1);
  });
});

describe('Sforce-Limit-Info', () => {
  test.for([
    'api-usage=18/5000',
    'api-usage=18/5000; per-app-api-usage=17/250(appName=sample)',
    'per-app-api-usage=17/250(appName=sample), api-usage=18/5000',
    'api-bursts=1/750; api-usage=18/5000',
  ])('%s', (header) => {
    expect(limitsIn({ 'sforce-limit-info': header })).toEqual({ dailyMax: 5_000, dailyRemaining: 4_982 });
  });

  test('another header says nothing', () => {
    expect(limitsIn({})).toBeNull();
    expect(limitsIn({ 'sforce-limit-info': 'per-app-api-usage=17/250(appName=x)' })).toBeNull();
  });
});

describe('tokens', () => {
  const tokenFor = (seen: Seen): string | null => new URLSearchParams(seen.body).get('grant_type');

  test('a token that is refused as soon as it is new is not asked for again and again (defect of jsforce)', async () => {
    const { url, seen } = await serve((one, response) =>
      one.url.endsWith('/token')
        ? json(response, 200, { access_token: 't', instance_url: 'http://unused' })
        : json(response, 401, [{ errorCode: 'INVALID_SESSION_ID', message: '' }]),
    );
    const credentials = { clientId: 'c', clientSecret: 's' };
    expect(await failure(clientFor({ url, credentials }).send(call, signal))).toBeInstanceOf(AuthError);
    expect(seen.map(({ url }) => url.endsWith('/token'))).toEqual([true, false, true, false]);
    expect(seen.flatMap((one) => tokenFor(one) ?? [])).toEqual(['client_credentials', 'client_credentials']);
  });

  test('the next secret is tried where the first is refused', async () => {
    const { url } = await serve((one, response) => {
      if (!one.url.endsWith('/token')) json(response, 200, {});
      else if (one.body.includes('new')) json(response, 200, { access_token: 't', instance_url: 'http://unused' });
      else json(response, 400, { error: 'invalid_client', error_description: 'invalid client credentials' });
    });
    const credentials = { clientId: 'c', clientSecret: 'old', nextClientSecret: 'new' };
    expect((await clientFor({ url, credentials }).send(call, signal)).body).toEqual({});
  });

  test('a rotated refresh token is kept before the access token is used, and used the next time', async () => {
    const story: string[] = [];
    const { url } = await serve((one, response) => {
      if (one.url.endsWith('/token')) {
        const given = new URLSearchParams(one.body).get('refresh_token') ?? '';
        story.push(given);
        json(response, 200, { access_token: `a-${given}`, refresh_token: `${given}+`, instance_url: 'http://unused' });
      } else {
        story.push('used');
        const stale = story.length < 5;
        json(response, stale ? 401 : 200, stale ? [{ errorCode: 'INVALID_SESSION_ID' }] : {});
      }
    });
    const client = clientFor({
      url,
      credentials: { clientId: 'c', refreshToken: 'r' },
      saveCredentials: (saved) => {
        story.push('refreshToken' in saved ? `saved ${saved.refreshToken}` : '');
        return Promise.resolve();
      },
    });
    await client.send(call, signal);
    expect(story).toEqual(['r', 'saved r+', 'used', 'r+', 'saved r++', 'used']);
  });

  test('an assertion is signed for the host it is sent to, and lives three minutes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const { url, seen } = await serve((one, response) =>
      json(response, 200, one.url.endsWith('/token') ? { access_token: 't', instance_url: 'http://unused' } : {}),
    );
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await clientFor({ url, credentials: { clientId: 'c', username: 'u@x', privateKey: pem } }).send(call, signal);
    const assertion = new URLSearchParams(seen[0]?.body).get('assertion') ?? '';
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    const isGood = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    );
    expect(isGood).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
      iss: 'c',
      sub: 'u@x',
      aud: url,
      exp: Date.UTC(2026, 10, 22, 12) / 1_000 + 180,
    });
  });

  test('a key that cannot sign is named without being shown', async () => {
    const credentials = { clientId: 'c', username: 'u', privateKey: 'secret key' };
    const error = await failure(clientFor({ url: 'http://127.0.0.1:9', credentials }).send(call, signal));
    expect(error).toBeInstanceOf(AuthError);
    expect(JSON.stringify([error.message, error.remedy, error.cause])).not.toContain('secret key');
  });
});
