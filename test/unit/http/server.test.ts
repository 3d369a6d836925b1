import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/db/tx.ts';
import type { ApiPort } from '../../../src/http/api/api-port.ts';
import { type HttpOptions, startHttp } from '../../../src/http/server.ts';
import { AppError } from '../../../src/model/errors.ts';
import { bareServices } from '../../support/services.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const nobody = (): never => {
  throw new Error('nobody is asked: jane@acme.example');
};
const rows: ApiPort = { takeIn: nobody, dashboard: nobody };

/** A database that answers one thing, whatever it is asked. */
const databaseThat = (answers: () => Promise<never>): Database => ({
  transaction: answers,
  operator: answers,
  lock: nobody,
  close: async () => undefined,
});

function start(database: Database, options: Partial<HttpOptions> = {}) {
  return startHttp({
    port: 0,
    api: {
      rows,
      console: {
        ...bareServices(database),
        randomBytes: () => new Uint8Array(),
        publicUrl: null,
        singleSignOn: null,
        wake: null,
      },
    },
    health: { readiness: async () => null },
    now: () => new Date(),
    log: () => undefined,
    ...options,
  });
}

const unasked = databaseThat(nobody);

async function builtConsole() {
  const folder = await tempFolder();
  await mkdir(join(folder.path, 'assets'));
  const page = '<!doctype html><meta name="csp-nonce" content="%NONCE%"><title>leadloop</title>';
  await writeFile(join(folder.path, 'index.html'), page);
  await writeFile(join(folder.path, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder.path, 'assets/main-abc.js'), 'export {};');
  return folder;
}

test('every answer carries the security headers, and nothing may be written into a page', async () => {
  await using folder = await builtConsole();
  await using server = await start(unasked, { consoleFolder: folder.path });
  for (const path of ['/', '/orgs/acme/leads', '/assets/main-abc.js', '/icon.svg', '/healthz', '/api/nowhere']) {
    const { headers } = await fetch(`${server.url}${path}`);
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
    expect(headers.get('content-security-policy'), path).not.toContain('unsafe');
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
  }
});

test('only where people reach it over https does a browser remember to come no other way', async () => {
  const heard = async (publicUrl: string | null) => {
    await using server = await start(unasked, { publicUrl, api: null });
    return (await fetch(`${server.url}/healthz`)).headers.get('strict-transport-security');
  };
  expect(await heard('https://leads.example.com')).toBe('max-age=31536000');
  expect(await heard('http://localhost:7400')).toBe(null);
  expect(await heard(null)).toBe(null);
});

