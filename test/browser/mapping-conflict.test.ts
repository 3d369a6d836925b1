import { expect, test } from 'vitest';
import { hubspot } from '../../connectors/hubspot/index.ts';
import type { MappingAnswer } from '../../src/http/api/mapping/schemas.ts';
import { browserOfFile } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { startLoop } from '../support/loop.ts';
import { visit } from '../support/visit.ts';

const browser = await browserOfFile();

const path = '/orgs/acme/connections/acme-hubspot/mapping';

/** An admin looks at the mapping in a browser; another one changes it through the API. */
async function scene() {
  await using own = new AsyncDisposableStack();
  const loop = own.use(await startLoop({ mapping: hubspot.defaultMapping }));
  const console = own.use(await startConsole(loop.services, { hasPages: true }));
  const as = await console.signedIn(loop.orgId, 'admin');
  const other = await console.signedIn(loop.orgId, 'admin');
  const visited = own.use(await visit(browser, console.url, path, { as }));
  const { page } = visited;
  const rules = page.getByRole('list', { name: 'Rules that read contacts' }).locator('> li');
  await rules.first().waitFor();
  const kept = own.move();
  const now = async (): Promise<MappingAnswer> => (await other.ask('GET', path)).body as MappingAnswer;
  /** The mapping in force without so many of its last rules. */
  const without = async (left: number) => {
    const { definition } = await now();
    const contacts = definition.objects['contacts']!;
    const objects = { ...definition.objects, contacts: { ...contacts, in: contacts.in.slice(0, -left) } };
    return { ...definition, objects };
  };
  return {
    visited,
    page,
    rules,
    count: await rules.count(),
    alert: page.getByRole('alert').filter({ hasText: 'Somebody else has changed it meanwhile.' }),
    now,
    async saveTheirs(left: number) {
      const { version, draft } = await now();
      const body = { definition: await without(left), basedOn: version };
      const saved = await other.ask('PUT', `${path}/draft`, body, { 'if-match': `"${draft?.revision ?? 0}"` });
      expect(saved.status).toBe(200);
    },
    async publishTheirs(left: number) {
      const { version, draft } = await now();
      const body = { definition: await without(left), revision: draft?.revision ?? 0 };
      const published = await other.ask('POST', `${path}/publish`, body, { 'if-match': `"${version}"` });
      expect(published.status).toBe(200);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Of the contacts, in the draft. */
const drafted = ({ draft }: MappingAnswer): number | undefined => draft?.definition.objects['contacts']?.in.length;

test('who saves or publishes after somebody else is told, keeps what they have, and loads the other only when they say so', async () => {
  await using it = await scene();
  const { page, rules, count, alert } = it;
  await page.getByRole('button', { name: 'Remove Name', exact: true }).click();
  await page.getByText('unsaved changes').waitFor();
  await it.saveTheirs(3);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await alert.getByText('Your changes are still here, and not saved.').waitFor();
  expect(await rules.count()).toBe(count - 1);
  await page.getByText('unsaved changes').waitFor();
  expect(drafted(await it.now())).toBe(count - 3);
  expect(await it.visited.ailments()).toEqual([]);
  await alert.getByRole('button', { name: 'Discard mine and load theirs' }).click();
  await expect.poll(() => rules.count()).toBe(count - 3);
  await page.getByText('draft', { exact: true }).waitFor();
  expect(await page.getByText('unsaved changes').count()).toBe(0);
  expect(await alert.count()).toBe(0);
  // What is saved twice in a row is one's own the second time.
  for (const [name, left] of [
    ['Name', count - 4],
    ['Company', count - 5],
  ] as const) {
    await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('unsaved changes').waitFor({ state: 'detached' });
    await expect.poll(async () => drafted(await it.now())).toBe(left);
  }
  // Publishing is no other.
  await page.getByRole('button', { name: 'Remove Job title', exact: true }).click();
  await it.publishTheirs(2);
  await page.getByRole('button', { name: 'Review and publish' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await alert.getByText('Your changes are still here, and not saved.').waitFor();
  expect(await it.visited.ailments(), 'publish').toEqual([]);
  expect((await it.now()).version).toBe(2);
  await dialog.getByRole('button', { name: 'Discard mine and load theirs' }).click();
  await page.getByText('version 2 is in force').waitFor();
  await expect.poll(() => rules.count()).toBe(count - 2);
  expect(it.visited.complaints).toEqual([]);
});

test('an edit begins from what was there then, whatever was loaded since', async () => {
  await using it = await scene();
  const { page, rules, count, alert } = it;
  await page.getByRole('button', { name: 'Remove Name', exact: true }).click();
  await it.saveTheirs(3);
  const theirs = page.getByText(/^saved by/u);
  await expect
    .poll(async () => {
      // The network comes back: what is older than a few seconds is asked for anew.
      await page.evaluate(`dispatchEvent(new Event('offline')), dispatchEvent(new Event('online'))`);
      return theirs.count();
    })
    .toBe(1);
  expect(await rules.count()).toBe(count - 1);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await alert.waitFor();
  expect(drafted(await it.now())).toBe(count - 3);
  // Who discards their own does not discard the draft of somebody else with it.
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('what somebody else has saved meanwhile stays').waitFor();
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect.poll(() => rules.count()).toBe(count - 3);
  expect(drafted(await it.now())).toBe(count - 3);
  expect(await alert.count()).toBe(0);
  expect(it.visited.complaints).toEqual([]);
});

test('a version is not restored over what is not saved, nor over what somebody else has published meanwhile', async () => {
  await using it = await scene();
  const { page, rules, count, alert } = it;
  await it.publishTheirs(2);
  await it.visited.go(path);
  await page.getByRole('button', { name: 'Remove Name', exact: true }).click();
  await page.getByRole('button', { name: 'Versions' }).click();
  const restore = page.getByRole('button', { name: 'Restore version 1' });
  await page.getByText('There are changes that are not saved').waitFor();
  expect(await restore.isDisabled()).toBe(true);
  expect(await it.visited.ailments()).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await rules.count()).toBe(count - 3);
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByRole('button', { name: 'Versions' }).click();
  await restore.click();
  await it.publishTheirs(1);
  await page.getByRole('button', { name: 'Restore it' }).click();
  await alert.getByRole('button', { name: 'Load what is there now' }).click();
  await page.getByText('version 3 is in force').waitFor();
  expect(it.visited.complaints).toEqual([]);
});
