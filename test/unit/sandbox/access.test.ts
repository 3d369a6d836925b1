import { describe, expect, it } from 'vitest';
import { CONTACTS, portal, V, type Body, type Portal } from './portal.ts';

describe('tokens', () => {
  it.each(['', 'wrong-token'])('refuses the token "%s"', async (token) => {
    const sandbox = await portal();
    const { status, body, headers } = await sandbox.call('GET', CONTACTS, undefined, token);
    expect(status).toBe(401);
    expect(body.category).toBe('INVALID_AUTHENTICATION');
    expect(headers.get('x-hubspot-correlation-id')).toBe(body['correlationId']);
  });

  it('names the missing scope, without any rate-limit header', async () => {
    const sandbox = await portal({ tokens: { reader: ['crm.objects.contacts.read'] }, limits: {} });
    expect((await sandbox.call('GET', CONTACTS, undefined, 'reader')).status).toBe(200);
    const { status, body, headers } = await sandbox.call('POST', CONTACTS, { properties: {} }, 'reader');
    expect(status).toBe(403);
    expect(body).toMatchObject({
      category: 'MISSING_SCOPES',
      errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
    });
    expect([...headers.keys()].filter((name) => name.startsWith('x-hubspot-ratelimit'))).toStrictEqual([]);
  });

  it('asks for sales-email-read on e-mails, forms on forms, content on e-mail events', async () => {
    const sandbox = await portal({ tokens: { reader: ['crm.objects.contacts.read'] } });
    const paths = [`/crm/objects/${V}/emails`, '/marketing/v3/forms', '/email/public/v1/events', `/crm/owners/${V}`];
    for (const path of paths) expect((await sandbox.call('GET', path, undefined, 'reader')).status).toBe(403);
    expect((await sandbox.call('GET', `/crm/objects/${V}/meetings`, undefined, 'reader')).status).toBe(200);
  });
});

