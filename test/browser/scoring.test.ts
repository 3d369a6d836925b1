import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { LiveProfile, ProfileDraft } from '../../src/http/api/profiles/schemas.ts';
import { scoreOrgs } from '../../src/score-run.ts';
import { browserOfFile } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { testDatabase } from '../support/database.ts';
import { addVelocityPay, productOf } from '../support/product.ts';
import { bareServices } from '../support/services.ts';
import { visit, type VisitOptions } from '../support/visit.ts';

const browser = await browserOfFile();

/** An organisation with forty leads and one signup, and an admin who looks at `path` of it. */
async function scene(path: string, options: VisitOptions = {}) {
  await using own = new AsyncDisposableStack();
  const db = own.use(await testDatabase());
  const orgId = await db.org('acme');
  await db.sql(
    `insert into leads (org_id, name, email, company_name, title, website_visits, email_opens, demo_requested, enrollment, status)
     select $1, 'Lead ' || n, 'lead' || n || '@acme.example', 'District ' || n, case when n % 3 = 0 then 'Superintendent' end,
       n % 12, n % 7, n % 11 = 0, n * 900, case when n % 5 = 0 then 'mql'::lead_status else 'new' end
     from generate_series(1, 40) n`,
    [orgId],
  );
  await addVelocityPay(productOf({ db, orgId }));
  const services = bareServices(db.database);
  const run = { org: 'acme', signal: new AbortController().signal, onProgress: () => undefined };
  await scoreOrgs(services, run);
  const console = own.use(await startConsole(services, { hasPages: true }));
  const as = await console.signedIn(orgId, 'admin');
  const visited = own.use(await visit(browser, console.url, path, { as, ...options }));
  const kept = own.move();
  return { ...visited, page: visited.page, db, orgId, console, as, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

const behavioral = (page: Page) => page.getByRole('region', { name: 'Component behavioral' });

test('an admin changes a weight, sees what it changes, publishes it, and restores the version before', async () => {
  await using it = await scene('/orgs/acme/scoring');
  const { page, as } = it;
  await page.getByRole('link', { name: 'Edit Lead score (MQL)' }).click();
  await page.getByText('Default in force').waitFor();
  const preview = page.getByRole('region', { name: 'Preview' });
  await shot(page, 'first');
  await preview.getByText(/All 4\d are scored by both./u).waitFor();
  // Nothing is changed, so nothing changes.
  expect(await preview.getByText('0scores change').count()).toBe(1);
  await behavioral(page).getByLabel('Weight').fill('50');
  await page.getByText('Draft saved').waitFor();
  await page.getByText('Components reach 75 of 100 points: no lead can get more').waitFor();
  await preview.getByRole('list', { name: 'Move farthest' }).getByRole('link').first().waitFor();
  await page.getByRole('button', { name: 'Review and publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('cell', { name: 'Component behavioral › weight' }).waitFor();
  await shot(page, 'publish');
  expect(await it.ailments()).toEqual([]);
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Version 1 in force').waitFor();
  await dialog.waitFor({ state: 'hidden' });
  // A second one, so that there is a version to go back to.
  await behavioral(page).getByLabel('Weight').fill('100');
  await page.getByText('Draft saved').waitFor();
  await page.getByRole('button', { name: 'Review and publish' }).click();
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Version 2 in force').waitFor();
  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Look at version 1' }).click();
  await page.getByLabel('The profile as a file').getByText('weightPercent: 50').waitFor();
  expect(await it.ailments()).toEqual([]);
  await page.getByRole('button', { name: 'Restore as a draft' }).click();
  await page.getByText('Draft saved').waitFor();
  expect(await behavioral(page).getByLabel('Weight').inputValue()).toBe('50 %');
  await page.getByRole('button', { name: 'Review and publish' }).click();
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Version 3 in force').waitFor();
  const { body } = await as.ask('GET', '/orgs/acme/profiles/mql');
  expect(body).toMatchObject({ version: 3, profile: { components: [{ weightPercent: 50 }, {}, {}] } });
  expect(it.complaints).toEqual([]);
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('every part of both profiles has nothing that axe would say', async () => {
    await using it = await scene('/orgs/acme/scoring', { colorScheme });
    const { page } = it;
    expect(await it.ailments(), 'both').toEqual([]);
    await shot(page, `scoring-${colorScheme}`);
    for (const part of [
      'mql?tab=rules',
      'mql?tab=tiers',
      'mql?tab=triggers',
      'plg?tab=segments',
      'plg?tab=action',
      'plg?tab=examples',
      'plg',
    ]) {
      await it.go(`/orgs/acme/scoring/${part}`);
      await page.getByText(/scored by both/u).waitFor();
      const closed = page.locator('button[aria-expanded=false][data-accordion-control]');
      // The first of each component is of another kind than most.
      for (let left = Math.min(6, await closed.count()); left > 0; left -= 1) await closed.first().click();
      expect(await it.ailments(), part).toEqual([]);
      await shot(page, `${part.replace('?tab=', '-')}-${colorScheme}`);
    }
    expect(it.complaints).toEqual([]);
  });
});

test('what is wrong is said at its field, and nothing is published', async () => {
  await using it = await scene('/orgs/acme/scoring/mql');
  const { page } = it;
  await behavioral(page).getByLabel('Maximum').fill('');
  await page.getByText('To be mended before it can be published').waitFor();
  expect(await behavioral(page).getByLabel('Maximum').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByRole('button', { name: 'Review and publish' }).isDisabled()).toBe(true);
  expect(await it.ailments()).toEqual([]);
  await shot(page, 'wrong');
  await behavioral(page).getByLabel('Maximum').fill('50');
  await page.getByText('To be mended').waitFor({ state: 'detached' });
  // It is again what is in force.
  expect(await page.getByRole('button', { name: 'Review and publish' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Draft saved').waitFor({ state: 'detached' });
  expect(it.complaints).toEqual([]);
});

test('a lead that is chosen shows its receipt by both, rule by rule', async () => {
  await using it = await scene('/orgs/acme/scoring/mql');
  const { page } = it;
  await page.getByRole('combobox', { name: 'Lead' }).fill('District 33');
  await page.getByRole('option', { name: 'Lead 33 · District 33' }).click();
  const receipt = page.getByRole('region', { name: 'Receipt, rule by rule' });
  await receipt.getByRole('row', { name: 'Website visits behavioral 9 18 18' }).waitFor();
  await behavioral(page)
    .getByRole('button', { name: /^Website visits/u })
    .click();
  await behavioral(page).getByLabel('Points', { exact: true }).fill('1');
  await receipt.getByRole('row', { name: 'Website visits behavioral 9 18 9' }).waitFor();
  await shot(page, 'receipt');
  expect(await it.ailments()).toEqual([]);
  expect(it.complaints).toEqual([]);
});

test('it works by keyboard alone, and on a narrow screen', async () => {
  await using it = await scene('/orgs/acme/scoring/mql', { viewport: { width: 390, height: 800 } });
  const { page } = it;
  await page.getByText(/scored by both/u).waitFor();
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(390);
  await shot(page, 'narrow');
  await page.getByRole('tab', { name: 'Components and rules' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('Tier 1', { exact: true }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await behavioral(page).getByLabel('Weight').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('60');
  await page.getByText('Draft saved').waitFor();
  await page.getByText('Components reach 80 of 100').waitFor();
  const review = page.getByRole('button', { name: 'Review and publish' });
  await expect.poll(() => review.isEnabled()).toBe(true);
  await review.focus();
  await page.keyboard.press('Enter');
  const publish = page.getByRole('dialog').getByRole('button', { name: 'Publish' });
  await publish.waitFor();
  await expect.poll(() => page.evaluate(`document.activeElement.textContent`)).toBe('Publish');
  // What it would change has to be there first.
  await expect.poll(() => publish.isEnabled()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByText('Version 1 in force').waitFor();
  expect(it.complaints).toEqual([]);
});

test('the last look keeps the focus while it works out what would change, and publishes nothing before', async () => {
  await using it = await scene('/orgs/acme/scoring/mql');
  const { page } = it;
  await page.getByText(/scored by both/u).waitFor();
  const held = Promise.withResolvers<void>();
  let isBroken = true;
  await page.route('**/profiles/mql/preview', async (route) => {
    await held.promise;
    await (isBroken ? route.fulfill({ status: 500 }) : route.continue());
  });
  await behavioral(page).getByLabel('Weight').fill('60');
  await page.getByText('Draft saved').waitFor();
  await page.getByRole('button', { name: 'Review and publish' }).press('Enter');
  const dialog = page.getByRole('dialog');
  const publish = dialog.getByRole('button', { name: 'Publish' });
  await dialog.getByText('Working out what it would change').waitFor();
  await expect.poll(() => publish.and(page.locator(':focus')).count()).toBe(1);
  expect(await publish.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Enter');
  expect(await it.ailments()).toEqual([]);
  held.resolve();
  // What could not be worked out is said where it is waited for.
  const again = dialog.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  isBroken = false;
  await again.click();
  await dialog.getByText('scores change').waitFor();
  expect(await publish.isEnabled()).toBe(true);
  const { version } = (await it.as.ask('GET', '/orgs/acme/profiles/mql')).body as LiveProfile;
  expect(version).toBe(0);
  await publish.press('Enter');
  await page.getByText('Version 1 in force').waitFor();
  expect(it.complaints).toEqual([]);
});

test('a viewer sees the profile in force and its versions, and can change nothing', async () => {
  await using it = await scene('/orgs/acme/scoring');
  const as = await it.console.signedIn(it.orgId, 'viewer');
  await using visited = await visit(browser, it.console.url, '/orgs/acme/scoring/mql', { as });
  const { page } = visited;
  await page.getByText('Default in force').waitFor();
  expect(await behavioral(page).getByLabel('Weight').getAttribute('readonly')).not.toBeNull();
  expect(await page.getByRole('button', { name: 'Add a rule' }).count()).toBe(0);
  expect(await page.getByRole('region', { name: 'Preview' }).count()).toBe(0);
  expect(await visited.ailments()).toEqual([]);
  expect(visited.complaints).toEqual([]);
});

test('who discards their own for what somebody else has made does not save it after all', async () => {
  await using it = await scene('/orgs/acme/scoring/mql');
  const { page } = it;
  const weight = behavioral(page).getByLabel('Weight');
  const before = await weight.inputValue();
  const other = await it.console.signedIn(it.orgId, 'admin');
  const draft = '/orgs/acme/profiles/mql/draft';
  const { profile } = (await other.ask('GET', '/orgs/acme/profiles/mql')).body as LiveProfile;
  const saved = await other.ask('PUT', draft, { profile }, { 'if-match': '"0"' });
  await weight.fill('50');
  const load = page.getByRole('button', { name: 'Discard mine and load theirs' });
  await load.waitFor();
  // Theirs is gone again: mine would be taken now.
  const { revision } = saved.body as ProfileDraft;
  expect((await other.ask('DELETE', draft, undefined, { 'if-match': `"${revision}"` })).status).toBe(204);
  const saves: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') saves.push(request.url());
  });
  await load.click();
  await expect.poll(() => weight.inputValue()).toBe(before);
  // Longer than an edit waits to be saved.
  await page.waitForTimeout(1_500);
  expect(saves).toEqual([]);
  expect((await other.ask('GET', draft)).body).toEqual({ draft: null });
  expect(it.complaints).toEqual([]);
});

test('who publishes a draft that somebody else has published meanwhile is shown what is there', async () => {
  await using it = await scene('/orgs/acme/scoring/mql');
  const { page } = it;
  await behavioral(page).getByLabel('Weight').fill('50');
  const review = page.getByRole('button', { name: 'Review and publish' });
  await expect.poll(() => review.isEnabled()).toBe(true);
  await review.click();
  const publish = page.getByRole('dialog').getByRole('button', { name: 'Publish' });
  await publish.waitFor();
  const other = await it.console.signedIn(it.orgId, 'admin');
  const { draft } = (await other.ask('GET', '/orgs/acme/profiles/mql/draft')).body as { draft: ProfileDraft };
  const { version } = (await other.ask('GET', '/orgs/acme/profiles/mql')).body as LiveProfile;
  const meant = { revision: draft.revision };
  const theirs = await other.ask('POST', '/orgs/acme/profiles/mql/publish', meant, { 'if-match': `"${version ?? 0}"` });
  expect(theirs.status).toBe(200);
  await publish.click();
  await page.getByRole('button', { name: 'Load what is there now' }).click();
  await page.getByText('Version 1 in force').waitFor();
  expect(await behavioral(page).getByLabel('Weight').inputValue()).toBe('50 %');
});

test('an example that the draft fails is told of while editing, and publishing asks once more', async () => {
  await using it = await scene('/orgs/acme/scoring/mql?tab=examples');
  const { page } = it;
  await page.getByRole('button', { name: 'Add an example' }).click();
  const example = page.getByRole('region', { name: /^Example/u });
  await example.getByRole('combobox', { name: 'Fact 1' }).fill('Website visits');
  await page.getByRole('option', { name: 'Website visits' }).click();
  await example.getByLabel('Value 1').fill('10');
  await example.getByLabel('Expected score').fill('30');
  await example.getByText('as expected', { exact: true }).waitFor();
  // Another look at the rules loses nothing, and who leaves is asked.
  await page.getByRole('tab', { name: 'Components and rules' }).click();
  await page.getByRole('tab', { name: 'Examples not saved' }).click();
  expect(await example.getByLabel('Value 1').inputValue()).toBe('10');
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
  expect(await it.ailments()).toEqual([]);
  await shot(page, 'examples-unsaved');
  await page.getByRole('button', { name: 'Save the examples' }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Save the examples' }).isEnabled()).toBe(false);
  await page.getByRole('tab', { name: 'Components and rules' }).click();
  await behavioral(page).getByLabel('Weight').fill('50');
  await page.getByText('Components reach 75 of 100').waitFor();
  await page.getByRole('tab', { name: 'Examples', exact: true }).click();
  await example.getByText('not as expected').waitFor();
  await example.getByText('It scores 20, monitor, and is an MQL.').waitFor();
  expect(await it.ailments()).toEqual([]);
  await shot(page, 'examples');
  const review = page.getByRole('button', { name: 'Review and publish' });
  await expect.poll(() => review.isEnabled()).toBe(true);
  await review.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await dialog.getByText('The draft does not do what one example expects').waitFor();
  expect(await it.ailments()).toEqual([]);
  await dialog.getByRole('button', { name: 'Publish in spite of them' }).click();
  await page.getByText('Version 1 in force').waitFor();
  expect(it.complaints).toEqual([]);
});
