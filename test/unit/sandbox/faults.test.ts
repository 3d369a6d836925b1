import { describe, expect, it } from 'vitest';
import { FAULT_MENU } from '../../../src/sandbox/hubspot/index.ts';
import { CONTACTS, portal, V, type Portal } from './portal.ts';

const FAULTS = '/__sandbox/faults';

async function activate(sandbox: Portal, order: Record<string, unknown>): Promise<void> {
  const { status, text } = await sandbox.call('POST', FAULTS, order);
  if (status !== 201) throw new Error(text);
}

describe('fault menu', () => {
  it('lists every fault with what it does, and what is active', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: '500', count: 2 });
    const { body } = await sandbox.call('GET', FAULTS);
    expect(body['menu']).toHaveLength(Object.keys(FAULT_MENU).length);
    expect(body['active']).toMatchObject([{ name: '500', count: 2, struck: 0 }]);
    await sandbox.call('DELETE', FAULTS);
    expect((await sandbox.call('GET', FAULTS)).body['active']).toStrictEqual([]);
  });

  it.each([{ name: 'earthquake' }, { name: '500', often: true }, { name: 'unknown-property' }])(
    'refuses the order %o',
    async (order) => {
      const sandbox = await portal();
      expect((await sandbox.call('POST', FAULTS, order)).status).toBe(400);
    },
  );

  it.each([
    ['429-ten-secondly', 429, { policyName: 'TEN_SECONDLY_ROLLING', errorType: 'RATE_LIMIT' }],
    ['429-daily', 429, { policyName: 'DAILY' }],
    ['423-locked', 423, { status: 'error' }],
    ['477-migration', 477, { status: 'error' }],
    ['500', 500, { message: 'internal error' }],
    ['token-expired', 401, { category: 'EXPIRED_AUTHENTICATION' }],
    ['missing-scope', 403, { category: 'MISSING_SCOPES' }],
  ])('%s answers %d', async (name, status, body) => {
    const sandbox = await portal();
    await activate(sandbox, { name, count: 1 });
    const struck = await sandbox.call('GET', CONTACTS);
    expect(struck.status).toBe(status);
    expect(struck.body).toMatchObject(body);
    expect(struck.headers.get('retry-after')).toBe(name === '477-migration' ? '3600' : null);
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
  });

  it.each(['502', '503', '504'])('%s is a page of HTML from the edge', async (name) => {
    const sandbox = await portal();
    await activate(sandbox, { name });
    const { status, headers, text } = await sandbox.call('GET', CONTACTS);
    expect(status).toBe(Number(name));
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('<html>');
  });

  it('429-secondly strikes search alone', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: '429-secondly' });
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(200);
    expect((await sandbox.call('POST', `${CONTACTS}/search`, {})).body).toMatchObject({ category: 'RATE_LIMITS' });
  });

  it('socket-reset breaks the connection and does nothing', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: 'socket-reset', method: 'POST', path: 'contacts$' });
    await expect(sandbox.contact({ email: 'a@b.org' })).rejects.toThrow(/fetch failed/);
    expect((await sandbox.call('GET', CONTACTS)).body.results).toStrictEqual([]);
  });

  it('applied-but-reset does the write and breaks the connection before the answer', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: 'applied-but-reset', method: 'POST', path: 'contacts$', count: 1 });
    await expect(sandbox.contact({ email: 'a@b.org' })).rejects.toThrow(/fetch failed|terminated|other side/);
    expect((await sandbox.call('GET', CONTACTS)).body.results).toMatchObject([{ properties: { email: 'a@b.org' } }]);
  });

  it('hang takes the request and never answers', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: 'hang' });
    const call = fetch(sandbox.url + CONTACTS, {
      headers: { authorization: 'Bearer sandbox-token' },
      signal: AbortSignal.timeout(300),
    });
    await expect(call).rejects.toThrow(/timeout/);
    expect(sandbox.requests.entries()).toMatchObject([{ status: 0 }]);
  });

  it('slow-body keeps the second half back', async () => {
    const sandbox = await portal({ contacts: 5 });
    await activate(sandbox, { name: 'slow-body', ms: 250 });
    const start = performance.now();
    const { body } = await sandbox.call('GET', CONTACTS);
    expect(performance.now() - start).toBeGreaterThan(200);
    expect(body.results.length).toBeGreaterThan(1);
  });

  it('truncated-json stops in the middle', async () => {
    const sandbox = await portal({ contacts: 5 });
    await activate(sandbox, { name: 'truncated-json' });
    const { status, text } = await sandbox.call('GET', CONTACTS);
    expect(status).toBe(200);
    expect(text.startsWith('{"results":')).toBe(true);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it('empty-2xx says success and writes nothing', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: 'empty-2xx' });
    const inputs = [{ properties: { email: 'a@b.org' } }];
    const { status, body } = await sandbox.call('POST', `${CONTACTS}/batch/create`, { inputs });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'COMPLETE', results: [] });
    expect((await sandbox.call('GET', CONTACTS)).body.results).toStrictEqual([]);
  });

  it('207-some-rows-failed fails one row and writes the others', async () => {
    const sandbox = await portal();
    const ids = [await sandbox.contact({ email: 'a@b.org' }), await sandbox.contact({ email: 'c@d.org' })];
    await activate(sandbox, { name: '207-some-rows-failed', row: 1 });
    const inputs = ids.map((id) => ({ id, properties: { city: 'Reno' }, objectWriteTraceId: `t${id}` }));
    const { status, body } = await sandbox.call('POST', `${CONTACTS}/batch/update`, { inputs });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([{ id: ids[0] }]);
    expect(body.errors).toMatchObject([{ context: { objectWriteTraceId: [`t${ids[1]}`] } }]);
    expect((await sandbox.read(ids[1] ?? '', 'city')).body.properties['city']).toBeNull();
  });

  it('token-expired spares an OAuth token issued after it began', async () => {
    let now = 1_800_000_000_000;
    const sandbox = await portal({ now: () => now });
    await activate(sandbox, { name: 'token-expired' });
    now += 1_000;
    const form = { client_id: 'sandbox-client', client_secret: 'sandbox-secret', grant_type: 'client_credentials' };
    const reply = await fetch(`${sandbox.url}/oauth/${V}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const { access_token: fresh } = (await reply.json()) as { access_token: string };
    expect((await sandbox.call('GET', CONTACTS)).status).toBe(401);
    expect((await sandbox.call('GET', CONTACTS, undefined, fresh)).status).toBe(200);
  });

  it('index-lag and unknown-property last until they are switched off', async () => {
    const sandbox = await portal();
    await activate(sandbox, { name: 'index-lag', ms: 60_000 });
    await activate(sandbox, { name: 'unknown-property', property: 'city' });
    const refused = await sandbox.call('POST', CONTACTS, { properties: { city: 'Reno' } });
    expect(refused.body.errors).toMatchObject([{ code: 'PROPERTY_DOESNT_EXIST' }]);
    await sandbox.contact({ email: 'a@b.org' });
    expect((await sandbox.call('POST', `${CONTACTS}/search`, {})).body.total).toBe(0);
    await sandbox.call('DELETE', FAULTS);
    expect((await sandbox.call('POST', `${CONTACTS}/search`, {})).body.total).toBe(1);
    expect((await sandbox.call('POST', CONTACTS, { properties: { city: 'Reno' } })).status).toBe(201);
  });

  it('counts: after, count, and a seeded share', async () => {
    const sandbox = await portal();
    const statuses = async (calls: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let index = 0; index < calls; index += 1) seen.push((await sandbox.call('GET', CONTACTS)).status);
      return seen;
    };
    await activate(sandbox, { name: '500', after: 1, count: 2 });
    expect(await statuses(4)).toStrictEqual([200, 500, 500, 200]);
    await sandbox.call('DELETE', FAULTS);
    await activate(sandbox, { name: '500', probability: 0.5, seed: 7 });
    const first = await statuses(12);
    await sandbox.call('DELETE', FAULTS);
    await activate(sandbox, { name: '500', probability: 0.5, seed: 7 });
    expect(await statuses(12)).toStrictEqual(first);
    expect(new Set(first)).toStrictEqual(new Set([200, 500]));
  });
});

describe('admin paths', () => {
  it('logs and counts vendor requests only, and forgets them on request', async () => {
    const sandbox = await portal();
    await sandbox.call('GET', `${CONTACTS}/51`);
    await sandbox.call('GET', `${CONTACTS}/52`);
    const { body } = await sandbox.call('GET', '/__sandbox/requests');
    expect(body['counts']).toStrictEqual({ [`GET ${CONTACTS}/:id`]: 2 });
    expect(body['requests']).toMatchObject([{ status: 404 }, { status: 404 }]);
    await sandbox.call('DELETE', '/__sandbox/requests');
    expect((await sandbox.call('GET', '/__sandbox/requests')).body['counts']).toStrictEqual({});
  });

  it('resets to the seeded portal', async () => {
    const sandbox = await portal({ contacts: 40 });
    const before = (await sandbox.call('GET', '/__sandbox/state')).body['objects'];
    await sandbox.contact({ email: 'a@b.org' });
    await sandbox.call('POST', '/__sandbox/reset', {});
    expect((await sandbox.call('GET', '/__sandbox/state')).body['objects']).toStrictEqual(before);
  });
});