async function token(sandbox: Portal, form: Record<string, string>): Promise<{ status: number; body: Body }> {
  const client = { client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
  const response = await fetch(`${sandbox.url}/oauth/${V}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...client, ...form }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('OAuth', () => {
  it('rotates refresh tokens: the old one is BAD_REFRESH_TOKEN', async () => {
    const sandbox = await portal();
    const form = { grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token' };
    const { body } = await token(sandbox, form);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 1800, hub_id: sandbox.store.portalId });
    expect((await sandbox.call('GET', CONTACTS, undefined, String(body['access_token']))).status).toBe(200);
    const again = await token(sandbox, form);
    expect(again.status).toBe(400);
    expect(again.body).toMatchObject({ status: 'BAD_REFRESH_TOKEN', error: 'invalid_grant' });
    const next = await token(sandbox, { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) });
    expect(next.status).toBe(200);
  });

  it('lets an access token expire after half an hour', async () => {
    const sandbox = await portal();
    const { body } = await token(sandbox, { grant_type: 'client_credentials' });
    expect(body).not.toHaveProperty('refresh_token');
    sandbox.advance(1_800_000);
    const expired = await sandbox.call('GET', CONTACTS, undefined, String(body['access_token']));
    expect(expired.status).toBe(401);
    expect(expired.body).toMatchObject({
      category: 'EXPIRED_AUTHENTICATION',
      context: { 'expire time': [expect.any(String)] },
    });
  });

  describe('in a browser', () => {
    const asked = {
      client_id: 'sandbox-client',
      redirect_uri: 'http://127.0.0.1:7400/oauth/callback',
      scope: 'oauth forms',
      optional_scope: 'content no.such.scope',
      state: 's1',
    };
    const page = (sandbox: Portal, given: Record<string, string>) =>
      fetch(`${sandbox.url}/oauth/authorize?${new URLSearchParams(given).toString()}`, { redirect: 'manual' });
    async function decide(sandbox: Portal, decision: string): Promise<URL> {
      const body = new URLSearchParams({ ...asked, decision });
      const answer = await fetch(`${sandbox.url}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '');
    }
    const redeem = (sandbox: Portal, code: string, redirect_uri = asked.redirect_uri) =>
      token(sandbox, { grant_type: 'authorization_code', code, redirect_uri });

    it('asks whoever is there, and gives a code that works once', async () => {
      const sandbox = await portal();
      const form = await (await page(sandbox, asked)).text();
      expect(form).toContain('Connect app');
      const target = await decide(sandbox, 'allow');
      expect(target.searchParams.get('state')).toBe('s1');
      const code = target.searchParams.get('code') ?? '';
      const first = await redeem(sandbox, code);
      expect(first.body).toMatchObject({ scopes: ['oauth', 'forms', 'content'], expires_in: 1800 });
      expect(first.body).toHaveProperty('refresh_token');
      expect((await redeem(sandbox, code)).body).toMatchObject({ status: 'BAD_AUTH_CODE' });
    });

    it('sends nobody to an address that the app has not registered, and asks for no scope that it has not', async () => {
      const sandbox = await portal();
      const elsewhere = await page(sandbox, { ...asked, redirect_uri: 'http://127.0.0.1:7400/' });
      expect([elsewhere.status, await elsewhere.text()]).toEqual([
        400,
        expect.stringContaining("doesn't match the app's registered redirect URL"),
      ]);
      const more = await page(sandbox, { ...asked, scope: 'oauth no.such.scope' });
      expect([more.status, await more.text()]).toEqual([400, expect.stringContaining('mismatch between the scopes')]);
      expect((await page(sandbox, { ...asked, client_id: 'x' })).status).toBe(400);
    });

    it('tells the app when somebody cancels', async () => {
      const target = await decide(await portal(), 'deny');
      expect(Object.fromEntries(target.searchParams)).toMatchObject({ error: 'access_denied', state: 's1' });
    });

    it('takes a code with its own address alone, and not for long', async () => {
      const sandbox = await portal();
      const code = async () => (await decide(sandbox, 'allow')).searchParams.get('code') ?? '';
      const moved = await redeem(sandbox, await code(), 'http://localhost:7400/oauth/callback');
      expect(moved.body).toMatchObject({ status: 'MISMATCH_REDIRECT_URI_AUTH_CODE' });
      const late = await code();
      sandbox.advance(600_000);
      expect((await redeem(sandbox, late)).body).toMatchObject({ status: 'EXPIRED_AUTH_CODE' });
    });
  });

  it('introspects and revokes', async () => {
    const sandbox = await portal();
    const { body } = await token(sandbox, { grant_type: 'client_credentials' });
    const form = { client_id: 'sandbox-client', client_secret: 'sandbox-secret', token: String(body['access_token']) };
    const post = (path: string): Promise<Response> =>
      fetch(`${sandbox.url}/oauth/${V}/token/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    expect(await (await post('introspect')).json()).toMatchObject({ active: true, expires_in: expect.any(Number) });
    expect((await post('revoke')).status).toBe(200);
    expect(await (await post('introspect')).json()).toStrictEqual({ active: false });
    expect((await sandbox.call('GET', CONTACTS, undefined, form.token)).status).toBe(401);
  });
});

describe('rate limits', () => {
  it('allows so many calls in a rolling ten seconds and says how many are left', async () => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ limits: { tenSecondly: 3, daily: 100 }, now: () => now });
    const first = await sandbox.call('GET', CONTACTS);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-hubspot-ratelimit-daily': '100',
      'x-hubspot-ratelimit-daily-remaining': '99',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': '3',
      'x-hubspot-ratelimit-remaining': '2',
    });
    now += 9_000;
    await sandbox.call('GET', CONTACTS);
    await sandbox.call('GET', CONTACTS);
    const { status, body, headers } = await sandbox.call('GET', CONTACTS);
    expect(status).toBe(429);
    expect(body).toMatchObject({ errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' });
    expect(headers.get('retry-after')).toBeNull();
    now += 1_000;
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(429);
  });

  it('gives the day back at midnight in the time zone of the account', async () => {
    // 23:59:30 on 1 June 2026 in New York.
    let now = Date.parse('2026-06-02T03:59:30Z');
    const sandbox = await portal({ limits: { daily: 1 }, now: () => now });
    await sandbox.call('GET', CONTACTS);
    expect((await sandbox.call('GET', CONTACTS)).body).toMatchObject({ policyName: 'DAILY' });
    now += 60_000;
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
  });

  it('counts associations apart from the rest', async () => {
    const sandbox = await portal({ limits: { tenSecondly: 1, associationsTenSecondly: 1 } });
    const associations = `/crm/associations/${V}/contacts/companies/batch/read`;
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
    expect((await sandbox.call('POST', associations, { inputs: [] })).status).toBe(200);
    expect((await sandbox.call('POST', associations, { inputs: [] })).status).toBe(429);
  });
});
