import { describe, expect, test } from 'vitest';
import { hubspot } from '../../connectors/hubspot/index.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import { browserOfFile } from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../support/loop.ts';
import { openedDialog, visit } from '../support/visit.ts';

const browser = await browserOfFile();

const path = '/orgs/acme/connections/acme-hubspot/mapping';

/** The connector's own mapping without what is mapped in the test. */
const sparse: MappingDefinition = {
  ...hubspot.defaultMapping,
  objects: {
    ...hubspot.defaultMapping.objects,
    contacts: {
      ...hubspot.defaultMapping.objects['contacts']!,
      in: hubspot.defaultMapping.objects['contacts']!.in.filter(
        ({ to }) => !['title', 'state', 'company_name'].includes(to),
      ),
    },
  },
};

async function stage(own: AsyncDisposableStack): Promise<{ readonly loop: Loop; readonly console: TestConsole }> {
  const loop = own.use(await startLoop({ mapping: sparse }));
  return { loop, console: own.use(await startConsole(loop.services, { hasPages: true })) };
}

async function shot(page: { screenshot(options: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/mapping-${name}.png`, fullPage: true });
}

test('three fields are mapped with a preview, saved, published, and the next sync has them', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await stage(own);
  await loop.sync();
  const [before] = await loop.db.sql<{ titles: number }>('select count(title)::int as titles from leads');
  expect(before!.titles).toBe(0);
  const as = await console.signedIn(loop.orgId, 'admin');
  await using visited = await visit(browser, console.url, path, { as });
  const { page } = visited;
  // One by its suggestion, one from the list of the CRM's fields, one from an empty rule.
  await page.getByRole('button', { name: /^Fill from .*: State$/u }).click();
  await page.getByLabel('Search the fields of contacts').fill('jobtitle');
  await page.getByRole('button', { name: /^Map Jobtitle/iu }).click();
  const rules = page.getByRole('list', { name: 'Rules that read contacts' }).locator('> li');
  const chooseTarget = async (name: string): Promise<void> => {
    await rules.last().getByPlaceholder('Choose a field').last().click();
    await page.getByRole('option', { name, exact: true }).click();
  };
  await chooseTarget('Job title');
  await rules.last().getByRole('button', { name: 'Settings of Job title' }).click();
  await page.getByRole('combobox', { name: 'Add a transform to Job title' }).click();
  await page.getByRole('option', { name: 'Upper case' }).click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await rules
    .last()
    .getByLabel(/^HubSpot fields for/u)
    .click();
  await rules
    .last()
    .getByLabel(/^HubSpot fields for/u)
    .fill('company');
  await page
    .getByRole('option', { name: /company · /u })
    .first()
    .click();
  await page.keyboard.press('Escape');
  await chooseTarget('Company');
  // The preview follows the edits.
  await page.getByText('unsaved changes').waitFor();
  const title = rules.nth((await rules.count()) - 2);
  await title
    .getByText(/^[A-Z][A-Z .,-]+$/u)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('draft', { exact: true }).waitFor();
  await page.getByText('unsaved changes').waitFor({ state: 'detached' });
  await shot(page, 'edited');
  expect(await visited.ailments()).toEqual([]);
  await page.getByRole('button', { name: 'Review and publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('gain a value').first().waitFor();
  expect(await visited.ailments(), 'publish').toEqual([]);
  await shot(page, 'publish');
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await page.getByText('Version 2 is in force. The next sync').waitFor();
  await loop.sync();
  const [after] = await loop.db.sql<{ titles: number; states: number; companies: number; loud: number }>(
    `select count(title)::int as titles, count(state)::int as states, count(company_name)::int as companies,
       count(*) filter (where title = upper(title))::int as loud from leads`,
  );
  expect(after!.titles).toBeGreaterThan(0);
  expect(after!.loud).toBe(after!.titles);
  expect(after!.states).toBeGreaterThan(0);
  expect(after!.companies).toBeGreaterThan(0);
  // And back again.
  await page.getByRole('button', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Compare version 1 with what is in force' }).click();
  await page.getByRole('region', { name: 'Differences' }).waitFor();
  expect(await visited.ailments(), 'versions').toEqual([]);
  await shot(page, 'versions');
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  await page.getByRole('button', { name: 'Restore it' }).click();
  await page.getByText('Version 3 is in force. The next sync').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('by keyboard alone: a rule is moved, removed and the change thrown away; who leaves is asked', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await stage(own);
  const as = await console.signedIn(loop.orgId, 'admin');
  await using visited = await visit(browser, console.url, '/orgs/acme/connections/acme-hubspot', { as });
  const { page } = visited;
  await page.getByRole('tab', { name: 'Mapping' }).click();
  const rules = page.getByRole('list', { name: 'Rules that read contacts' }).locator('> li');
  await rules.first().waitFor();
  const count = await rules.count();
  await page.getByRole('button', { name: 'Move Name up' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('unsaved changes').waitFor();
  await page.getByRole('button', { name: 'Remove Name' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => rules.count()).toBe(count - 1);
  await page.getByRole('link', { name: 'Members' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  expect(await visited.ailments()).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // The way back of the browser asks as well, and leads there only then.
  await page.goBack();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => new URL(page.url()).pathname).toBe(path);
  await expect.poll(() => rules.count()).toBe(count - 1);
  // And whoever signs out is asked while the session is there to save with.
  await page.getByRole('button', { name: /^Account of/u }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect((await as.ask('GET', '/orgs/acme/members')).status).toBe(200);
  // As one step each: the menu gives the focus back when its time has come.
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await (await openedDialog(page)).getByRole('button', { name: 'Discard' }).press('Enter');
  await expect.poll(() => rules.count()).toBe(count);
  await page.getByRole('link', { name: 'Members' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/members');
  await page.goBack();
  await page.getByRole('button', { name: 'Remove Name' }).click();
  await page.goForward();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.waitForURL('**/members');
  expect(visited.complaints).toEqual([]);
});

test('event rules are added, moved, changed and removed; what is open is said at the field', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await stage(own);
  await loop.sync();
  const counted = async (type: string): Promise<number> => {
    const [row] = await loop.db.sql<{ count: number }>(
      'select count(*)::int as count from engagement_events where type = $1',
      [type],
    );
    return row!.count;
  };
  const [signups, visits] = [await counted('form_submission'), await counted('page_visit')];
  expect(signups).toBeGreaterThan(0);
  const as = await console.signedIn(loop.orgId, 'admin');
  await using visited = await visit(browser, console.url, `${path}?view=counting`, { as });
  const { page } = visited;
  const rules = page.getByRole('list', { name: 'Event rules' }).locator('> li');
  await rules.first().waitFor();
  const count = await rules.count();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await expect.poll(() => rules.count()).toBe(count + 1);
  // It stands before the one that takes all the rest, and takes all itself as long as nothing is typed.
  const name = `event rule ${count}`;
  await page.getByText('It is not said what it counts as.').waitFor();
  await rules.last().getByText('Never reached:').waitFor();
  expect(await visited.ailments()).toEqual([]);
  await shot(page, 'event-rule');
  await page.getByLabel(`Text of ${name}`, { exact: true }).fill('newsletter');
  await page.getByRole('combobox', { name: `What ${name} counts as` }).click();
  await page.getByRole('option', { name: 'Page visit' }).click();
  await expect.poll(() => page.getByText('It is not said what it counts as.').count()).toBe(0);
  await expect.poll(() => page.getByText('Never reached:').count()).toBe(0);
  await page.getByRole('button', { name: `Move ${name} up` }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove event rule 1', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => rules.count()).toBe(count);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('draft', { exact: true }).waitFor();
  await page.getByText('unsaved changes').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Review and publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('events[forms “newsletter”]').waitFor();
  await dialog.getByText('What the event rules change is not in these counts').waitFor();
  await dialog.getByText(/^Counted in all \d+ contacts, all \d+ companies\. Of a company/u).waitFor();
  expect(await visited.ailments(), 'publish').toEqual([]);
  await shot(page, 'event-publish');
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await page.getByText('Version 2 is in force. The next sync').waitFor();
  await loop.sync();
  const moved = (await counted('page_visit')) - visits;
  expect(moved).toBeGreaterThan(0);
  expect(visited.complaints).toEqual([]);
});

test('a condition of an event rule looks where the CRM has a text', async () => {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startSalesforceLoop());
  const console = own.use(await startConsole(loop.services, { hasPages: true }));
  const as = await console.signedIn(loop.orgId, 'admin');
  const at = '/orgs/acme/connections/acme-salesforce/mapping?view=counting';
  await using visited = await visit(browser, console.url, at, { as });
  const { page } = visited;
  await page.getByRole('button', { name: 'Remove event rule 1', exact: true }).click();
  const choose = async (field: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: field, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await choose('Object of event rule 1', 'Task');
  await page.getByLabel('Text of event rule 1', { exact: true }).fill('Webinar');
  await page.getByRole('button', { name: 'Add a condition to event rule 1', exact: true }).click();
  await choose('Where condition 2 of event rule 1 looks', 'CreatedBy.Name');
  await page.getByLabel('Text of condition 2 of event rule 1', { exact: true }).fill('HubSpot');
  expect(await visited.ailments()).toEqual([]);
  await shot(page, 'event-conditions');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('draft', { exact: true }).waitFor();
  await page.getByText('unsaved changes').waitFor({ state: 'detached' });
  const { body } = await as.ask('GET', '/orgs/acme/connections/acme-salesforce/mapping');
  const { events } = (body as { draft: { definition: { events: unknown[] } } }).draft.definition;
  expect(events[0]).toEqual({
    object: 'Task',
    contains: { Subject: 'Webinar', 'CreatedBy.Name': 'HubSpot' },
    type: 'nothing',
  });
  expect(visited.complaints).toEqual([]);
});

test('a viewer looks at the mapping and changes nothing', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await stage(own);
  const as = await console.signedIn(loop.orgId, 'viewer');
  await using visited = await visit(browser, console.url, path, { as });
  const { page } = visited;
  await page.getByRole('list', { name: 'Rules that read contacts' }).waitFor();
  expect(await page.getByRole('button', { name: /Publish|Save|Remove|Add a rule|^Map /iu }).count()).toBe(0);
  expect(await visited.ailments()).toEqual([]);
  expect(visited.complaints).toEqual([]);
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('every view has nothing that axe would say, also narrow', async () => {
    await using own = new AsyncDisposableStack();
    const { loop, console } = await stage(own);
    await loop.sync();
    const as = await console.signedIn(loop.orgId, 'admin');
    await using visited = await visit(browser, console.url, path, { as, colorScheme });
    const { page } = visited;
    for (const view of ['in', 'out', 'counting']) {
      await visited.go(`${path}?view=${view}`);
      expect(await visited.ailments(), view).toEqual([]);
      await shot(page, `${view}-${colorScheme}`);
    }
    await visited.go(path);
    await page.getByRole('button', { name: 'Settings of Sales’ decision' }).click();
    await page.getByText('Any other value').waitFor();
    expect(await visited.ailments(), 'settings').toEqual([]);
    await shot(page, `settings-${colorScheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const view of ['in', 'counting']) {
      await visited.go(`${path}?view=${view}`);
      expect(await visited.ailments(), `narrow ${view}`).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), view).toBe(true);
      await shot(page, `narrow-${view}-${colorScheme}`);
    }
    expect(visited.complaints).toEqual([]);
  });
});
