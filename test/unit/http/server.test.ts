import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { ApiPort } from '../../../src/http/api/api-port.ts';
import { AppError } from '../../../src/model/errors.ts';
import type { PageReader } from '../../../src/http/page-reader.ts';
import { noPages } from '../../support/no-pages.ts';
import { startHttp } from '../../../src/http/server.ts';

const health = { readiness: async (): Promise<string | null> => null };

const start = (read: Partial<PageReader> = {}, log: (message: string) => void = () => undefined) =>
  startHttp({
    port: 0,
    page: { ...noPages, ...read },
    health,
    now: () => new Date('2026-11-22T10:00:00Z'),
    log: (_level, message, fields) => log(`${message} ${JSON.stringify(fields)}`),
  });

test('every answer carries the security headers, and scripts run from files of ours only', async () => {
  await using server = await start();
  for (const path of ['/', '/style.css', '/live.js', '/healthz', '/nowhere']) {
    const { headers } = await fetch(`${server.url}${path}`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('without an organisation it says how to begin, and that there is no login', async () => {
  await using server = await start();
  const text = await (await fetch(server.url)).text();
  expect(text).toContain('No CRM is connected yet');
  expect(text).toContain('no login');
});

test('a name that only resolves to this machine is refused', async () => {
  await using server = await start();
  const status = await new Promise((resolve, reject) => {
    const call = request(server.url, { headers: { host: 'evil.example' } }, (answer) => resolve(answer.statusCode));
    call.on('error', reject).end();
  });
  expect(status).toBe(421);
});

test('an unknown lead, an id that is none and an unknown page are 404', async () => {
  await using server = await start();
  for (const path of ['/leads/3f0c2b58-0000-4000-8000-000000000001', "/leads/1'--", '/nowhere'])
    expect((await fetch(`${server.url}${path}`)).status).toBe(404);
});

test('a failure is explained without its stack, and logged without what was searched for', async () => {
  const said: string[] = [];
  const away = new AppError('database-unavailable', 'The database does not answer.', {
    recovery: 'retry',
    remedy: 'Start it.',
  });
  await using server = await start(
    {
      orgs: async () => {
        throw away;
      },
    },
    (message) => said.push(message),
  );
  const answer = await fetch(`${server.url}/?q=jane`);
  expect(answer.status).toBe(503);
  const text = await answer.text();
  expect(text).toContain('Start it.');
  expect(text).not.toContain('server.ts');
  expect(said.join()).toContain('database-unavailable');
  expect(said.join()).not.toContain('jane');
});

test('a fault that nobody expected is logged by its place, not by its message, which may quote anything', async () => {
  const said: string[] = [];
  await using server = await start(
    {
      orgs: async () => {
        throw new Error('no such row: jane@acme.example');
      },
    },
    (message) => said.push(message),
  );
  const answer = await fetch(server.url);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('jane');
  expect(said.join()).toContain('server.test.ts');
  expect(said.join()).not.toContain('jane');
});

test('listens on other machines only when told so, and names the remedy of a taken port', async () => {
  await expect(
    startHttp({ port: 0, host: '0.0.0.0', page: noPages, now: () => new Date(), log: () => undefined }),
  ).rejects.toMatchObject({
    code: 'host-not-local',
    recovery: 'fix-config',
  });
  await using server = await start();
  await expect(
    startHttp({ port: server.port, page: noPages, now: () => new Date(), log: () => undefined }),
  ).rejects.toMatchObject({ code: 'port-in-use', remedy: expect.stringContaining('--port') });
});

describe('the API', () => {
  const nobody = (): never => {
    throw new Error('nobody is asked');
  };
  const api: ApiPort = { holderOf: async () => null, takeIn: nobody, dashboard: nobody };
  const quiet = { port: 0, page: noPages, health, api, now: () => new Date(), log: () => undefined };

  test('without the page listens anywhere, and serves itself and health alone', async () => {
    await using server = await startHttp({ ...quiet, host: '0.0.0.0', page: null });
    const at = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    expect((await at('/healthz')).status).toBe(200);
    expect((await at('/readyz')).status).toBe(200);
    expect((await at('/api/openapi.json')).status).toBe(200);
    for (const path of ['/', '/style.css', '/leads/1', '/api/v1/nothing']) {
      const answer = await at(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('beside the page is of this machine alone, and asks for a token', async () => {
    await expect(startHttp({ ...quiet, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'host-not-local' });
    await using server = await startHttp(quiet);
    expect((await fetch(server.url)).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${server.url}/nowhere`)).headers.get('content-type')).toContain('text/html');
    const answer = await fetch(`${server.url}/api/v1/ingest/signups`, { method: 'POST', body: '[]' });
    expect(await answer.json()).toMatchObject({ status: 401, code: 'token-missing' });
  });

  test('a fault that nobody expected says nothing of how it is made', async () => {
    const broken: ApiPort = { ...api, holderOf: async () => ({ id: 'a', orgId: 'b', scopes: ['read'] }) };
    const said: string[] = [];
    const log = (_: string, message: string, fields: object) => said.push(`${message} ${JSON.stringify(fields)}`);
    await using server = await startHttp({ ...quiet, api: broken, log });
    const answer = await fetch(`${server.url}/api/v1/dashboard`, { headers: { authorization: 'Bearer x' } });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('nobody is asked');
    expect(said.join()).toContain('server.test.ts');
    expect(said.join()).not.toContain('nobody is asked');
  });
});
