import { request } from 'node:http';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/model/errors.ts';
import type { PageReader } from '../../../src/http/page-reader.ts';
import { startHttp } from '../../../src/http/server.ts';

const reader: PageReader = {
  orgs: async () => [],
  overview: async () => ({ connections: [], leads: {}, tiers: [] }),
  leads: async () => ({ leads: [], next: null, readAt: null, problem: null }),
  signups: async () => ({ signups: [], next: null, tiers: [] }),
  receipt: async () => null,
  isReady: async () => true,
};

const start = (read: Partial<PageReader> = {}, log: (message: string) => void = () => undefined) =>
  startHttp({
    port: 0,
    read: { ...reader, ...read },
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

test('health is the process, readiness the database', async () => {
  await using server = await start({ isReady: async () => false });
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
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

test('listens on other machines only when told so, and names the remedy of a taken port', async () => {
  await expect(
    startHttp({ port: 0, host: '0.0.0.0', read: reader, now: () => new Date(), log: () => undefined }),
  ).rejects.toMatchObject({
    code: 'host-not-local',
    recovery: 'fix-config',
  });
  await using server = await start();
  await expect(
    startHttp({ port: server.port, read: reader, now: () => new Date(), log: () => undefined }),
  ).rejects.toMatchObject({ code: 'port-in-use', remedy: expect.stringContaining('--port') });
});
