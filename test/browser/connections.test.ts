import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openConnection } from '../../src/connection.ts';
import { plainSync } from '../../src/sync/options.ts';
import { syncConnection } from '../../src/sync/sync-connection.ts';
import { arrowTo } from '../support/arrow-to.ts';
import { browserOfFile } from '../support/browser.ts';
import { hubspotWish, oauthApp, startUnconnected, type Unconnected } from '../support/connect.ts';
import { sandboxToken } from '../support/loop-side.ts';
import { openedDialog, visit } from '../support/visit.ts';

const browser = await browserOfFile();

const list = '/orgs/acme/connections';
const one = `${list}/acme-hubspot`;

/** An admin of an organisation without any connection, at the list of connections. */
async function adminAtList(own: AsyncDisposableStack) {
  const scene = own.use(await startUnconnected({ hasPages: true }));
  const as = await scene.console.signedIn(scene.orgId, 'admin');
  const visited = own.use(await visit(browser, scene.console.url, list, { as }));
  return { scene, visited, page: visited.page };
}

/** The form of a connection that HubSpot is to be asked for in a browser. */
async function openConsentForm(page: Page, crmUrl: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Connect a CRM' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('OAuth app', { exact: true }).click();
  await dialog.getByRole('button', { name: 'More settings' }).click();
  await dialog.getByLabel('Another address').fill(crmUrl);
  return dialog;
}

/** The window of the CRM that comes of it. */
async function windowOf(page: Page, act: () => Promise<void>): Promise<Page> {
  const opened = page.context().waitForEvent('page');
  await act();
  return opened;
}

