import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { hubspot } from '../../connectors/hubspot/index.ts';
import { hashPassword } from '../../src/access/passwords.ts';
import type { ConnectionDetail } from '../../src/http/api/connections/schemas.ts';
import type { MemberList } from '../../src/http/api/members/schemas.ts';
import { browserOfFile } from '../support/browser.ts';
import { hubspotWish, startUnconnected } from '../support/connect.ts';
import { startConsole } from '../support/console.ts';
import { startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { sandboxToken } from '../support/loop-side.ts';
import { visit } from '../support/visit.ts';

const browser = await browserOfFile();

const connections = '/orgs/acme/connections';
const connection = `${connections}/acme-hubspot`;

/** An admin at `path`, of an organisation that has a connection to a CRM. */
async function adminAt(own: AsyncDisposableStack, path: string) {
  const scene = own.use(await startUnconnected({ hasPages: true }));
  const as = await scene.console.signedIn(scene.orgId, 'admin', 'ada@acme.example');
  expect(await as.ask('POST', connections, hubspotWish(scene.crm))).toMatchObject({ status: 201 });
  const visited = own.use(await visit(browser, scene.console.url, path, { as }));
  return { ...scene, as, visited, page: visited.page };
}

/** Keeps back what is asked for at `path` until it is let go. */
async function hold(page: Page, method: string, path: string) {
  const asked = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  let times = 0;
  await page.route(
    ({ pathname }) => pathname === `/api/v1${path}`,
    async (route) => {
      if (route.request().method() !== method) return route.fallback();
      times += 1;
      asked.resolve();
      await free.promise;
      return route.fallback();
    },
  );
  const late = setTimeout(20_000, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`nobody asked for ${path}`)),
  );
  late.catch(() => undefined);
  return { asked: Promise.race([asked.promise, late]), letGo: () => free.resolve(), times: () => times };
}

