import { expect, test } from 'vitest';
import type { SessionServices } from '../../src/connection.ts';
import { runDaemon } from '../../src/daemon.ts';

// `return promise` inside `await using` closed things before the promise was settled: the page of `serve --roles api` at once,
// and a Salesforce connection while it was asking for its token. The rule `typescript/return-await` finds every such place.
test('a daemon that only serves the page keeps it open until it is told to stop', async () => {
  const stop = new AbortController();
  let isOpen = true;
  const site = {
    url: 'http://127.0.0.1:1',
    [Symbol.asyncDispose]: async () => {
      isOpen = false;
    },
  };
  // The scheduler, which needs the rest, has no part in it.
  const services = { now: () => new Date(0), log: () => undefined } as unknown as SessionServices;
  const running = runDaemon(services, { roles: ['api'], signal: stop.signal }, async () => site);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOpen).toBe(true);
  stop.abort();
  await running;
  expect(isOpen).toBe(false);
});
