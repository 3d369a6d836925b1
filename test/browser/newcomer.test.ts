import type { Locator, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { startHubSpotSandbox, type HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { arrowTo } from '../support/arrow-to.ts';
import { browserOfFile } from '../support/browser.ts';
import { startDaemon } from '../support/daemon.ts';
import { testDatabase } from '../support/database.ts';
import { hubspotSide, sandboxToken } from '../support/loop-side.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openedDialog, visit } from '../support/visit.ts';

/** Two cores run a browser, a daemon and a database here. */
const polled = { timeout: 60_000 };

const browser = await browserOfFile();

/** How somebody uses a page. */
interface Hand {
  readonly press: (target: Locator) => Promise<void>;
  readonly write: (target: Locator, text: string) => Promise<void>;
  readonly choose: (target: Locator) => Promise<void>;
  /** One of a list that can be searched. */
  readonly pick: (list: Locator, option: string) => Promise<void>;
  /** A tab of a row of them. */
  readonly turnTo: (target: Locator) => Promise<void>;
}

const byMouse = (page: Page): Hand => ({
  async pick(list, option) {
    await list.click();
    await page.getByRole('option', { name: option, exact: true }).click();
  },
  press: (target) => target.click(),
  write: (target, text) => target.fill(text),
  choose: (target) => target.check(),
  turnTo: (target) => target.click(),
});

/** Tab, arrows, Enter and letters alone. */
function byKeyboard(page: Page): Hand {
  const { keyboard } = page;
  const focused = page.locator(':focus');
  const isReached = async (target: Locator): Promise<boolean> => (await target.and(focused).count()) > 0;
  const reach = async (target: Locator): Promise<void> => {
    await target.waitFor();
    for (let steps = 0; !(await isReached(target)); steps += 1) {
      if (steps > 400) throw new Error(`not reached by Tab: ${target.toString()}`);
      await keyboard.press('Tab');
    }
  };
  return {
    async press(target) {
      await target.waitFor();
      await expect.poll(() => target.isEnabled(), polled).toBe(true);
      await reach(target);
      await keyboard.press('Enter');
    },
    async write(target, text) {
      await reach(target);
      await keyboard.press('ControlOrMeta+A');
      await keyboard.type(text);
    },
    async choose(target) {
      const group = page.getByRole('radio', { checked: true });
      await reach(group.first());
      for (let steps = 0; !(await target.isChecked()); steps += 1) {
        if (steps > 10) throw new Error(`not chosen: ${target.toString()}`);
        await keyboard.press('ArrowDown');
      }
    },
    async pick(list, option) {
      await reach(list);
      await keyboard.type(option);
      await arrowTo(page, page.getByRole('option', { name: option, exact: true }));
      await keyboard.press('Enter');
    },
    async turnTo(target) {
      await reach(page.getByRole('tab', { selected: true }).first());
      for (let steps = 0; !(await isReached(target)); steps += 1) {
        if (steps > 10) throw new Error(`not reached by arrows: ${target.toString()}`);
        await keyboard.press('ArrowRight');
      }
      await keyboard.press('Enter');
    },
  };
}

/** Of a large district, without any visit: her own fields are all there is to her score. */
const enid = {
  email: 'enid@district.example',
  firstname: 'Enid',
  lastname: 'Rolled',
  industry: 'Education',
  district_enrollment: '26000',
  numemployees: '1200',
} as const;

/** A daemon on an empty database, the link that it prints, and a CRM that somebody has. */
async function start(own: AsyncDisposableStack) {
  const db = own.use(await testDatabase());
  const crm = own.use(await startHubSpotSandbox({ contacts: 40 }));
  const created = await fetch(`${crm.url}/crm/objects/2026-09/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ properties: enid }),
  });
  expect(created.status).toBe(201);
  const { path: home } = own.use(await tempFolder());
  const daemon = startDaemon(db, { home, roles: 'scheduler,worker,http' });
  onTestFinished(() => daemon.signal('SIGKILL'));
  await expect.poll(() => daemon.output(), polled).toMatch(/set-up#\S+/u);
  const [, url = '', path = ''] = /(http:\S+?)(\/set-up#\S+)/u.exec(daemon.output()) ?? [];
  return { crm, url, path };
}

/** What the editor of a mapping says that becomes of the record that it is tried on. */
function previewOn(page: Page) {
  const rules = page.getByRole('list', { name: 'Rules that read contacts' }).locator('> li');
  const effect = page.locator('[aria-live=polite]').filter({ hasText: 'becomes' });
  return {
    /** Of the rule that fills a field: raw, and mapped. */
    cell: (target: string): Promise<readonly string[]> =>
      rules
        .filter({ has: page.getByRole('button', { name: `Settings of ${target}`, exact: true }) })
        .locator('.mapping-cell .mapping-value')
        .allTextContents(),
    score: async (): Promise<number> => Number(await effect.locator('.numbers').last().textContent()),
  };
}

/** What HubSpot has of each person, highest first. */
function scoresIn(crm: HubSpotSandbox): readonly number[] {
  const written = Object.values(hubspotSide().written(crm));
  return written.map((values) => Number(values['leadloop_score'] ?? 0)).toSorted((one, two) => two - one);
}

test.each([
  ['by mouse', byMouse],
  ['by keyboard alone', byKeyboard],
])('a newcomer goes the whole way %s: account, connection, mapping, scores, weight, and the CRM', async (_, handOf) => {
  await using own = new AsyncDisposableStack();
  const { crm, url, path } = await start(own);
  await using visited = await visit(browser, url, path);
  const { page } = visited;
  const { press, write, choose, pick, turnTo } = handOf(page);
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name }).first();
  const link = (name: string): Locator => page.getByRole('navigation').getByRole('link', { name, exact: true });
  const dialog = page.getByRole('dialog');

  await write(page.getByLabel('Your organisation'), 'Acme');
  await write(page.getByLabel('Your name'), 'Ada');
  await write(page.getByLabel('E-mail address'), 'ada@acme.example');
  await write(page.locator('input[type=password]'), 'several words make one');
  await press(button('Make the account'));
  await page.waitForURL('**/orgs/acme');

  await press(link('Connections'));
  await press(button('Connect a CRM'));
  await openedDialog(page);
  await write(dialog.getByLabel('Access token'), sandboxToken);
  await press(dialog.getByRole('button', { name: 'More settings' }));
  await write(dialog.getByLabel('Another address'), crm.url);
  await press(dialog.getByRole('button', { name: 'Test and connect' }));
  await press(dialog.getByRole('button', { name: 'Connect all the same' }));
  await page.waitForURL('**/connections/acme-hubspot');

  // It shows what it would write until somebody lets it write.
  await turnTo(page.getByRole('tab', { name: 'Settings' }));
  await choose(page.getByRole('radio', { name: 'Write it' }));
  await press(page.getByRole('button', { name: 'Save', exact: true }));
  await page.getByText('It is saved').waitFor();

  await press(link('Connections'));
  await press(page.getByRole('link', { name: 'acme-hubspot' }).first());
  await turnTo(page.getByRole('tab', { name: 'Mapping' }));
  await write(page.getByLabel('Find another record'), enid.email);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByLabel('Try it on').first().inputValue(), polled).toBe('Enid Rolled');
  const preview = previewOn(page);
  await expect.poll(preview.score, polled).toBe(0);
  // Two as it is proposed, one from the CRM's own fields.
  await press(button(/^Fill from .*: Industry$/u));
  await press(button(/^Fill from .*: Enrollment$/u));
  await write(page.getByLabel('Search the fields of contacts'), 'numemployees');
  await press(button(/^Map /u));
  await pick(page.getByPlaceholder('Choose a field').last(), 'Employees');
  await page.getByText('unsaved changes').waitFor();
  await expect.poll(() => preview.cell('Industry'), polled).toEqual(['Education', 'Education']);
  await expect.poll(() => preview.cell('Enrollment'), polled).toEqual(['26000', '26000']);
  await expect.poll(() => preview.cell('Employees'), polled).toEqual(['1200', '1200']);
  // A district of that size is worth 20 points.
  await expect.poll(preview.score, polled).toBe(20);
  await press(button('Review and publish'));
  await dialog.getByText('gain a value').first().waitFor();
  await press(dialog.getByRole('button', { name: /^Publish version/u }));
  await page.getByText(/is in force\. The next sync/u).waitFor();

  await press(link('Runs'));
  await press(button('Run now'));
  await press(dialog.getByRole('button', { name: 'Run it' }));
  await page.getByRole('cell', { name: 'succeeded' }).first().waitFor();
  await expect.poll(() => scoresIn(crm)[0], polled).toBeGreaterThan(20);

  await press(link('Leads'));
  await page.getByRole('columnheader', { name: 'Person' }).waitFor();
  const row = page.getByRole('table').getByRole('row').nth(1);
  const best = Number(await row.getByRole('cell').first().textContent());
  await press(row.getByRole('link').first());
  await page.getByText(String(best), { exact: true }).first().waitFor();
  await page.getByText('Website visits').first().waitFor();
  await expect.poll(() => scoresIn(crm)[0], polled).toBe(best);

  await press(link('Scoring'));
  await press(page.getByRole('link', { name: 'Edit Lead score (MQL)' }));
  await write(page.getByRole('region', { name: 'Component behavioral' }).getByLabel('Weight'), '50');
  await page.getByText('Draft saved').waitFor();
  await page.getByRole('region', { name: 'Preview' }).getByRole('list', { name: 'Move farthest' }).waitFor();
  await press(button('Review and publish'));
  await press(dialog.getByRole('button', { name: 'Publish' }));
  await page.getByText(/Version \d in force/u).waitFor();

  await press(link('Runs'));
  await press(button('Run now'));
  await press(dialog.getByRole('button', { name: 'Run it' }));
  await expect.poll(() => scoresIn(crm)[0], polled).toBeLessThan(best);
  expect(visited.complaints).toEqual([]);
});
