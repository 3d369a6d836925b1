import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeadList } from '../../src/http/api/leads/schemas.ts';
import { openBrowser } from '../support/browser.ts';
import { type SignedIn, startConsole, type TestConsole } from '../support/console.ts';
import { holdTable } from '../support/held-table.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { addVelocityPay, productOf } from '../support/product.ts';
import { visit } from '../support/visit.ts';

const evil = '<script>document.title="owned"</script>';
const stack = new AsyncDisposableStack();
let browser: Browser;
let loop: Loop;
let site: TestConsole;
let viewer: SignedIn;

beforeAll(async () => {
  browser = stack.adopt(await openBrowser(), (open) => open.close());
  loop = stack.use(await startLoop({ sandbox: { contacts: 60 } }));
  const hands = handsOf(loop);
  await hands.create({
    email: 'mallory@district.example',
    firstname: evil,
    lastname: '<img src=x onerror=alert(1)>',
    jobtitle: 'Superintendent',
  });
  const product = productOf({ db: loop.db, orgId: loop.orgId }, () => new Date(loop.clock.now()));
  const id = await addVelocityPay(product);
  const stranger = await product.signup({ email: 'grace@unheard.example', full_name: 'Grace Unheard' });
  await product.usage('grace@unheard.example', { project_count: 1, api_calls_30d: 1200 });
  await product.update({ developerIds: [id, stranger], domains: ['velocitypay.io'] });
  await loop.sync();
  await rememberDays();
  site = stack.use(await startConsole(loop.services, { hasPages: true }));
  viewer = await site.signedIn(loop.orgId, 'viewer');
}, 120_000);
afterAll(() => stack.disposeAsync());

/** As the runs of the last weeks would have written it down. */
async function rememberDays(): Promise<void> {
  await loop.db.sql(
    `insert into lead_days (org_id, day, statuses, tiers, counted_at)
     select org_id, day - n, statuses, (select jsonb_object_agg(key, greatest(0, value::int - n / 3)) from jsonb_each_text(tiers)), counted_at
     from lead_days, generate_series(1, 20) n where org_id = $1`,
    [loop.orgId],
  );
}

async function find(query: string): Promise<LeadList['leads']> {
  return ((await viewer.ask('GET', `/orgs/acme/leads?${query}`)).body as LeadList).leads;
}