test('the page is never kept, its files are for ever, and each page has a word of its own for its styles', async () => {
  await using folder = await builtConsole();
  await using server = await start(unasked, { consoleFolder: folder.path });
  const nonces = new Set<string>();
  for (const path of ['/', '/orgs/acme']) {
    const answer = await fetch(`${server.url}${path}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const nonce = /content="([^"]+)"/u.exec(await answer.text())?.[1] ?? '';
    expect(answer.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
  const file = await fetch(`${server.url}/assets/main-abc.js`);
  expect(file.headers.get('cache-control')).toContain('immutable');
  expect(file.headers.get('content-type')).toContain('javascript');
});

test('no file outside its folder is served', async () => {
  await using folder = await builtConsole();
  await using server = await start(unasked, { consoleFolder: folder.path });
  for (const path of ['/assets/../index.html', '/assets/..%2f..%2fpackage.json', '/assets/%2e%2e/%2e%2e/etc/passwd']) {
    const answer = await fetch(`${server.url}${path}`);
    const text = await answer.text();
    expect(text, path).not.toContain('root:');
    expect(text, path).not.toContain('"dependencies"');
  }
  expect((await fetch(`${server.url}/assets/nothing.js`)).status).toBe(404);
});

test('a console that was not built says how it is', async () => {
  await using folder = await tempFolder();
  await expect(start(unasked, { consoleFolder: folder.path })).rejects.toMatchObject({
    code: 'console-not-built',
    remedy: expect.stringContaining('npm run build'),
  });
});

test('the console listens on other machines only behind an address that people reach it by', async () => {
  await using folder = await builtConsole();
  const wide = { host: '0.0.0.0', consoleFolder: folder.path };
  await expect(start(unasked, wide)).rejects.toMatchObject({ code: 'host-not-local', recovery: 'fix-config' });
  await using server = await start(unasked, { ...wide, publicUrl: 'https://leads.example.com' });
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(200);
});

test('a name that only resolves to this machine is refused, but for webhooks; behind a proxy every name is its own', async () => {
  await using folder = await builtConsole();
  const statusOf = (server: { url: string }, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const call = request(`${server.url}${path}`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.on('error', reject).end();
    });
  await using here = await start(unasked, { consoleFolder: folder.path });
  expect(await statusOf(here, '/')).toBe(421);
  expect(await statusOf(here, '/api/openapi.json')).toBe(421);
  expect(await statusOf(here, '/hooks/acme/crm')).not.toBe(421);
  await using there = await start(unasked, { consoleFolder: folder.path, publicUrl: 'https://evil.example' });
  expect(await statusOf(there, '/')).toBe(200);
});

test('behind a proxy nobody reads the metrics without a token, whatever name they send', async () => {
  const metrics = { contentType: 'text/plain', scrape: async () => 'figures', token: null };
  await using here = await start(unasked, { metrics });
  expect((await fetch(`${here.url}/metrics`)).status).toBe(200);
  await using there = await start(unasked, { metrics, publicUrl: 'https://leads.example.com' });
  const named = await fetch(`${there.url}/metrics`, { headers: { 'x-forwarded-host': 'localhost' } });
  expect(named.status).toBe(401);
});

test('a call under way at the end is answered, new ones are refused, and connections that say nothing hold nobody', async () => {
  const asked = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<null>();
  const readiness = () => (asked.resolve(), slow.promise);
  await using server = await start(unasked, { api: null, health: { readiness } });
  // As a browser opens ahead of time.
  const silent = connect(server.port, '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  const answer = fetch(`${server.url}/readyz`);
  await asked.promise;
  const stopped = server.stop(60_000);
  await vi.waitFor(async () => expect((await fetch(`${server.url}/healthz`)).status).toBe(503), 5_000);
  slow.resolve(null);
  expect((await answer).status).toBe(200);
  await stopped;
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
});

test('a call that does not end holds the end no longer than its grace', async () => {
  const asked = Promise.withResolvers<void>();
  const never = () => (asked.resolve(), new Promise<null>(() => undefined));
  await using server = await start(unasked, { api: null, health: { readiness: never } });
  const answer = fetch(`${server.url}/readyz`).then(
    () => 'answered',
    () => 'cut off',
  );
  await asked.promise;
  const started = performance.now();
  await server.stop(200);
  expect(await answer).toBe('cut off');
  expect(performance.now() - started).toBeGreaterThanOrEqual(190);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a port that is taken is named with its remedy', async () => {
  await using server = await start(unasked);
  await expect(start(unasked, { port: server.port })).rejects.toMatchObject({
    code: 'port-in-use',
    remedy: expect.stringContaining('--port'),
  });
});

describe('the API', () => {
  test('without the console listens anywhere, and serves itself and health alone', async () => {
    await using server = await start(unasked, { host: '0.0.0.0' });
    const at = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
    expect((await at('/healthz')).status).toBe(200);
    expect((await at('/readyz')).status).toBe(200);
    expect((await at('/api/openapi.json')).status).toBe(200);
    for (const path of ['/', '/assets/main.js', '/orgs/acme', '/api/v1/nothing']) {
      const answer = await at(path);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('asks for a token or a session', async () => {
    await using server = await start(unasked);
    const answer = await fetch(`${server.url}/api/v1/ingest/signups`, { method: 'POST', body: '[]' });
    expect(await answer.json()).toMatchObject({ status: 401, code: 'token-missing' });
    const ofPage = await fetch(`${server.url}/api/v1/session`, { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(await ofPage.json()).toMatchObject({ status: 401, code: 'session-missing', remedy: 'Sign in again.' });
  });

  test('a failure is explained without its stack, and logged without what was asked for', async () => {
    const said: string[] = [];
    const away = new AppError('database-unavailable', 'The database does not answer.', {
      recovery: 'retry',
      remedy: 'Start it.',
    });
    const log = (_: string, message: string, fields: object) => said.push(`${message} ${JSON.stringify(fields)}`);
    const gone = databaseThat(() => Promise.reject(away));
    await using server = await start(gone, { log });
    const answer = await fetch(`${server.url}/api/v1/welcome?q=jane`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'database-unavailable', remedy: 'Start it.' });
    expect(said.join()).toContain('database-unavailable');
    expect(said.join()).not.toContain('jane');
  });

  test('a fault that nobody expected says nothing of how it is made', async () => {
    const said: string[] = [];
    const log = (_: string, message: string, fields: object) => said.push(`${message} ${JSON.stringify(fields)}`);
    await using server = await start(unasked, { log });
    const answer = await fetch(`${server.url}/api/v1/welcome`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('jane');
    expect(said.join()).toContain('server.test.ts');
    expect(said.join()).not.toContain('jane');
  });
});
