import { expect, it } from 'vitest';
import { openOn } from '../../support/loop-app.ts';
import { testDatabase } from '../../support/database.ts';

it('a process of the role hooks serves webhooks and health, and neither page nor API', async () => {
  await using db = await testDatabase();
  await using app = await openOn({ db });
  const stop = new AbortController();
  const { promise: listening, resolve: onListening } = Promise.withResolvers<string>();
  const where = { port: 0, host: null, runAtStart: false, signal: stop.signal, onListening };
  const served = app.serve({ ...where, roles: ['hooks'] });
  const url = await listening;
  const codeAt = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: '[]' });
    return ((await answer.json()) as { code: string }).code;
  };
  expect(await codeAt('/hooks/acme/acme-hubspot')).toBe('hook-unknown');
  expect(await codeAt('/api/v1/ingest/signups')).toBe('route-unknown');
  expect(await codeAt('/')).toBe('route-unknown');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  stop.abort();
  await served;
});