async function shot(page: Page, name: string): Promise<void> {
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png`, fullPage: true });
}

/** A connection that has run once. */
async function connect({ console, crm, orgId, services }: Unconnected): Promise<void> {
  const admin = await console.signedIn(orgId, 'admin');
  expect(await admin.ask('POST', '/orgs/acme/connections', hubspotWish(crm))).toMatchObject({ status: 201 });
  await using session = await openConnection(services, orgId, 'acme-hubspot');
  const signal = AbortSignal.timeout(60_000);
  await syncConnection(session, { ...plainSync, signal, onProgress: () => undefined });
}

test('an admin connects a CRM: a wrong token is refused with a remedy, and what is missing is told before it is stored', async () => {
  await using own = new AsyncDisposableStack();
  const { scene, visited, page } = await adminAtList(own);
  await page.getByText('No CRM is connected yet').waitFor();
  await page.getByRole('button', { name: 'Connect a CRM' }).first().click();
  const dialog = await openedDialog(page);
  await dialog.getByLabel('Access token').fill('wrong');
  await dialog.getByRole('button', { name: 'More settings' }).click();
  await dialog.getByLabel('Another address').fill(scene.crm.url);
  await dialog.getByRole('button', { name: 'Test and connect' }).click();
  expect(await dialog.getByRole('alert').textContent()).toContain('INVALID_AUTHENTICATION');
  await dialog.getByLabel('Access token').fill(sandboxToken);
  await dialog.getByRole('button', { name: 'Test and connect' }).click();
  await dialog.getByText('not everything will work').waitFor();
  await dialog.getByRole('list', { name: 'What was found' }).waitFor();
  expect(await scene.db.sql('select name from connections')).toEqual([]);
  await shot(page, 'connect-doubtful');
  expect(await visited.ailments()).toEqual([]);
  await dialog.getByRole('button', { name: 'Connect all the same' }).click();
  await page.waitForURL(`**${one}`);
  await page.getByRole('heading', { level: 1, name: 'acme-hubspot' }).waitFor();
  await page.getByText('Has not run yet').waitFor();
  expect(await page.content()).not.toContain(sandboxToken);
  expect(visited.complaints).toEqual([]);
});

test('an admin connects HubSpot by agreeing there, in a window of its own, without typing a token', async () => {
  await using own = new AsyncDisposableStack();
  const { scene, visited, page } = await adminAtList(own);
  const dialog = await openConsentForm(page, scene.crm.url);
  expect(await dialog.getByRole('textbox', { name: 'Redirect address' }).inputValue()).toBe(
    `${scene.console.url}/oauth/callback`,
  );
  const ask = dialog.getByRole('button', { name: 'Let leadloop in at HubSpot' });
  await ask.click();
  await dialog.getByText('Client secret is missing').waitFor();
  await dialog.getByLabel('Client ID').fill(oauthApp.clientId);
  await dialog.getByLabel('Client secret').fill(oauthApp.clientSecret);
  // Whoever saves before they have agreed is told so.
  await dialog.getByRole('button', { name: 'Test and connect' }).click();
  await dialog.getByText('HubSpot has not been asked yet.').waitFor();
  const crm = await windowOf(page, () => ask.press('Enter'));
  await dialog.getByText('Waiting for you at HubSpot').waitFor();
  await shot(page, 'consent-waiting');
  expect(await visited.ailments()).toEqual([]);
  await crm.getByRole('button', { name: 'Cancel' }).click();
  await crm.getByText('Nobody has let leadloop in at HubSpot.').waitFor();
  await dialog.getByText('Nobody has let leadloop in at HubSpot.').waitFor();
  const second = await windowOf(page, () => ask.click());
  await second.getByRole('button', { name: 'Connect app' }).click();
  await second.getByText('leadloop is let in').waitFor();
  await shot(second, 'consent-back');
  // The code is in no history.
  expect(second.url()).toBe(`${scene.console.url}/oauth/callback`);
  await dialog.getByText('HubSpot lets leadloop in').waitFor();
  await shot(page, 'consent-granted');
  expect(await visited.ailments()).toEqual([]);
  await dialog.getByRole('button', { name: 'Test and connect' }).click();
  await dialog.getByRole('button', { name: 'Connect all the same' }).click();
  await page.waitForURL(`**${one}`);
  expect(await scene.db.sql('select name from connections')).toEqual([{ name: 'acme-hubspot' }]);
  await visited.go(`${one}/settings`);
  await page.getByRole('button', { name: 'Change the login' }).click();
  const third = await windowOf(page, () => page.getByRole('button', { name: 'Let leadloop in at HubSpot' }).click());
  await third.getByRole('button', { name: 'Connect app' }).click();
  await page.getByText('HubSpot lets leadloop in').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Save all the same' }).click();
  await page.getByText('It is saved').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('what is changed while the CRM is asked has to be agreed to anew; a grant goes with the app that it is of', async () => {
  await using own = new AsyncDisposableStack();
  const { scene, visited, page } = await adminAtList(own);
  const dialog = await openConsentForm(page, scene.crm.url);
  await dialog.getByLabel('Client ID').fill(oauthApp.clientId);
  await dialog.getByLabel('Client secret').fill(oauthApp.clientSecret);
  const crm = await windowOf(page, () => dialog.getByRole('button', { name: 'Let leadloop in at HubSpot' }).click());
  await dialog.getByText('Waiting for you at HubSpot').waitFor();
  await dialog.getByLabel('Client ID').fill('another-app');
  await dialog.getByText('Waiting for you at HubSpot').waitFor({ state: 'detached' });
  await crm.getByRole('button', { name: 'Connect app' }).click();
  await crm.getByText('leadloop is let in').waitFor();
  // Longer than the form takes to ask how it stands.
  await page.waitForTimeout(3_000);
  expect(await dialog.getByText('HubSpot lets leadloop in').count()).toBe(0);
  await dialog.getByRole('button', { name: 'Test and connect' }).click();
  await dialog.getByText('HubSpot has not been asked yet.').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('the page that a CRM sends people back to calls no other place, whatever its address says, and lets nothing go astray', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page } = await adminAtList(own);
  const posted: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posted.push(new URL(request.url()).pathname);
  });
  for (const state of ['acme/members/1/link?', '..%2f..%2fx.1.2', 'acme%2f..']) {
    await visited.go(`/oauth/callback?code=c&state=${state}`);
    await page.getByText('There is nothing to be done here').waitFor();
  }
  expect(posted).toEqual([]);
  expect(await visited.ailments()).toEqual([]);
  // Where the server was away, the answer is sent once more.
  await page.route('**/consents/answer', (route) => route.abort(), { times: 1 });
  await visited.go('/oauth/callback?code=c&state=acme.3f0c2b58-0000-4000-8000-000000000001.x');
  await page.getByText('The server does not answer').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nobody waits for this').waitFor();
  expect(posted).toEqual(Array.from({ length: 2 }, () => '/api/v1/orgs/acme/consents/answer'));
});

test('by keyboard alone a schedule is changed, and the next runs are seen before it is saved', async () => {
  await using scene = await startUnconnected({ hasPages: true });
  await connect(scene);
  const as = await scene.console.signedIn(scene.orgId, 'admin');
  await using visited = await visit(browser, scene.console.url, `${one}/settings`, { as });
  const { page } = visited;
  const { keyboard } = page;
  await page.getByRole('combobox', { name: 'How often' }).focus();
  await keyboard.press('Enter');
  await arrowTo(page, page.getByRole('option', { name: 'Another schedule' }));
  await keyboard.press('Enter');
  const cron = page.getByLabel('Cron fields');
  await cron.focus();
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('whenever');
  await page.getByText('cannot be used').first().waitFor();
  expect(await page.getByText('None: it runs').count()).toBe(0);
  await keyboard.press('ControlOrMeta+A');
  await keyboard.type('30 4 * * *');
  await page.getByRole('list', { name: 'Next runs' }).getByText('04:30').first().waitFor();
  expect(await page.getByRole('list', { name: 'Next runs' }).getByRole('listitem').count()).toBe(5);
  await keyboard.press('Enter');
  await page.getByText('It is saved').waitFor();
  expect(await scene.db.sql('select schedule, version from connections')).toEqual([
    { schedule: '30 4 * * *', version: 2 },
  ]);
  expect(visited.complaints).toEqual([]);
});

test('whoever edits what somebody else has changed meanwhile is told, and loads it again', async () => {
  await using scene = await startUnconnected({ hasPages: true });
  await connect(scene);
  const as = await scene.console.signedIn(scene.orgId, 'admin');
  await using visited = await visit(browser, scene.console.url, `${one}/settings`, { as });
  const { page } = visited;
  await page.getByLabel('Another address').waitFor();
  await scene.db.sql(`update connections set version = version + 1, schedule = '0 * * * *'`);
  const writeIt = page.getByRole('radio', { name: 'Write it' });
  await writeIt.check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('It was changed meanwhile').waitFor();
  // Nothing typed goes before somebody says so.
  await page.getByRole('tab', { name: 'Mapping' }).click();
  const leaving = page.getByRole('dialog', { name: 'Leave without saving?' });
  await leaving.getByRole('button', { name: 'Cancel' }).click();
  await leaving.waitFor({ state: 'detached' });
  expect(await writeIt.isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Discard mine and load theirs' }).click();
  await expect.poll(() => page.getByRole('combobox', { name: 'How often' }).inputValue()).toBe('Every hour');
  expect(await writeIt.isChecked()).toBe(false);
  expect(await page.getByText('It is saved').count()).toBe(0);
  await page.getByRole('tab', { name: 'Mapping' }).click();
  await page.waitForURL(`**${one}/mapping`);
  expect(visited.complaints).toEqual([]);
});

test('an operator pauses writing and resumes it; a viewer is told of pauses and waits, and is offered no change', async () => {
  await using scene = await startUnconnected({ hasPages: true });
  await connect(scene);
  const operator = await scene.console.signedIn(scene.orgId, 'operator');
  {
    await using visited = await visit(browser, scene.console.url, one, { as: operator });
    const { page } = visited;
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('list', { name: 'What was found' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('sales is cleaning up');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Writing paused').waitFor();
    expect(await visited.ailments()).toEqual([]);
    await page.getByRole('button', { name: 'Resume writing' }).click();
    await page.getByText('Writing paused').waitFor({ state: 'detached' });
    expect(visited.complaints).toEqual([]);
  }
  const viewer = await scene.console.signedIn(scene.orgId, 'viewer');
  await scene.db.sql(
    `insert into connection_health (org_id, connection_id, state, message, since, try_again_at)
     select org_id, id, 'failing', 'The CRM is away.', now(), now() + interval '1 hour' from connections
     on conflict (org_id, connection_id) do update set state = excluded.state, try_again_at = excluded.try_again_at`,
  );
  await scene.db.sql(
    `insert into pauses (org_id, direction, reason, created_at, created_by) values ($1, 'push', 'moving house', now(), 'cli')`,
    [scene.orgId],
  );
  await using visited = await visit(browser, scene.console.url, one, { as: viewer });
  const { page } = visited;
  await page.getByText('Waiting to be written').waitFor();
  expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
  await page.getByText('After its failures it waits').waitFor();
  await page.getByText('leadloop resume --org acme').waitFor();
  expect(await page.getByRole('button', { name: /Try at once|Resume/ }).count()).toBe(0);
  await visited.go(`${one}/settings`);
  expect(await page.getByRole('combobox', { name: 'How often' }).isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  await visited.go(list);
  expect(await page.getByRole('button', { name: 'Connect a CRM' }).count()).toBe(0);
});

test('a connection is deleted by whoever types its name, and has read what goes along and what stays', async () => {
  await using scene = await startUnconnected({ hasPages: true });
  await connect(scene);
  const as = await scene.console.signedIn(scene.orgId, 'admin');
  await using visited = await visit(browser, scene.console.url, `${one}/settings`, { as });
  const { page } = visited;
  await page.getByRole('button', { name: 'Delete the connection' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('nothing is taken back there').waitFor();
  expect(await dialog.getByRole('button', { name: 'Delete it' }).isDisabled()).toBe(true);
  await shot(page, 'delete');
  expect(await visited.ailments()).toEqual([]);
  await dialog.getByLabel('Type acme-hubspot').fill('acme-hubspot');
  const changes: string[] = [];
  page.on('request', (request) => void (request.method() === 'GET' || changes.push(request.method())));
  await dialog.getByRole('button', { name: 'Delete it' }).click();
  await page.getByText('No CRM is connected yet').waitFor();
  expect(await scene.db.sql('select from connections')).toEqual([]);
  // The form of the settings behind it is not sent along.
  expect(changes).toEqual(['DELETE']);
  expect(visited.complaints).toEqual([]);
});

describe.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
] as const)('%s, %i pixels wide', (colorScheme, width) => {
  test('the pages of connections have nothing that axe would say, and none is wider than its window', async () => {
    await using scene = await startUnconnected({ hasPages: true });
    const as = await scene.console.signedIn(scene.orgId, 'admin');
    const viewport = { width, height: 900 };
    await using visited = await visit(browser, scene.console.url, list, { as, colorScheme, viewport });
    const { page } = visited;
    const look = async (name: string): Promise<void> => {
      expect(await visited.ailments(), name).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(width);
      await shot(page, `${name}-${colorScheme}-${width}`);
    };
    await look('empty');
    await visited.go(`${list}?connect=yes`);
    await page.getByRole('dialog').waitFor();
    await look('connect');
    await connect(scene);
    for (const [name, path] of [
      ['list', list],
      ['overview', one],
      ['settings', `${one}/settings`],
    ] as const) {
      await visited.go(path);
      await look(name);
    }
    await page.getByRole('button', { name: 'Change the login' }).click();
    await look('login');
    expect(visited.complaints).toEqual([]);
  });
});
