import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type HttpOptions, startHttp } from '../../../src/http/server.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const metrics = { contentType, scrape: async () => 'leadloop_up 1\n', token: null };
const parts = { port: 0, now: () => new Date(), log: () => undefined };
const start = (options: Partial<HttpOptions>) => startHttp({ ...parts, ...options });
const everywhere = { host: '0.0.0.0', metrics: { ...metrics, token: 'a-long-token' } };

const ask = (port: number, path: string, headers: Record<string, string> = {}) =>
  new Promise<number | undefined>((resolve, reject) => {
    const call = request({ port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject).end();
  });

test('health is the process, readiness whatever it needs', async () => {
  let reason: string | null = null;
  await using server = await start({ health: { readiness: async () => reason } });
  const at = (path: string) => fetch(`${server.url}${path}`);
  expect((await at('/healthz')).status).toBe(200);
  expect((await at('/readyz')).status).toBe(200);
  reason = 'draining';
  expect((await at('/healthz')).status).toBe(200);
  const answer = await at('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ status: 'draining' });
});

test('a process without page and API serves health and metrics alone', async () => {
  await using server = await start({ metrics, health: { readiness: async () => null } });
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(contentType);
  expect(await answer.text()).toBe('leadloop_up 1\n');
  for (const path of ['/', '/style.css', '/api/openapi.json']) expect(await ask(server.port, path)).toBe(404);
});

test('each part may be absent', async () => {
  await using server = await start({});
  for (const path of ['/', '/healthz', '/readyz', '/metrics', '/api/openapi.json'])
    expect(await ask(server.port, path)).toBe(404);
});

test('where other machines may listen, metrics are for who knows the token', async () => {
  await using server = await start(everywhere);
  const sending = (authorization: string) => ask(server.port, '/metrics', { authorization });
  expect(await ask(server.port, '/metrics')).toBe(401);
  for (const wrong of ['Bearer a-long-tokem', 'Bearer a-long', 'Bearer ', 'Basic a-long-token', 'a-long-token'])
    expect(await sending(wrong)).toBe(401);
  expect(await sending('Bearer a-long-token')).toBe(200);
  expect(await sending('bearer a-long-token')).toBe(200);
});

test('where a token is configured this machine needs it, too: a proxy in front may ask under our own name', async () => {
  await using server = await start({ metrics: { ...metrics, token: 'a-long-token' } });
  expect(await ask(server.port, '/metrics', { host: `127.0.0.1:${server.port}` })).toBe(401);
  expect(await ask(server.port, '/metrics', { authorization: 'Bearer a-long-token' })).toBe(200);
});

test('without a token nobody of another machine may come', async () => {
  await using server = await start({ host: '0.0.0.0', metrics });
  for (const sent of ['', 'Bearer ', 'Bearer null'])
    expect(await ask(server.port, '/metrics', { authorization: sent })).toBe(401);
});

test('a proxy in front of this machine’s own server opens nothing', async () => {
  await using server = await start({ metrics });
  expect(await ask(server.port, '/metrics', { host: `127.0.0.1:${server.port}` })).toBe(200);
  expect(await ask(server.port, '/metrics', { host: `[::1]:${server.port}` })).toBe(200);
  expect(await ask(server.port, '/metrics', { host: 'leads.example.org' })).toBe(401);
});
