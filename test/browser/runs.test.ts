import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { defaultMqlProfile } from '../../src/scoring/defaults.ts';
import { browserOfFile } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { productOf } from '../support/product.ts';
import { startQueueWorker } from '../support/queue-worker.ts';
import { visit } from '../support/visit.ts';

const browser = await browserOfFile();

const formula = '=HYPERLINK("http://evil.example","click")';
/** Below the lowest tier of the profiles that leadloop brings along. */
const bottom = { tier: 'asleep', atLeast: 0 };
const script = '<script>alert(1)</script>';

/** People of whom one is called like a script, and two have an address that is none. */
async function scene(own: AsyncDisposableStack, push: 'plan' | 'auto' = 'plan') {
  const loop = own.use(await startLoop({ sandbox: { contacts: 30 }, pull: { objects: [] }, push }));
  const hands = handsOf(loop);
  const [first, second] = hands.living();
  hands.edit(first!.id, { firstname: script, lastname: '', email: formula });
  hands.edit(second!.id, { email: 'nobody at all' });
  const { wake } = own.use(await startQueueWorker(loop));
  const console = own.use(await startConsole(loop.services, { hasPages: true, wake }));
  return { loop, console };
}

/** An operator who looks at `path` once the connection has run. */
async function operatorAt(own: AsyncDisposableStack, path: string) {
  const { loop, console } = await scene(own);
  await loop.sync();
  const as = await console.signedIn(loop.orgId, 'operator');
  const visited = own.use(await visit(browser, console.url, path, { as }));
  return { loop, visited, page: visited.page };
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

/** A history with something of each kind in it. */
async function history({ db, orgId, connectionId }: Loop): Promise<void> {
  await db.sql(
    `insert into sync_runs (id, org_id, connection_id, kind, status, counts, failure, detail, started_at, heartbeat_at, ended_at)
     select gen_random_uuid(), $1, $2, 'sync', s.status,
       jsonb_build_object('pulled', 1200 * n, 'changed', 40 * n, 'scored', 40 * n, 'pushed', 38 * n, 'apiCalls', 13 * n),
       s.failure, '{}', now() - n * interval '15 minutes', now() - n * interval '15 minutes', now() - n * interval '15 minutes' + n * interval '21 seconds'
     from generate_series(1, 8) n
     join lateral (select case when n = 3 then 'failed' when n = 5 then 'cancelled' else 'succeeded' end as status,
       case when n = 3 then '{"code": "crm-unavailable", "message": "HubSpot answers 503.", "recovery": "retry", "remedy": "Wait: it is tried again."}'::jsonb end as failure) s on true`,
    [orgId, connectionId],
  );
}

test('an operator runs a connection by keyboard, watches it end and reads its story', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await scene(own, 'auto');
  const as = await console.signedIn(loop.orgId, 'operator');
  await using visited = await visit(browser, console.url, '/orgs/acme/runs', { as });
  const { page } = visited;
  await page.getByText('Nothing has run yet').waitFor();
  expect(await visited.ailments()).toEqual([]);
  await page.getByRole('button', { name: 'Run now' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect(await visited.ailments(), 'dialog').toEqual([]);
  await shoot(page, 'run-dialog');
  // From the connection past both choices to the button that does it.
  await page.getByRole('dialog').getByRole('combobox', { name: 'Connection' }).focus();
  for (const name of ['Tab', 'Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(name);
  await page.getByRole('cell', { name: 'succeeded' }).waitFor();
  await page.getByRole('table').getByRole('link').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/runs/*');
  await page.getByRole('heading', { name: 'acme-hubspot: sync' }).waitFor();
  await page.getByRole('cell', { name: 'contacts' }).first().waitFor();
  expect(await visited.ailments(), 'run').toEqual([]);
  expect(visited.complaints).toEqual([]);
});

test('a run that was asked for has begun, although the list is filtered and does not show it', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await scene(own);
  const as = await console.signedIn(loop.orgId, 'operator');
  await using visited = await visit(browser, console.url, '/orgs/acme/runs?status=failed', { as });
  const { page } = visited;
  await page.getByText('No run is like that').waitFor();
  await page.getByRole('button', { name: 'Run now' }).click();
  await page.getByRole('button', { name: 'Run it' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // Neither that it waits for a worker nor that none has taken it.
  await page.getByText('run of acme-hubspot').waitFor({ state: 'detached' });
  expect(await loop.db.sql('select kind from sync_runs')).toEqual([{ kind: 'sync' }]);
  await page.getByText('No run is like that').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('a viewer sees rejected records as text, loads them as a file, and is offered no retry', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, console } = await scene(own);
  await loop.sync();
  const as = await console.signedIn(loop.orgId, 'viewer');
  await using visited = await visit(browser, console.url, '/orgs/acme/rejected', { as });
  const { page } = visited;
  await page.getByRole('link', { name: '2 records' }).click();
  await page.getByText(formula, { exact: true }).first().waitFor();
  await page.getByRole('link', { name: script }).waitFor();
  expect(await page.getByRole('button', { name: /Retry/ }).count()).toBe(0);
  const loading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export as CSV' }).click();
  const file = await (await loading).path();
  expect(await readFile(file, 'utf8')).toContain(`"'=HYPERLINK`);
  expect(visited.complaints).toEqual([]);
});

test('an operator retries, and is led to the run', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page } = await operatorAt(own, '/orgs/acme/rejected');
  await page.getByRole('link', { name: '2 records' }).click();
  await page.getByRole('button', { name: 'Retry all of acme-hubspot' }).click();
  await page.getByRole('link', { name: 'see its run' }).click();
  await page.getByRole('cell', { name: 'retry', exact: true }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('an operator retries all of them, and sees what has come right go', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, visited, page } = await operatorAt(own, '/orgs/acme/rejected');
  await page.getByRole('link', { name: '2 records' }).click();
  await page.getByText('nobody at all').first().waitFor();
  const [, second] = handsOf(loop).living();
  handsOf(loop).edit(second!.id, { email: 'somebody@school.example' });
  await page.getByRole('button', { name: 'Retry all of acme-hubspot' }).click();
  await page.getByText('They were read again').waitFor();
  await page.getByText('nobody at all').first().waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '1 record', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Retry all of acme-hubspot' }).isEnabled()).toBe(true);
  expect(await visited.ailments()).toEqual([]);
  expect(visited.complaints).toEqual([]);
});

test('an operator retries one record from its row: it comes right, or is said to be still rejected', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, visited, page } = await operatorAt(own, '/orgs/acme/rejected');
  await page.getByRole('link', { name: '2 records' }).click();
  const [first, second] = handsOf(loop).living();
  await page.getByRole('button', { name: `Retry contacts ${first!.id}` }).click();
  await page.getByText('still rejected').waitFor();
  expect(await visited.ailments()).toEqual([]);
  await shoot(page, 'rejected-retried');
  handsOf(loop).edit(second!.id, { email: 'somebody@school.example' });
  await page.getByRole('button', { name: `Retry contacts ${second!.id}` }).click();
  await page.getByText('nobody at all').first().waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '1 record', exact: true }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('an operator sees what would be written, filters it, and pauses and resumes the writes', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, visited, page } = await operatorAt(own, '/orgs/acme/push');
  await productOf(loop).profile({ ...defaultMqlProfile, tiers: [...defaultMqlProfile.tiers, bottom] });
  await visited.go('/orgs/acme/push');
  await page.getByRole('link', { name: script }).waitFor();
  await page.getByText('The first 25 of 30 waiting').waitFor();
  await page.getByText('The connection is in plan mode').waitFor();
  await page.getByRole('combobox', { name: 'Tier' }).click();
  await page.getByRole('option', { name: bottom.tier }).waitFor();
  await page.getByRole('option', { name: 'hot' }).click();
  await page.waitForURL('**tier=hot**');
  await page
    .getByText(/of 30 waiting|Nothing that waits is like that/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Pause writes' }).click();
  await page.getByRole('textbox', { name: 'Why' }).fill('sales cleans up');
  expect(await visited.ailments(), 'dialog').toEqual([]);
  await page.keyboard.press('Enter');
  await page.getByText('paused (push only): sales cleans up').waitFor();
  await visited.go('/orgs/acme/runs');
  await page.getByText('reads and does not write').waitFor();
  expect(await visited.ailments(), 'paused').toEqual([]);
  await visited.go('/orgs/acme/push');
  await page.getByRole('button', { name: 'Resume writes' }).click();
  await page.getByRole('button', { name: 'Pause writes' }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('what a pause of the whole organisation holds is resumed on no page: it is said who takes it back', async () => {
  await using own = new AsyncDisposableStack();
  const { loop, visited, page } = await operatorAt(own, '/orgs/acme/push');
  await loop.db.sql(
    `insert into pauses (org_id, direction, reason, created_at, created_by) values ($1, 'all', 'moving house', now(), 'cli')`,
    [loop.orgId],
  );
  await visited.go('/orgs/acme/push');
  await page.getByText('The whole organisation is paused.').waitFor();
  await page.getByText('leadloop resume --org acme', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: /(Pause|Resume) writes/ }).count()).toBe(0);
  expect(await visited.ailments()).toEqual([]);
  await page.getByRole('link', { name: script }).click();
  await page.getByRole('link', { name: 'The connection', exact: true }).click();
  await page.waitForURL('**/connections/acme-hubspot');
  await page.getByText('Whoever runs the server takes it back').waitFor();
  expect(visited.complaints).toEqual([]);
});

test('from the plan, and from a person who is not written, it is one step to where the writes are allowed', async () => {
  await using own = new AsyncDisposableStack();
  const { visited, page } = await operatorAt(own, '/orgs/acme/push');
  await page.getByRole('link', { name: 'Settings › Schedule' }).waitFor();
  await page.getByRole('link', { name: 'Settings › Writing' }).click();
  await page.waitForURL('**/connections/acme-hubspot/settings');
  await page.getByRole('radio', { name: 'Write it' }).waitFor();
  await visited.go('/orgs/acme/push');
  await page.getByRole('link', { name: script }).click();
  await page.getByRole('link', { name: 'Its settings' }).click();
  await page.waitForURL('**/connections/acme-hubspot/settings');
  expect(visited.complaints).toEqual([]);
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([
    ['wide', { width: 1280, height: 900 }],
    ['narrow', { width: 390, height: 844 }],
  ] as const)('the pages have nothing that axe would say, %s', async (size, viewport) => {
    await using own = new AsyncDisposableStack();
    const { loop, console } = await scene(own);
    await loop.sync();
    await history(loop);
    await loop.db.sql(
      `insert into sync_runs (id, org_id, kind, status, started_at, heartbeat_at, counts, detail)
       values (gen_random_uuid(), $1, 'rescore', 'running', now() - interval '10 minutes', now(), '{"scored": 12000}',
         '{"step": {"phase": "score", "object": "leads", "lane": null, "done": 12000, "total": 41000}}')`,
      [loop.orgId],
    );
    await loop.db.sql(
      `update push_states set state = 'pending', kept = '{"leadloop_score": {"wanted": 1, "remote": 5, "times": 2}}',
         wanted = wanted || '{"leadloop_score": 1}', remote = remote || '{"leadloop_score": 5, "leadloop_tier": "warm"}'
       where external_id = (select min(external_id) from push_states)`,
    );
    const as = await console.signedIn(loop.orgId, 'operator');
    await using visited = await visit(browser, console.url, '/orgs/acme/runs', { as, colorScheme, viewport });
    const { page } = visited;
    const look = async (name: string): Promise<void> => {
      expect(await visited.ailments(), name).toEqual([]);
      const isWider = await page.evaluate(
        'document.documentElement.scrollWidth > document.documentElement.clientWidth',
      );
      expect(isWider, `${name} scrolls sideways`).toBe(false);
      await shoot(page, `${name}-${size}-${colorScheme}`);
    };
    await look('runs');
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByText('What was read').first().waitFor();
    await look('run');
    await visited.go('/orgs/acme/rejected');
    await page.getByRole('link', { name: '2 records' }).click();
    await page.getByText(formula, { exact: true }).first().waitFor();
    await look('rejected');
    await visited.go('/orgs/acme/push');
    await page.getByText('The first 25 of 30 waiting').waitFor();
    await look('push');
    expect(visited.complaints).toEqual([]);
  });
});
