import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setUpLink } from '../../src/access/links.ts';
import { openBrowser } from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { testDatabase } from '../support/database.ts';
import { bareServices } from '../support/services.ts';
import { visit } from '../support/visit.ts';

const stack = new AsyncDisposableStack();
let browser: Browser;

beforeAll(async () => {
  browser = stack.adopt(await openBrowser(), (open) => open.close());
});
afterAll(() => stack.disposeAsync());

async function emptyConsole(own: AsyncDisposableStack): Promise<TestConsole> {
  const db = own.use(await testDatabase());
  return own.use(await startConsole(bareServices(db.database), { hasPages: true }));
}

test('a newcomer makes the first account and organisation by the set-up link, signs out and in again', async () => {
  await using own = new AsyncDisposableStack();
  const console = await emptyConsole(own);
  const { path } = (await setUpLink({ ...console.services, randomBytes }))!;
  await using visited = await visit(browser, console.url, path);
  const { page } = visited;
  const password = page.locator('input[type=password]');
  expect(await visited.ailments()).toEqual([]);
  await page.getByLabel('Your organisation').fill('Acme Schools');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill('ada@acme.example');
  await password.fill('short');
  await password.fill('several words make one');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await page.waitForURL('**/orgs/acme-schools**');
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await visited.go('/orgs/acme-schools/members');
  await page.waitForURL('**/sign-in');
  expect(await visited.ailments()).toEqual([]);
  await page.getByLabel('E-mail address').fill('ada@acme.example');
  await password.fill('several words make two');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('do not belong together');
  await password.fill('several words make one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  // To where they were going.
  await page.waitForURL('**/orgs/acme-schools/members');
  await page.getByRole('cell', { name: 'ada@acme.example' }).waitFor();
  expect(visited.complaints).toEqual([]);
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('the pages of access have nothing that axe would say', async () => {
    await using own = new AsyncDisposableStack();
    const db = own.use(await testDatabase());
    const console = own.use(await startConsole(bareServices(db.database), { hasPages: true }));
    const orgId = await db.org('acme');
    const as = await console.signedIn(orgId, 'admin');
    await as.ask('POST', '/orgs/acme/members', { email: 'bob@acme.example', name: 'Bob', role: 'viewer' });
    await as.ask('POST', '/orgs/acme/tokens', { name: 'warehouse', scopes: ['ingest', 'read'], days: 90 });
    await using visited = await visit(browser, console.url, '/orgs/acme/members', { as, colorScheme });
    const { page } = visited;
    for (const path of ['members', 'tokens', 'audit', 'account']) {
      await visited.go(`/orgs/acme/${path}`);
      expect(await visited.ailments(), path).toEqual([]);
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${path}-${colorScheme}.png` });
    }
    await visited.go('/orgs/acme/members');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await visited.ailments(), 'invite').toEqual([]);
    await page.keyboard.press('Escape');
    await visited.go('/orgs/acme/tokens');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await visited.ailments(), 'token').toEqual([]);
    expect(visited.complaints).toEqual([]);
  });
});

test('the document of the API can be read in the browser, under the same strict policy', async () => {
  await using own = new AsyncDisposableStack();
  const console = await emptyConsole(own);
  await using visited = await visit(browser, console.url, '/api/docs');
  await visited.page.locator('.opblock').first().waitFor();
  expect(await visited.page.locator('.opblock').count()).toBeGreaterThan(20);
  if (process.env['SHOTS']) await visited.page.screenshot({ path: `${process.env['SHOTS']}/docs.png` });
  expect(visited.complaints).toEqual([]);
});