test('from the overview to a step of the funnel, to a person, to each of their points', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme', { as: viewer });
  const { page } = visited;
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.getByRole('article', { name: 'acme-hubspot' }).getByText('healthy').waitFor();
  await page.getByRole('link', { name: /^Engaged: \d/u }).click();
  await page.waitForURL('**/leads?status=engaged');
  const engaged = await find('status=engaged');
  await page.getByText(`${engaged.length} shown, that is all`).waitFor();
  const [best] = engaged;
  await page.getByRole('link', { name: best!.name!, exact: true }).first().click();
  await page.waitForURL(`**/leads/${best!.id}`);
  await page.getByRole('heading', { name: best!.name!, level: 1 }).waitFor();
  await page.getByRole('heading', { name: `Marketing score ${best!.score}` }).waitFor();
  await page.getByText('Not qualified').waitFor();
  await page.getByRole('tab', { name: 'In the CRM' }).click();
  const score = page.getByRole('row', { name: /leadloop_score/u });
  await page.getByText('As the CRM answered').waitFor();
  expect(await score.textContent()).toContain(`${best!.score}${best!.score}same`);
  await page.getByRole('tab', { name: 'Writes' }).click();
  await page.getByRole('row', { name: /leadloop_score.*written/u }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('while very many leads are being counted the overview says so, and goes on by itself', async () => {
  await using fresh = await startConsole(loop.services, { hasPages: true });
  const as = await fresh.signedIn(loop.orgId, 'viewer');
  const held = await holdTable(loop.db, 'leads');
  await using visited = await visit(browser, fresh.url, '/orgs/acme', { as });
  const { page } = visited;
  await page.getByRole('status').getByText('Counting the leads').waitFor();
  await page.getByRole('article', { name: 'acme-hubspot' }).getByText('healthy').waitFor();
  expect(await visited.ailments()).toEqual([]);
  await held[Symbol.asyncDispose]();
  await page.getByRole('link', { name: /^Engaged: \d/u }).waitFor();
  expect(visited.complaints).toEqual([]);
});

test('what somebody changes in the CRM is seen on the page, and that it differs', async () => {
  const [lead] = await find('status=engaged&connection=acme-hubspot');
  const [record] = await loop.db.sql<{ id: string }>(
    `select external_id as id from source_records where lead_id = $1 and kind = 'lead'`,
    [lead!.id],
  );
  handsOf(loop).edit(Number(record!.id), { leadloop_segment: 'SMB by hand' });
  loop.clock.advance(120_000);
  await using visited = await visit(browser, site.url, `/orgs/acme/leads/${lead!.id}?tab=crm`, { as: viewer });
  const segment = visited.page.getByRole('row', { name: /leadloop_segment/u });
  await visited.page.getByText('As the CRM answered').waitFor();
  expect(await segment.textContent()).toMatch(/SMB by hand.*differs/u);
});

test('a person named <script> is text wherever they are', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme/leads?search=script', { as: viewer });
  const { page } = visited;
  await page.getByRole('link', { name: evil }).click();
  await page.getByRole('heading', { level: 1 }).getByText(evil).waitFor();
  for (const tab of ['Values', 'In the CRM', 'Activity', 'Writes', 'Score']) {
    await page.getByRole('tab', { name: tab }).click();
    expect(await page.locator('main script, main img').count(), tab).toBe(0);
  }
  expect(await page.title()).toBe(`${evil} <img src=x onerror=alert(1)> · leadloop`);
  expect(visited.complaints).toEqual([]);
});

test('by keyboard alone: search, open, go through the tabs', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme/leads', { as: viewer });
  const { page } = visited;
  await page.getByLabel('Search').focus();
  await page.keyboard.type('grace@unheard.example');
  await page.waitForURL('**/leads?search=grace**');
  await page.getByText('1 shown, that is all').waitFor();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  for (let step = 0; step < 30 && (await focused()) !== 'Grace Unheard'; step += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Grace Unheard', level: 1 }).waitFor();
  await page.getByText('No record here has their e-mail address.').waitFor();
  await page.getByRole('tab', { name: 'Score' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('cell', { name: 'their signup' }).first().waitFor();
  expect(page.url()).toContain('tab=values');
});

test('signups stand in the columns of their tiers, and one tier by itself can be linked', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme/signups', { as: viewer });
  const { page } = visited;
  const hot = page.getByRole('region', { name: 'Hot' });
  await hot.getByText('VelocityPay', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Warm' }).getByText('Nobody is here now.').waitFor();
  await hot.getByRole('link').first().click();
  await page.waitForURL('**/leads/*');
  await page.getByRole('heading', { name: 'Product score 88' }).waitFor();
  await visited.go('/orgs/acme/signups?tier=monitor');
  await page.getByRole('article', { name: 'Grace Unheard' }).waitFor();
  expect(await page.getByRole('region', { name: 'Hot' }).count()).toBe(0);
});

test('who is not there is said so, and an organisation without a connection learns how to begin', async () => {
  const empty = await loop.db.org('empty');
  const admin = await site.signedIn(empty, 'admin');
  await using visited = await visit(browser, site.url, '/orgs/empty', { as: admin });
  const { page } = visited;
  expect(await page.getByRole('link', { name: 'Connect a CRM' }).getAttribute('href')).toBe('/orgs/empty/connections');
  expect(await visited.ailments()).toEqual([]);
  for (const [path, text] of [
    ['leads', 'There are no leads yet'],
    ['signups', 'No signup has a score yet'],
    [`leads/${(await find('limit=1'))[0]!.id}`, 'There is no such lead here'],
  ] as const) {
    await visited.go(`/orgs/empty/${path}`);
    await page.getByText(text).waitFor();
    expect(await visited.ailments(), path).toEqual([]);
  }
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('axe has nothing to say of any of these pages, nor has the browser', async () => {
    const [lead] = await find('status=engaged');
    const [signup] = await find('search=marcus');
    await using visited = await visit(browser, site.url, '/orgs/acme', { as: viewer, colorScheme });
    const { page } = visited;
    const paths = {
      overview: '',
      leads: '/leads',
      filtered: '/leads?status=engaged&tier=nurture',
      signups: '/signups',
      tier: '/signups?tier=hot',
      product: `/leads/${signup!.id}`,
      ...Object.fromEntries(
        ['score', 'values', 'crm', 'activity', 'writes'].map((tab) => [`lead-${tab}`, `/leads/${lead!.id}?tab=${tab}`]),
      ),
    };
    for (const [name, path] of Object.entries(paths)) {
      await visited.go(`/orgs/acme${path}`);
      expect(await visited.ailments(), name).toEqual([]);
      if (process.env['SHOTS'])
        await page.screenshot({ path: `${process.env['SHOTS']}/${name}-${colorScheme}.png`, fullPage: true });
    }
    expect(visited.complaints).toEqual([]);
  });
});

test('on a narrow screen nothing sticks out', async () => {
  const [lead] = await find('status=engaged');
  const viewport = { width: 390, height: 844 };
  await using visited = await visit(browser, site.url, '/orgs/acme', { as: viewer, viewport });
  for (const path of ['', '/leads', `/leads/${lead!.id}`, `/leads/${lead!.id}?tab=crm`, '/signups']) {
    await visited.go(`/orgs/acme${path}`);
    const width = await visited.page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width, path).toBeLessThanOrEqual(viewport.width);
    if (process.env['SHOTS'])
      await visited.page.screenshot({
        path: `${process.env['SHOTS']}/narrow-${path.split('/').length}${path.includes('tab') ? 'crm' : ''}${path.includes('signups') ? 's' : ''}.png`,
        fullPage: true,
      });
  }
});
