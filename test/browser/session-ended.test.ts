import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hashPassword } from '../../src/access/passwords.ts';
import { openBrowser } from '../support/browser.ts';
import { hubspotWish, startUnconnected } from '../support/connect.ts';
import { visit } from '../support/visit.ts';

test('a session that ends loses nothing of the page: its reader signs in again over it, and goes on', async () => {
  await using own = new AsyncDisposableStack();
  const { console, crm, db, orgId } = own.use(await startUnconnected({ hasPages: true }));
  const browser = own.adopt(await openBrowser(), (open) => open.close());
  const as = await console.signedIn(orgId, 'admin', 'ada@acme.example');
  await db.sql('update console_accounts set password_hash = $1', [await hashPassword('several words make one')]);
  expect(await as.ask('POST', '/orgs/acme/connections', hubspotWish(crm))).toMatchObject({ status: 201 });
  await using visited = await visit(browser, console.url, '/orgs/acme/connections/acme-hubspot/settings', { as });
  const { page } = visited;
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  const records = page.getByLabel('Always allowed: records');
  const signIn = async (password: string): Promise<void> => {
    await dialog.getByLabel('Password').first().fill(password);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  };

  // What the page asks by itself finds out.
  await records.fill('77');
  await db.sql('delete from console_sessions');
  await dialog.waitFor();
  expect(await records.inputValue()).toBe('77');
  expect(await visited.ailments()).toEqual([]);
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/session-ended.png` });

  // Nobody is asked meanwhile, neither by and by nor when somebody comes back to the tab.
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`);
  await page.keyboard.press('Escape');
  await setTimeout(12_000);
  expect(asked).toEqual([]);

  await signIn('several words make two');
  await dialog.getByText('do not belong together').waitFor();
  const loadedAgain = page.waitForResponse((response) => response.url().endsWith('/connections/acme-hubspot'));
  await signIn('several words make one');
  await dialog.waitFor({ state: 'detached' });
  await loadedAgain;
  expect(await records.inputValue()).toBe('77');

  // A cookie that the browser has dropped: what the reader does finds out, in words for people.
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor();
  expect(await page.getByText('Bearer').count()).toBe(0);
  const other = await page.context().newPage();
  await other.goto(`${console.url}/sign-in`);
  await other.getByLabel('E-mail address').fill('ada@acme.example');
  await other.locator('input[type=password]').fill('several words make one');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.waitForURL('**/orgs/acme**');
  await dialog.getByRole('button', { name: 'I have signed in in another tab' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('It is saved').waitFor();
  expect(await records.inputValue()).toBe('77');
  expect(visited.complaints).toEqual([]);
});
