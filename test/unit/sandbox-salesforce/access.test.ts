import { createSign, generateKeyPairSync, hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SALESFORCE_PORT, runSalesforceSandbox } from '../../../src/sandbox/salesforce/index.ts';
import { first, makeLead, org, QUIET, V, type Answer, type TestOrg } from './org.ts';

const CLIENT = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };

async function token(sandbox: TestOrg, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
}

function as(answer: Answer): Record<string, string> {
  return { authorization: `Bearer ${answer.body.access_token}` };
}

describe('the web server flow', () => {
  const verifier = 'a-verifier-of-forty-three-characters-or-more-x';
  const asked = {
    response_type: 'code',
    client_id: 'sandbox-client',
    redirect_uri: 'http://127.0.0.1:7400/oauth/callback',
    scope: 'api refresh_token',
    state: 's1',
    code_challenge: hash('sha256', verifier, 'base64url'),
    code_challenge_method: 'S256',
  };
  const path = '/services/oauth2/authorize';
  const page = (sandbox: TestOrg, given: Record<string, string>) =>
    fetch(`${sandbox.url}${path}?${new URLSearchParams(given).toString()}`, { redirect: 'manual' });
  async function decide(sandbox: TestOrg, decision: string): Promise<Record<string, string>> {
    const body = new URLSearchParams({ ...asked, decision });
    const answer = await fetch(`${sandbox.url}${path}`, { method: 'POST', body, redirect: 'manual' });
    return Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
  }
  const redeem = (sandbox: TestOrg, code = '', more: Record<string, string> = {}) =>
    token(sandbox, {
      ...CLIENT,
      grant_type: 'authorization_code',
      code,
      redirect_uri: asked.redirect_uri,
      code_verifier: verifier,
      ...more,
    });

  it('asks whoever is there, and gives a code that works once, for a refresh token', async () => {
    const sandbox = await org();
    expect(await (await page(sandbox, asked)).text()).toContain('Allow Access?');
    const { code, state } = await decide(sandbox, 'allow');
    expect(state).toBe('s1');
    const first = await redeem(sandbox, code);
    expect(first.body).toMatchObject({ scope: 'api refresh_token', refresh_token: expect.any(String) });
    const refresh = { ...CLIENT, grant_type: 'refresh_token', refresh_token: first.body.refresh_token ?? '' };
    expect((await token(sandbox, refresh)).status).toBe(200);
    expect((await redeem(sandbox, code)).body['error_description']).toBe('expired authorization code');
  });

  it.each([
    [{ redirect_uri: 'http://127.0.0.1:7400/' }, 'error=redirect_uri_mismatch'],
    [{ client_id: 'x' }, 'error=invalid_client_id'],
  ])('sends nobody back with %o', async (wrong, text) => {
    const answer = await page(await org(), { ...asked, ...wrong });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(text)]);
  });

  it.each([
    [{ code_challenge: '' }, 'invalid_request', 'missing required code challenge'],
    [{ response_type: 'token' }, 'unsupported_response_type', 'response type not supported'],
    [{ scope: 'api magic' }, 'invalid_scope', 'the requested scope is not allowed'],
  ])('tells the app what is wrong with %o', async (wrong, error, error_description) => {
    const answer = await page(await org(), { ...asked, ...wrong });
    const told = new URL(answer.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(told)).toEqual({ error, error_description, state: 's1' });
  });

  it('tells the app when somebody denies', async () => {
    expect(await decide(await org(), 'deny')).toMatchObject({ error: 'access_denied', state: 's1' });
  });

  it('takes a code from whoever can prove to have asked for it, with its address, within a quarter of an hour', async () => {
    const sandbox = await org();
    const code = async () => (await decide(sandbox, 'allow'))['code'];
    const description = async (more: Record<string, string>) =>
      (await redeem(sandbox, await code(), more)).body['error_description'];
    expect(await description({ code_verifier: 'another' })).toBe('invalid code verifier');
    expect(await description({ code_verifier: '' })).toBe('invalid code verifier');
    expect(await description({ redirect_uri: 'http://x.example/' })).toBe('redirect_uri must match configuration');
    const late = await code();
    sandbox.advance(900_000);
    expect((await redeem(sandbox, late)).body['error_description']).toBe('expired authorization code');
  });
});

