import { describe, expect, it } from 'vitest';
import { FAULT_MENU } from '../../../src/sandbox/salesforce/index.ts';
import { first, lead, makeLead, org, V, type TestOrg } from './org.ts';

const FAULTS = '/__sandbox/faults';
const LIMITS = `${V}/limits`;

async function activate(sandbox: TestOrg, order: Record<string, unknown>): Promise<void> {
  const { status, text } = await sandbox.call('POST', FAULTS, order);
  if (status !== 201) throw new Error(text);
}

describe('fault menu', () => {
  it('lists every fault with what it does, and what is active', async () => {
    const sandbox = await org();
    await activate(sandbox, { name: '500', count: 2 });
    const { body } = await sandbox.call('GET', FAULTS);
    expect(body['menu']).toHaveLength(Object.keys(FAULT_MENU).length);
    expect(body['active']).toMatchObject([{ name: '500', count: 2, struck: 0 }]);
    await sandbox.call('DELETE', `${FAULTS}?name=500`);
    expect((await sandbox.call('GET', FAULTS)).body['active']).toStrictEqual([]);
  });

  it.each([{ name: 'earthquake' }, { name: '500', often: true }, { name: 'field-hidden' }])(
    'refuses %o',
    async (order) => {
      const sandbox = await org();
      expect((await sandbox.call('POST', FAULTS, order)).status).toBe(400);
    },
  );

  it.each([
    ['request-limit', 403, 'REQUEST_LIMIT_EXCEEDED'],
    ['concurrent-limit', 403, 'REQUEST_LIMIT_EXCEEDED'],
    ['session-dead', 401, 'INVALID_SESSION_ID'],
    ['session-not-for-rest', 401, 'INVALID_SESSION_ID'],
    ['password-expired', 401, 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD'],
    ['api-disabled', 403, 'API_DISABLED_FOR_ORG'],
    ['500', 500, 'UNKNOWN_EXCEPTION'],
    ['503', 503, 'SERVER_UNAVAILABLE'],
  ])('%s answers %d %s, once', async (name, status, code) => {
    const sandbox = await org();
    await activate(sandbox, { name, count: 1 });
    const struck = await sandbox.call('GET', LIMITS);
    expect([struck.status, first(struck).errorCode]).toStrictEqual([status, code]);
    expect((await sandbox.call('GET', LIMITS)).status).toBe(200);
  });

  it.each([
    ['502', 502, '<html>'],
    ['503-html', 503, 'Maintenance'],
    ['420-html', 420, 'We are setting things up'],
    ['406-empty', 406, ''],
    ['500-empty', 500, ''],
    ['401-xml', 401, '<faultcode>'],
  ])('%s answers %d without JSON', async (name, status, text) => {
    const sandbox = await org();
    await activate(sandbox, { name });
    const answer = await sandbox.call('GET', LIMITS);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
  });

  it('session-expired spares tokens that were issued later, session-dead does not', async () => {
    const sandbox = await org();
    await activate(sandbox, { name: 'session-expired' });
    expect((await sandbox.call('GET', LIMITS)).status).toBe(401);
    sandbox.advance(1_000);
    const form = { grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
    const response = await fetch(`${sandbox.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const fresh = { authorization: `Bearer ${token}` };
    expect((await sandbox.call('GET', LIMITS, undefined, fresh)).status).toBe(200);
    await activate(sandbox, { name: 'session-dead' });
    expect((await sandbox.call('GET', LIMITS, undefined, fresh)).status).toBe(401);
  });

  it('query-timeout strikes windows that are too long', async () => {
    const sandbox = await org();
    await activate(sandbox, { name: 'query-timeout', ms: 3_600_000 });
    const status = async (to: string): Promise<number> =>
      (
        await sandbox.query(
          `SELECT Id FROM Lead WHERE SystemModstamp > 2026-01-01T00:00:00Z AND SystemModstamp <= ${to}`,
        )
      ).status;
    expect([await status('2026-01-01T02:00:00Z'), await status('2026-01-01T01:00:00Z')]).toStrictEqual([400, 200]);
    expect(first(await sandbox.query('SELECT Id FROM Lead')).errorCode).toBe('QUERY_TIMEOUT');
  });

  it('row-fails fails one row, the others are written', async () => {
    const sandbox = await org();
    const ids = [await makeLead(sandbox), await makeLead(sandbox)];
    await activate(sandbox, { name: 'row-fails', row: 1, count: 1 });
    const results = await sandbox.patch(ids.map((id) => lead(id, { Title: 'X' })));
    expect(results.map(({ success, errors }) => [success, errors[0]?.statusCode])).toStrictEqual([
      [true, undefined],
      [false, 'UNABLE_TO_LOCK_ROW'],
    ]);
  });

  it('applied-but-reset carries the write out', async () => {
    const sandbox = await org();
    const id = await makeLead(sandbox);
    await activate(sandbox, { name: 'applied-but-reset', path: '/sobjects/Lead/', method: 'PATCH', count: 1 });
    await expect(sandbox.call('PATCH', `${V}/sobjects/Lead/${id}`, { Title: 'X' })).rejects.toThrow('fetch failed');
    expect(await sandbox.rows('SELECT Title FROM Lead')).toMatchObject([{ Title: 'X' }]);
  });

  it('socket-reset, truncated-json and slow-body spoil answers', async () => {
    const sandbox = await org();
    await activate(sandbox, { name: 'socket-reset', count: 1 });
    await expect(sandbox.call('GET', LIMITS)).rejects.toThrow('fetch failed');
    await activate(sandbox, { name: 'truncated-json', count: 1 });
    expect(() => JSON.parse('{')).toThrow(SyntaxError);
    expect((await sandbox.call('GET', LIMITS)).body).toStrictEqual({});
    await activate(sandbox, { name: 'slow-body', ms: 20, count: 1 });
    expect((await sandbox.call('GET', LIMITS)).body['DailyApiRequests']).toBeDefined();
  });

  it('truncated-json ends in good order, truncated-body does not; neither spares CSV', async () => {
    const sandbox = await org({ bulkPolls: 0 });
    for (let at = 0; at < 20; at += 1) await makeLead(sandbox);
    const base = `${V}/jobs/query`;
    const { body } = await sandbox.call('POST', base, { operation: 'query', query: 'SELECT Id FROM Lead' });
    await sandbox.call('GET', `${base}/${body.id}`);
    const results = async (): Promise<string> => (await sandbox.call('GET', `${base}/${body.id}/results`)).text;
    const whole = await results();
    await activate(sandbox, { name: 'truncated-json', path: '/results', count: 1 });
    expect(await results()).toBe(whole.slice(0, Math.ceil(whole.length / 2)));
    await activate(sandbox, { name: 'truncated-body', path: '/results', count: 1 });
    await expect(results()).rejects.toThrow('terminated');
    await activate(sandbox, { name: 'headers-lost', path: '/results', count: 1 });
    const { headers } = await sandbox.call('GET', `${base}/${body.id}/results`);
    expect(
      ['sforce-locator', 'sforce-numberofrecords', 'sforce-limit-info'].map((name) => headers.get(name)),
    ).toStrictEqual(['null', null, null]);
    await activate(sandbox, { name: 'truncated-body', path: '/limits', count: 1 });
    await expect(sandbox.call('GET', LIMITS)).rejects.toThrow('terminated');
    expect(await results()).toBe(whole);
  });

  it('short-pages, field-hidden and org-changed last until switched off', async () => {
    const sandbox = await org();
    for (const Title of ['a', 'b', 'c']) await makeLead(sandbox, { Title });
    await activate(sandbox, { name: 'short-pages', rows: 2 });
    await activate(sandbox, { name: 'field-hidden', field: 'Lead.Phone' });
    await activate(sandbox, { name: 'org-changed' });
    const { body } = await sandbox.query('SELECT Id FROM Lead');
    expect([body.records.length, body.done]).toStrictEqual([2, false]);
    expect(first(await sandbox.query('SELECT Phone FROM Lead')).errorCode).toBe('INVALID_FIELD');
    const fields = (await sandbox.call('GET', `${V}/sobjects/Lead/describe`)).body['fields'] as { name: string }[];
    expect(fields.map(({ name }) => name)).not.toContain('Phone');
    const changed = (await sandbox.call('GET', '/services/oauth2/userinfo')).body['organization_id'];
    await sandbox.call('DELETE', FAULTS);
    expect((await sandbox.call('GET', '/services/oauth2/userinfo')).body['organization_id']).not.toBe(changed);
    expect((await sandbox.query('SELECT Phone FROM Lead')).body.done).toBe(true);
  });

  it('the right to edit an object can be missing: nothing of it can be written, and describe says so', async () => {
    const sandbox = await org();
    const id = await sandbox.create('Account', { Name: 'VelocityPay' });
    const account = { attributes: { type: 'Account' }, id, Site: 'Reno' };
    const described = async (): Promise<unknown[]> => {
      const { body } = await sandbox.call('GET', `${V}/sobjects/Account/describe`);
      const site = (body['fields'] as Record<string, unknown>[]).find(({ name }) => name === 'Site');
      return [body['updateable'], site?.['updateable']];
    };
    await activate(sandbox, { name: 'object-read-only', object: 'Account' });
    const [refused] = await sandbox.patch([account]);
    expect(refused?.errors[0]?.statusCode).toBe('INSUFFICIENT_ACCESS_OR_READONLY');
    expect(await described()).toStrictEqual([false, false]);
    expect((await sandbox.patch([lead(await makeLead(sandbox), { Title: 'CTO' })]))[0]?.success).toBe(true);
    await sandbox.call('DELETE', FAULTS);
    expect((await sandbox.patch([account]))[0]?.success).toBe(true);
    expect(await described()).toStrictEqual([true, true]);
    expect((await sandbox.admin('faults', { name: 'object-read-only' })).status).toBe(400);
  });

  it('after, probability and seed choose the requests', async () => {
    const sandbox = await org();
    await activate(sandbox, { name: '503', after: 1, count: 1 });
    const statuses: number[] = [];
    for (let at = 0; at < 3; at += 1) statuses.push((await sandbox.call('GET', LIMITS)).status);
    expect(statuses).toStrictEqual([200, 503, 200]);
  });
});

describe('admin paths', () => {
  it('tell state and requests, move the clock, expire cursors and reset', async () => {
    const sandbox = await org({ leads: 30, contacts: 10, hubspotContacts: 20, now: () => Date.UTC(2026, 0, 1) });
    await sandbox.query('SELECT Id FROM Lead');
    await sandbox.call('GET', `${V}/sobjects/Lead/00Qxx0000000001`);
    const { body } = await sandbox.call('GET', '/__sandbox/requests');
    expect(body['counts']).toStrictEqual({ [`GET ${V}/query`]: 1, [`GET ${V}/sobjects/Lead/:id`]: 1 });
    const before = (await sandbox.call('GET', '/__sandbox/state')).body;
    await sandbox.admin('clock', { advanceMs: 1_000 });
    await makeLead(sandbox);
    const after = (await sandbox.admin('reset')).body;
    expect(after['objects']).toStrictEqual(before['objects']);
    expect(sandbox.requests.entries()).toHaveLength(0);
  });

  it('create, edit and touch records, and refuse what does not fit', async () => {
    const sandbox = await org({ now: () => Date.UTC(2026, 0, 1) });
    const made = await sandbox.admin('records', { object: 'Lead', values: { LastName: 'S' } });
    expect(made.body).toMatchObject({ LastName: 'S', Name: 'S' });
    expect((await sandbox.admin(`records/${String(made.body['Id'])}`, { values: { Nope: 1 } })).status).toBe(400);
    expect((await sandbox.admin('bulk-touch', { object: 'Lead', count: 5, at: 1_000 })).body).toStrictEqual({
      touched: 1,
      at: 1_000,
    });
    expect((await sandbox.admin('merge', { winner: 'x', losers: [] })).status).toBe(400);
    await sandbox.admin('settings', { usedByOthers: 7, limitInfo: 'bursts' });
    expect((await sandbox.call('GET', LIMITS)).headers.get('sforce-limit-info')).toContain('api-bursts');
  });
});
