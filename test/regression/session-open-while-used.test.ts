// The daemon and the page (now the API) closed a connection when their work on it had begun, not when it had ended: Salesforce, which
// asks for a token first, gave up, and the calls of a run were not counted to the day.
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startSalesforceLoop } from '../support/loop.ts';
import { openOn } from '../support/loop-app.ts';

test('the daemon synchronises Salesforce, and its API tells what Salesforce answers', async () => {
  await using loop = await startSalesforceLoop();
  await using app = await openOn(loop);
  const stop = new AbortController();
  const { promise: address, resolve: onListening } = Promise.withResolvers<string>();
  const { promise: report, resolve: onReport } = Promise.withResolvers<unknown>();
  const serving = app.serve({
    roles: null,
    port: null,
    host: null,
    isPortFixed: false,
    schedule: '0 0 1 1 *',
    signal: stop.signal,
    onListening,
    onReport,
  });
  expect(await report).toMatchObject({ connection: loop.name, status: 'succeeded', failure: null });
  const wish = { name: 'reader', scopes: ['read' as const], days: 1 };
  const { token } = await app.tokens.create(null, wish);
  const url = await address;
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/api/v1/orgs/acme/leads${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
  const { leads } = (await ask('')) as { leads: [{ id: string }] };
  expect(await ask(`/${leads[0].id}/crm`)).toMatchObject({ problem: null, records: [{ fields: expect.any(Array) }] });
  stop.abort();
  await serving;
  const [usage] = await loop.db.sql<{ calls: number }>('select sum(calls)::int as calls from api_usage');
  expect(usage?.calls).toBeGreaterThan(20);
});

test('a process that only serves the console goes on serving it', async () => {
  await using loop = await startSalesforceLoop();
  await using app = await openOn(loop);
  const stop = new AbortController();
  const { promise: address, resolve: onListening } = Promise.withResolvers<string>();
  const where = { port: null, host: null, isPortFixed: false };
  const serving = app.serve({ ...where, roles: ['console'], signal: stop.signal, onListening });
  const url = await address;
  await setTimeout(100);
  expect((await fetch(url)).status).toBe(200);
  stop.abort();
  await serving;
});