/** What has the focus: its label, or its text. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>('(document.activeElement.labels?.[0] ?? document.activeElement).textContent');
const isFocusIn = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`document.activeElement.closest('[role=dialog]') !== null`);

test('who makes a token cannot lose it: the dialog stays until it is there, keeps the focus, and asks once', async () => {
  await using own = new AsyncDisposableStack();
  const { as, visited, page } = await adminAt(own, '/orgs/acme/tokens');
  await page.getByRole('button', { name: 'Make a token' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('importer');
  const held = await hold(page, 'POST', '/orgs/acme/tokens');
  const make = dialog.getByRole('button', { name: 'Make it' });
  await make.press('Enter');
  await held.asked;
  await expect.poll(() => make.isEnabled()).toBe(false);
  expect(await focused(page)).toBe('Make it');
  expect(await visited.ailments()).toEqual([]);
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Name').press('Enter');
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await dialog.getByRole('button', { name: 'Close' }).press('Enter');
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  for (const _ of Array(8).keys()) {
    await page.keyboard.press('Tab');
    expect(await isFocusIn(page)).toBe(true);
  }
  await make.focus();
  held.letGo();
  await dialog.getByRole('textbox', { name: 'Token' }).waitFor();
  await expect.poll(() => focused(page)).toBe('Done');
  expect(held.times()).toBe(1);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });

  // A refusal leaves the focus where it was.
  await page.getByRole('button', { name: 'Make a token' }).first().click();
  await dialog.getByLabel('Name').fill('importer');
  await make.press('Enter');
  await dialog.getByRole('alert').waitFor();
  expect(await focused(page)).toBe('Make it');
  expect(await as.ask('GET', '/orgs/acme/tokens')).toMatchObject({ body: { tokens: [{ name: 'importer' }] } });
  expect(visited.complaints).toEqual([]);
});

test('who invites somebody, and who asks to be sure, sees what comes of it', async () => {
  await using own = new AsyncDisposableStack();
  const { as, visited, page } = await adminAt(own, '/orgs/acme/members');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Grace');
  await dialog.getByLabel('E-mail address').fill('grace@acme.example');
  const invited = await hold(page, 'POST', '/orgs/acme/members');
  await page.keyboard.press('Enter');
  await invited.asked;
  await page.keyboard.press('Escape');
  invited.letGo();
  await dialog.getByRole('textbox', { name: 'One-time link' }).waitFor();
  await expect.poll(() => isFocusIn(page)).toBe(true);
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });

  const { members } = (await as.ask('GET', '/orgs/acme/members')).body as MemberList;
  const grace = members.find(({ name }) => name === 'Grace');
  const removed = await hold(page, 'DELETE', `/orgs/acme/members/${grace?.id}`);
  await page.getByRole('button', { name: 'Remove Grace' }).press('Enter');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await removed.asked;
  await page.keyboard.press('Escape');
  await setTimeout(500);
  expect(await focused(page)).toBe('Remove');
  expect(await isFocusIn(page)).toBe(true);
  removed.letGo();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('grace@acme.example').waitFor({ state: 'detached' });
  expect(visited.complaints).toEqual([]);
});

test('Enter twice while the page has no time asks once', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page } = await adminAt(own, '/orgs/acme/tokens');
  await page.getByRole('button', { name: 'Make a token' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('importer');
  const held = await hold(page, 'POST', '/orgs/acme/tokens');
  await page.evaluate(`setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end); }, 100)`);
  await setTimeout(300);
  await Promise.all([page.keyboard.press('Enter'), page.keyboard.press('Enter')]);
  await held.asked;
  await setTimeout(500);
  expect(held.times()).toBe(1);
  held.letGo();
  await dialog.getByRole('textbox', { name: 'Token' }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('what is typed while the settings are saved is kept, and can be saved after them', async () => {
  await using own = new AsyncDisposableStack();
  const { as, visited, page } = await adminAt(own, `${connection}/settings`);
  const records = page.getByLabel('Always allowed: records');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await records.fill('77');
  const held = await hold(page, 'PUT', connection);
  await records.press('Enter');
  await held.asked;
  await records.fill('78');
  const again = await hold(page, 'GET', connection);
  held.letGo();
  await again.asked;
  await records.press('Enter');
  again.letGo();
  await expect.poll(() => save.isEnabled()).toBe(true);
  expect(await records.inputValue()).toBe('78');
  expect(await page.getByText('It is saved').count()).toBe(0);
  expect(held.times()).toBe(1);
  await records.press('Enter');
  await page.getByText('It is saved').waitFor();
  expect(await records.inputValue()).toBe('78');
  const { configuration } = (await as.ask('GET', connection)).body as ConnectionDetail;
  expect(configuration.push.blastRadius.records).toBe(78);
  // And as often as somebody likes.
  await records.fill('79');
  await records.press('Enter');
  await page.getByText('It is saved').waitFor({ state: 'detached' });
  await page.getByText('It is saved').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('a login that is entered anew while another is tried is kept', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page } = await adminAt(own, `${connection}/settings`);
  const token = page.getByLabel('Access token');
  await page.getByRole('button', { name: 'Change the login' }).click();
  await token.fill(sandboxToken);
  const held = await hold(page, 'PUT', connection);
  await token.press('Enter');
  await held.asked;
  await token.fill('another');
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT');
  held.letGo();
  expect((await answered).status()).toBe(200);
  await expect.poll(() => page.getByRole('button', { name: 'Save', exact: true }).isEnabled()).toBe(true);
  expect(await token.inputValue()).toBe('another');
  expect(await focused(page)).toContain('Access token');
  expect(visited.complaints).toEqual([]);
});

test('what comes later than its dialog takes the focus, and gives it back', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page, console } = await adminAt(own, `${connection}/settings`);
  const dialog = page.getByRole('dialog');
  const ask = page.getByRole('button', { name: 'Delete the connection' });
  const held = await hold(page, 'GET', `${connection}/deletion`);
  for (const _ of ['loaded while it is open', 'there already']) {
    await ask.press('Enter');
    await dialog.waitFor();
    await held.asked;
    await setTimeout(200);
    held.letGo();
    await expect.poll(() => focused(page)).toContain('Type acme-hubspot to delete it');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toBe('Delete the connection');
  }
  const forms = await hold(page, 'GET', '/orgs/acme/connectors');
  await page.goto(`${console.url}${connections}?connect=yes`);
  await dialog.waitFor();
  await forms.asked;
  await setTimeout(200);
  forms.letGo();
  await expect.poll(() => focused(page)).toMatch(/^Name/u);
  // Who chooses another CRM stays where they chose it.
  const other = dialog.getByRole('radio', { name: 'Salesforce' });
  await other.focus();
  await page.keyboard.press('ArrowRight');
  await setTimeout(200);
  expect(await page.evaluate('document.activeElement.type')).toBe('radio');
  expect(visited.complaints).toEqual([]);
});

test('a draft is one’s own as soon as it is saved, whatever the CRM takes', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ mapping: hubspot.defaultMapping }));
  const console = own.use(await startConsole(loop.services, { hasPages: true }));
  const as = await console.signedIn(loop.orgId, 'admin');
  const path = `${connection}/mapping`;
  const visited = own.use(await visit(browser, console.url, path, { as }));
  const { page } = visited;
  await page.getByRole('button', { name: 'Remove Name', exact: true }).click();
  const fields = await hold(page, 'GET', `${path}/fields`);
  const drift = await hold(page, 'GET', `${path}/drift`);
  const now = await hold(page, 'GET', path);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await now.asked;
  // Which revision it has is not known here yet.
  const review = page.getByRole('button', { name: 'Review and publish' });
  expect(await review.isEnabled()).toBe(false);
  now.letGo();
  await page.getByText('unsaved changes').waitFor({ state: 'detached' });
  await Promise.all([fields.asked, drift.asked]);
  await review.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish version 2' }).click();
  await page.getByText('version 2 is in force', { exact: true }).waitFor();
  fields.letGo();
  drift.letGo();
  expect(visited.complaints).toEqual([]);
});

test('the kinds are counted anew also where a record has come right before its row was looked at', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ sandbox: { contacts: 30 }, pull: { objects: [] } }));
  const hands = handsOf(loop);
  const [first, second] = hands.living();
  hands.edit(first!.id, { email: 'nobody' });
  hands.edit(second!.id, { email: 'nobody at all' });
  const console = own.use(await startConsole(loop.services, { hasPages: true, wake: async () => true }));
  await loop.sync();
  const as = await console.signedIn(loop.orgId, 'operator');
  const visited = own.use(await visit(browser, console.url, '/orgs/acme/rejected', { as }));
  const { page } = visited;
  await page.getByRole('link', { name: '2 records' }).click();
  const retry = page.getByRole('button', { name: `Retry contacts ${second!.id}` });
  await retry.waitFor();
  const records = await hold(page, 'GET', '/orgs/acme/rejected/records');
  await retry.click();
  await records.asked;
  // Time for the kinds, where they are asked for together with the records.
  await setTimeout(1_000);
  hands.edit(second!.id, { email: 'somebody@school.example' });
  await loop.sync();
  records.letGo();
  await retry.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '1 record', exact: true }).waitFor({ timeout: 10_000 });
  expect(visited.complaints).toEqual([]);
});

test('a session that ends after a change of the password is told of', async () => {
  await using own = new AsyncDisposableStack();
  const { db, visited, page } = await adminAt(own, '/orgs/acme/account');
  await db.sql('update console_accounts set password_hash = $1', [await hashPassword('several words make one')]);
  await page.getByRole('textbox', { name: 'Present password' }).fill('several words make one');
  await page.getByRole('textbox', { name: 'New password' }).fill('several words make two');
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('The new password holds from now on.').waitFor();
  await db.sql('delete from console_sessions');
  await page.getByRole('textbox', { name: 'Present password' }).fill('several words make two');
  await page.getByRole('textbox', { name: 'New password' }).fill('several words make one');
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor({ timeout: 10_000 });
  expect(visited.complaints).toEqual([]);
});
