import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { LeadList } from '../../src/http/api/leads/schemas.ts';
import { browserOfFile } from '../support/browser.ts';
import { type SignedIn, startConsole, type TestConsole } from '../support/console.ts';
import { holdTable } from '../support/held-table.ts';
import { type Loop, startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { addVelocityPay, productOf } from '../support/product.ts';
import { visit } from '../support/visit.ts';

const evil = '<script>document.title="owned"</script>';
const stack = new AsyncDisposableStack();
const browser = await browserOfFile();
let loop: Loop;
let site: TestConsole;
let viewer: SignedIn;

beforeAll(async () => {
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
  await rememberScores();
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

/** As the usage of some weeks would have made it. */
async function rememberScores(): Promise<void> {
  await loop.db.sql(
    `with last as (delete from score_history where org_id = $1 and kind = 'plg' and total = 88 returning *)
     insert into score_history (org_id, lead_id, kind, profile_version, total_before, total, tier, reason, run_id, at)
     select org_id, lead_id, kind, profile_version, b.before, b.total, b.tier, reason, run_id, at - b.days * interval '1 day'
     from last, (values (null, 22, 'monitor', 30), (22, 27, 'monitor', 24), (27, 44, 'nurture', 17), (44, 63, 'warm', 8), (63, 88, 'hot', 0))
       as b (before, total, tier, days)
     order by b.days desc`,
    [loop.orgId],
  );
}

async function find(query: string): Promise<LeadList['leads']> {
  return ((await viewer.ask('GET', `/orgs/acme/leads?${query}`)).body as LeadList).leads;
}

test('the overview says of a source that was refused what to do about it', async () => {
  await loop.db.sql(
    `with usage as (
       insert into data_sources (org_id, name, kind, query, schedule) values ($1, 'product-usage', 'usage', 'select 1', '0 * * * *')
       returning org_id, id
     ) insert into source_health (org_id, source_id, state, code, message, remedy, failures_in_row, since, try_again_at)
     select org_id, id, 'paused', 'source-refused', 'The database of the source refused user or password.',
       'Correct the address, and apply again.', 1, now(), now() + interval '5 minutes' from usage`,
    [loop.orgId],
  );
  onTestFinished(async () => void (await loop.db.sql('delete from data_sources')));
  await using visited = await visit(browser, site.url, '/orgs/acme', { as: viewer });
  const card = visited.page.getByRole('article', { name: 'Source product-usage' });
  await card.getByText('needs you').waitFor();
  expect(await card.textContent()).toContain('refused user or password. Correct the address');
  expect(visited.complaints).toEqual([]);
});

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
  await using held = await holdTable(loop.db, 'leads');
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

test('a record that is gone from the CRM is said to be so', async () => {
  const id = await handsOf(loop).create({ email: 'ghost@district.example', firstname: 'Ghost', jobtitle: 'Director' });
  await loop.sync();
  const [ghost] = await find('search=ghost@district.example');
  await handsOf(loop).archive(id);
  await using visited = await visit(browser, site.url, `/orgs/acme/leads/${ghost!.id}?tab=crm`, { as: viewer });
  await visited.page.getByText('gone from the CRM').waitFor();
  expect(await visited.ailments()).toEqual([]);
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
  await page.waitForURL('**/leads?search=grace%40unheard.example');
  await page.getByText('1 shown, that is all').waitFor();
  const focused = () => page.evaluate<string>('document.activeElement.textContent');
  for (let step = 0; step < 30 && (await focused()) !== 'Grace Unheard'; step += 1) await page.keyboard.press('Tab');
  expect(await focused()).toBe('Grace Unheard');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Grace Unheard', level: 1 }).waitFor();
  await page.getByText('No record here has their e-mail address.').waitFor();
  await page.getByRole('tab', { name: 'Score' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('cell', { name: 'their signup' }).first().waitFor();
  expect(page.url()).toContain('tab=values');
});

test('the search box follows the address: back, and when the filters are cleared', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme/leads?search=grace', { as: viewer });
  const { page } = visited;
  const box = page.getByLabel('Search');
  expect(await box.inputValue()).toBe('grace');
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'New' }).click();
  await page.waitForURL('**status=new**');
  await box.pressSequentially('marcus ', { delay: 40 });
  await box.fill('marcus');
  await page.waitForURL('**search=marcus**');
  await page.goBack();
  await page.waitForURL('**search=grace');
  await expect.poll(() => box.inputValue()).toBe('grace');
  await page.getByRole('link', { name: 'Grace Unheard' }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => box.inputValue()).toBe('');
  await visited.go('/orgs/acme/signups?minScore=88');
  const least = page.getByLabel('Least score');
  await page.getByRole('combobox', { name: 'Tier' }).click();
  await page.getByRole('option', { name: 'Hot' }).click();
  await least.fill('90');
  await page.waitForURL('**minScore=90**');
  await page.goBack();
  await expect.poll(() => least.inputValue()).toBe('88');
  expect(visited.complaints).toEqual([]);
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

test('of a signup it is told how its score went, and from which tier to which', async () => {
  const [signup] = await find('search=marcus');
  await using visited = await visit(browser, site.url, `/orgs/acme/leads/${signup!.id}`, { as: viewer });
  const { page } = visited;
  const trend = page.getByRole('region', { name: 'Trend' });
  await trend.getByRole('img', { name: /Product: 5 changes, from 22 on .* to 88 on/u }).waitFor();
  await trend.getByText('Tier changes').click();
  await page.waitForURL('**changes=tiers');
  const rows = trend.getByRole('row').filter({ hasText: 'Product' });
  await expect
    .poll(async () => (await rows.allTextContents()).map((text) => /[a-z]+(?=company)/u.exec(text)?.[0]))
    .toEqual(['warmhot', 'nurturewarm', 'monitornurture']);
  expect(await visited.ailments()).toEqual([]);
  await page.goBack();
  await expect.poll(() => rows.count()).toBe(5);
  expect(visited.complaints).toEqual([]);
});

test('where a page cannot be drawn, that is said, and loading it again helps once the cause is gone', async () => {
  await using visited = await visit(browser, site.url, '/orgs/acme', { as: viewer });
  const { page } = visited;
  await page.route('**/api/v1/orgs/acme/leads*', (route) => route.fulfill({ json: { leads: [null] } }));
  await page.getByRole('link', { name: 'Leads', exact: true }).click();
  await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
  expect(await visited.ailments()).toEqual([]);
  await page.unroute('**/api/v1/orgs/acme/leads*');
  await page.getByRole('button', { name: 'Load it again' }).click();
  await page.getByRole('heading', { name: 'Leads', level: 1 }).waitFor();
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

test('the page of a lead that was merged leads to the person that they are now, and asks nobody to create them', async () => {
  const hands = handsOf(loop);
  const twins = await Promise.all(
    ['one', 'two'].map((name) => hands.create({ email: `${name}@twins.example`, firstname: 'Tess', lastname: 'Twin' })),
  );
  await loop.sync();
  await hands.merge(twins[0]!, twins[1]!);
  await loop.sync();
  const [gone] = await loop.db.sql<{ id: string; into: string }>(
    `select id, merged_into as into from leads where name = 'Tess Twin' and merged_into is not null`,
  );
  await using visited = await visit(browser, site.url, `/orgs/acme/leads/${gone!.id}`, { as: viewer });
  const { page } = visited;
  await page.getByText('found to be the same person').waitFor();
  const link = page.getByRole('link', { name: 'Tess Twin' });
  await link.waitFor();
  expect(await page.getByRole('heading', { name: /Why not|Everything is through/ }).count()).toBe(0);
  expect(await visited.ailments()).toEqual([]);
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/merged.png`, fullPage: true });
  await link.click();
  await page.waitForURL(`**/leads/${gone!.into}`);
  await page.getByRole('heading', { name: 'Why not' }).waitFor();
  expect(visited.complaints).toEqual([]);
});
