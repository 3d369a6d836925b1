import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { setUpLink } from '../../src/access/links.ts';
import { browserOfFile } from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { testDatabase } from '../support/database.ts';
import { bareServices } from '../support/services.ts';
import { visit } from '../support/visit.ts';

const browser = await browserOfFile();

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

test('an organisation whose name has no Latin letters gets a short name from whoever makes it', async () => {
  await using own = new AsyncDisposableStack();
  const console = await emptyConsole(own);
  const { path } = (await setUpLink({ ...console.services, randomBytes }))!;
  await using visited = await visit(browser, console.url, path);
  const { page } = visited;
  const shortName = page.getByLabel('Short name');
  await page.getByLabel('Your organisation').fill('École Nº 1');
  expect(await shortName.inputValue()).toBe('ecole-no-1');
  await page.getByLabel('Your organisation').fill('アクメ学園');
  expect(await shortName.inputValue()).toBe('');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill('ada@acme.example');
  await page.locator('input[type=password]').fill('several words make one');
  const make = page.getByRole('button', { name: 'Make the account' });
  for (const wrong of ['', 'Acme School', '-acme']) {
    await shortName.fill(wrong);
    await make.click();
    expect(
      await shortName.evaluate((field: { matches(rule: string): boolean }) => field.matches(':invalid:focus')),
    ).toBe(true);
  }
  await shortName.fill('acme-school');
  // It is theirs now, whatever becomes of the name.
  await page.getByLabel('Your organisation').fill('アクメ学園 Tokyo');
  expect(await visited.ailments()).toEqual([]);
  await make.click();
  await page.waitForURL('**/orgs/acme-school**');
  expect(visited.complaints).toEqual([]);
});

test('whoever signs in by single sign-on is shown as such, and their deep link goes along', async () => {
  await using own = new AsyncDisposableStack();
  const db = own.use(await testDatabase());
  const nobody = async (): Promise<never> => Promise.reject(new Error('nobody is asked'));
  const singleSignOn = { label: 'Example', begin: nobody, finish: nobody };
  const console = own.use(await startConsole(bareServices(db.database), { hasPages: true, singleSignOn }));
  const as = await console.signedIn(await db.org('acme'), 'admin');
  await db.sql(`update console_accounts set sso_issuer = 'https://id.example', sso_subject = 'person-1'`);
  await using visited = await visit(browser, console.url, '/orgs/acme/members', { as });
  const { page } = visited;
  await page.getByText('signs in by single sign-on').waitFor();
  expect(await page.getByText('has no password yet').count()).toBe(0);
  await page.context().clearCookies();
  await visited.go('/orgs/acme/leads?q=ada');
  const link = page.getByRole('link', { name: 'Sign in with Example' });
  expect(await link.getAttribute('href')).toBe('/api/v1/sign-in?to=%2Forgs%2Facme%2Fleads%3Fq%3Dada');
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
