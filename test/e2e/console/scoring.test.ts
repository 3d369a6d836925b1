import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoreOrgs } from '../../../src/score-run.ts';
import { openBrowser } from '../../support/browser.ts';
import { startConsole } from '../../support/console.ts';
import { testDatabase } from '../../support/database.ts';
import { addVelocityPay, productOf } from '../../support/product.ts';
import { bareServices } from '../../support/services.ts';
import { visit, type VisitOptions } from '../../support/visit.ts';

const stack = new AsyncDisposableStack();
let browser: Browser;

beforeAll(async () => {
  browser = stack.adopt(await openBrowser(), (open) => open.close());
});
afterAll(() => stack.disposeAsync());

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
  visited.page.setDefaultTimeout(8_000);
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
  await page.getByRole('link', { name: 'Open Lead score (MQL)' }).click();
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
  await dialog.getByRole('cell', { name: 'Components[behavioral] › weightPercent' }).waitFor();
  await shot(page, 'publish');
  expect(await it.ailments()).toEqual([]);
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Version 1 in force').waitFor();
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