describe('the token endpoint', () => {
  it('grants client credentials, without saying when the token ends', async () => {
    const sandbox = await org();
    const answer = await token(sandbox, { grant_type: 'client_credentials', ...CLIENT });
    expect(answer.body).toMatchObject({ token_type: 'Bearer', instance_url: sandbox.url });
    expect(answer.body).not.toHaveProperty('expires_in');
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect((await sandbox.call('GET', `${V}/limits`, undefined, as(answer))).status).toBe(200);
    const { body } = await sandbox.call('GET', '/services/oauth2/userinfo', undefined, as(answer));
    expect(answer.body.id).toBe(`${sandbox.url}/id/${String(body['organization_id'])}/${String(body['user_id'])}`);
    expect((await sandbox.call('GET', answer.body.id.replace(sandbox.url, ''))).status).toBe(200);
  });

  it.each([
    [{ ...CLIENT, grant_type: 'password', username: 'u', password: 'p' }, 'invalid_grant'],
    [{ ...CLIENT, grant_type: 'magic' }, 'unsupported_grant_type'],
    [{ ...CLIENT, client_id: 'x', grant_type: 'client_credentials' }, 'invalid_client_id'],
    [{ ...CLIENT, client_secret: 'x', grant_type: 'client_credentials' }, 'invalid_client'],
    [{ ...CLIENT, grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
  ])('refuses %o as %s, in an object', async (form, error) => {
    const sandbox = await org();
    const answer = await token(sandbox, form);
    expect([answer.status, answer.body['error']]).toStrictEqual([400, error]);
  });

  it('rotates refresh tokens; the second use of one revokes everything', async () => {
    const sandbox = await org();
    const refresh = (refresh_token: string): Promise<Answer> =>
      token(sandbox, { grant_type: 'refresh_token', refresh_token, ...CLIENT });
    const one = await refresh('sandbox-refresh-token');
    const next = one.body.refresh_token ?? '';
    expect((await refresh('sandbox-refresh-token')).body['error_description']).toBe('expired access/refresh token');
    expect((await refresh(next)).body['error']).toBe('invalid_grant');
    const dead = await sandbox.call('GET', `${V}/limits`, undefined, as(one));
    expect([dead.status, first(dead).errorCode]).toStrictEqual([401, 'INVALID_SESSION_ID']);
  });

  it('takes a signed assertion of a pre-authorised user', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
    const client = { clientId: 'jwt', clientSecrets: [], redirectUris: [], publicKey: pem, preauthorised: ['ann'] };
    const sandbox = await org({ oauthClients: [client] });
    const grant = (claims: object, alg = 'RS256'): Promise<Answer> => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const exp = Math.floor(Date.now() / 1_000) + 120;
      const text = `${part({ alg })}.${part({ iss: 'jwt', sub: 'ann', aud: sandbox.url, exp, ...claims })}`;
      const assertion = `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
      return token(sandbox, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    };
    expect((await grant({})).status).toBe(200);
    expect((await grant({ sub: 'bob' })).body['error_description']).toBe("user hasn't approved this consumer");
    expect((await grant({ aud: 'https://example.org' })).body['error_description']).toBe('audience is invalid');
    expect((await grant({ exp: 1 })).body['error_description']).toBe('expired authorization code');
    expect((await grant({}, 'HS256')).body['error_description']).toBe('invalid assertion');
  });

  it('gives sessions that slide for two hours', async () => {
    const sandbox = await org();
    const session = as(await token(sandbox, { grant_type: 'client_credentials', ...CLIENT }));
    const status = async (): Promise<number> => (await sandbox.call('GET', `${V}/limits`, undefined, session)).status;
    sandbox.advance(3_600_000);
    expect(await status()).toBe(200);
    sandbox.advance(3_600_000 * 1.5);
    expect(await status()).toBe(200);
    sandbox.advance(3_600_000 * 2);
    expect(await status()).toBe(401);
  });

  it('tells a wrong header from a dead session, and answers XML where the content type is missing', async () => {
    const sandbox = await org();
    const wrong = await sandbox.call('GET', `${V}/limits`, undefined, { authorization: 'Token x' });
    expect(first(wrong).errorCode).toBe('INVALID_AUTH_HEADER');
    const xml = await fetch(`${sandbox.url}${V}/sobjects/Lead`, {
      method: 'POST',
      body: new Uint8Array([123]),
      headers: { authorization: 'Bearer x' },
    });
    expect([xml.status, xml.headers.get('content-type')]).toStrictEqual([401, 'text/html; charset=UTF-8']);
    expect(await xml.text()).toContain('<faultcode>');
    const type = await sandbox.call('POST', `${V}/sobjects/Lead`, 'x', { 'content-type': 'text/plain' });
    expect([type.status, type.headers.get('content-type')]).toStrictEqual([415, 'application/xml;charset=UTF-8']);
    const soap = await sandbox.call('POST', '/services/Soap/m/67.0', 'x', { 'content-type': 'text/xml' });
    expect(soap.text).toContain('no SOAP');
  });
});

describe('versions', () => {
  it('are listed without a session; retired ones are gone, unknown ones not found', async () => {
    const sandbox = await org();
    const { body } = await sandbox.call('GET', '/services/data', undefined, { authorization: '' });
    expect((body as unknown as object[]).at(-1)).toStrictEqual({ label: "Summer '26", url: V, version: '67.0' });
    expect((await sandbox.call('GET', V)).body).toMatchObject({ query: `${V}/query`, sobjects: `${V}/sobjects` });
    expect((await sandbox.call('GET', '/services/data/v29.0/limits')).status).toBe(410);
    expect((await sandbox.call('GET', '/services/data/v99.0/limits')).status).toBe(404);
    expect((await sandbox.call('GET', `/${V}/limits/`)).status).toBe(200);
  });
});

describe('limits', () => {
  it.each([
    ['plain', /^api-usage=8\/10$/],
    ['bursts', /^api-usage=8\/10; api-bursts=\d+\/750$/],
    ['per-app', /^api-usage=8\/10; per-app-api-usage=1\/250\(appName=leadloop\)$/],
  ] as const)('are told in the header, %s', async (limitInfo, form) => {
    const sandbox = await org({ limits: { dailyApiRequests: 10 }, usedByOthers: 7, limitInfo });
    const answer = await sandbox.call('GET', `${V}/limits`);
    expect(answer.headers.get('sforce-limit-info')).toMatch(form);
    expect(answer.body['DailyApiRequests']).toStrictEqual({ Max: 10, Remaining: 2 });
  });

  it('end with 403 and come back as the day rolls on', async () => {
    const sandbox = await org({ limits: { dailyApiRequests: 1 } });
    expect((await sandbox.call('GET', `${V}/limits`)).status).toBe(200);
    const refused = await sandbox.call('GET', `${V}/limits`);
    expect([refused.status, first(refused).errorCode]).toStrictEqual([403, 'REQUEST_LIMIT_EXCEEDED']);
    expect(refused.headers.get('retry-after')).toBeNull();
    sandbox.advance(25 * 3_600_000);
    expect((await sandbox.call('GET', `${V}/limits`)).status).toBe(200);
  });

  it('count bulk query jobs on their own', async () => {
    const sandbox = await org({ limits: { dailyBulkQueryJobs: 1 } });
    const job = { operation: 'query', query: 'SELECT Id FROM Lead' };
    expect((await sandbox.call('POST', `${V}/jobs/query`, job)).status).toBe(200);
    expect(first(await sandbox.call('POST', `${V}/jobs/query`, job)).errorCode).toBe('EXCEEDEDQUOTA');
  });
});

describe('objects', () => {
  it('knows objects and fields, and answers 304 to who has seen them', async () => {
    const sandbox = await org();
    const global = await sandbox.call('GET', `${V}/sobjects`);
    expect(global.body).toMatchObject({ encoding: 'UTF-8', maxBatchSize: 200 });
    const { body, headers } = await sandbox.call('GET', `${V}/sobjects/Lead/describe`);
    expect(body).toMatchObject({ name: 'Lead', keyPrefix: '00Q', undeletable: true });
    const seen = new Date(Date.parse(headers.get('last-modified') ?? '') + 2_000).toUTCString();
    const again = await sandbox.call('GET', `${V}/sobjects/Lead/describe`, undefined, { 'if-modified-since': seen });
    expect([again.status, again.text]).toStrictEqual([304, '']);
  });

  it('counts records', async () => {
    const sandbox = await org();
    await makeLead(sandbox);
    const { body } = await sandbox.call('GET', `${V}/limits/recordCount?sObjects=Lead`);
    expect(body).toStrictEqual({ sObjects: [{ count: 1, name: 'Lead' }] });
  });
});

describe('custom fields', () => {
  const field = {
    FullName: 'Lead.Leadloop_Score__c',
    Metadata: { label: 'Score', type: 'Number', precision: 5, scale: 0 },
  };

  it('are seen by nobody until a permission set grants them', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    const made = await sandbox.call('POST', `${V}/tooling/sobjects/CustomField`, field);
    expect([made.status, made.body.success]).toStrictEqual([201, true]);
    expect(first(await sandbox.query('SELECT Leadloop_Score__c FROM Lead')).errorCode).toBe('INVALID_FIELD');
    const { body: me } = await sandbox.call('GET', '/services/oauth2/userinfo');
    const set = await sandbox.create('PermissionSet', { Name: 'Leadloop', Label: 'Leadloop' });
    await sandbox.create('PermissionSetAssignment', { PermissionSetId: set, AssigneeId: me['user_id'] });
    const grant = {
      ParentId: set,
      SobjectType: 'Lead',
      Field: field.FullName,
      PermissionsRead: true,
      PermissionsEdit: false,
    };
    const permission = await sandbox.create('FieldPermissions', grant);
    const write = (): Promise<Answer> =>
      sandbox.call('PATCH', `${V}/sobjects/Lead/${id}`, { Leadloop_Score__c: 87 }, QUIET);
    expect(first(await write()).errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    await sandbox.call('PATCH', `${V}/sobjects/FieldPermissions/${permission}`, { PermissionsEdit: true });
    expect((await write()).status).toBe(204);
    expect(await sandbox.rows('SELECT Leadloop_Score__c FROM Lead')).toMatchObject([{ Leadloop_Score__c: 87 }]);
    expect(first(await sandbox.call('POST', `${V}/sobjects/FieldPermissions`, grant)).errorCode).toBe(
      'DUPLICATE_VALUE',
    );
  });

  it.each([
    [{ ...field, FullName: 'Nope.X__c' }, 'INVALID_FIELD'],
    [{ ...field, FullName: 'Lead.Score' }, 'FIELD_INTEGRITY_EXCEPTION'],
    [{ ...field, FullName: 'Lead.Website_Visits__c' }, 'DUPLICATE_DEVELOPER_NAME'],
    [{ ...field, Metadata: { label: 'S', type: 'Number' } }, 'FIELD_INTEGRITY_EXCEPTION'],
    [{ ...field, Metadata: { label: 'S', type: 'Hologram' } }, 'INVALID_FIELD'],
  ])('%o is refused as %s', async (body, code) => {
    const sandbox = await org();
    expect(first(await sandbox.call('POST', `${V}/tooling/sobjects/CustomField`, body)).errorCode).toBe(code);
  });

  it('can be listed and removed', async () => {
    const sandbox = await org();
    const { body } = await sandbox.call('POST', `${V}/tooling/sobjects/CustomField`, field);
    const list = await sandbox.call('GET', `${V}/tooling/query?q=SELECT+Id,DeveloperName+FROM+CustomField`);
    expect(list.body).toMatchObject({ size: 1, records: [{ Id: body.id, DeveloperName: 'Leadloop_Score' }] });
    expect((await sandbox.call('DELETE', `${V}/tooling/sobjects/CustomField/${body.id}`)).status).toBe(204);
    expect(first(await sandbox.query('SELECT Leadloop_Score__c FROM Lead')).errorCode).toBe('INVALID_FIELD');
  });
});

describe('the command line', () => {
  it('is told how to reach it', async () => {
    expect(DEFAULT_SALESFORCE_PORT).toBe(9_002);
    const { sandbox, banner } = await runSalesforceSandbox({ port: 0, leads: 0, contacts: 0 });
    await sandbox.close();
    expect(banner.join('\n')).toContain(sandbox.url);
  });
});
