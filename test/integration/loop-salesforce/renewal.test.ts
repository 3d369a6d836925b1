import { expect, test } from 'vitest';
import { startSalesforceLoop, type SalesforceLoop } from '../../support/loop.ts';

const never = (): AbortSignal => new AbortController().signal;
const refreshable = {
  clientId: 'sandbox-client',
  clientSecret: 'sandbox-secret',
  refreshToken: 'sandbox-refresh-token',
};

function tokensAsked({ crm }: SalesforceLoop): number {
  return crm.requests.count('POST', /oauth2\/token/);
}

test('a run goes on with the session of the run before it', async () => {
  await using loop = await startSalesforceLoop();
  await loop.sync();
  expect(tokensAsked(loop)).toBe(1);
  loop.clock.advance(5_000);
  await loop.sync();
  expect(tokensAsked(loop)).toBe(1);
});

test('a session that has ended is renewed once', async () => {
  await using loop = await startSalesforceLoop();
  await loop.sync();
  loop.crm.faults.activate({ name: 'session-expired' });
  loop.clock.advance(5_000);
  expect((await loop.sync()).failure).toBeNull();
  expect(tokensAsked(loop)).toBe(2);
});

test('a sandbox that was refreshed under us is refused before anything is read or written', async () => {
  await using loop = await startSalesforceLoop();
  await loop.sync();
  loop.crm.faults.activate({ name: 'org-changed' });
  loop.crm.faults.activate({ name: 'session-expired' });
  loop.clock.advance(5_000);
  loop.crm.requests.reset();
  const report = await loop.sync();
  expect(report).toMatchObject({ status: 'failed', failure: { code: 'crm-request', recovery: 'fix-config' } });
  expect(report.failure?.remedy).toContain('new connection');
  expect(loop.crm.requests.entries().filter(({ method, status }) => method === 'PATCH' && status < 300)).toEqual([]);
  expect(report.counts).toMatchObject({ pulled: 0, pushed: 0 });
});

test('two processes do not use a rotating refresh token twice (trap 9)', async () => {
  await using loop = await startSalesforceLoop({ credentials: refreshable });
  // The second use of a token that has been rotated revokes everything, as Salesforce does.
  await using first = await loop.open();
  await using second = await loop.open();
  const accounts = await Promise.all([first, second].map(({ connector }) => connector.account(never())));
  expect(new Set(accounts).size).toBe(1);
  expect(tokensAsked(loop)).toBe(1);
  loop.crm.faults.activate({ name: 'session-expired' });
  loop.clock.advance(1_000);
  const checked = await Promise.all([first, second].map(({ connector }) => connector.check(never())));
  expect(checked.flat().filter(({ level }) => level === 'failure')).toEqual([]);
  expect(tokensAsked(loop)).toBe(2);
});
