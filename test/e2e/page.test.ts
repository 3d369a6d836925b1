import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { createPageReader } from '../../src/http/read-page.ts';
import { type HttpServer, startHttp } from '../../src/http/server.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../support/loop.ts';
import { addVelocityPay, productOf } from '../support/product.ts';
import { openBrowser } from './browser.ts';

/** Runs in the browser. */
const examine = readFileSync(new URL('./accessibility.js', import.meta.url), 'utf8');

const stack = new AsyncDisposableStack();
let loop: Loop;
let server: HttpServer;
let browser: Browser;

beforeAll(async () => {
  loop = stack.use(await startLoop({ sandbox: { contacts: 120 } }));
  const product = productOf(loop);
  await addVelocityPay(product);
  await product.signup({ email: 'lin@velocitypay.io', full_name: '<b>Lin</b>' });
  await product.rescore();
  await loop.sync();
  server = stack.use(await servePage([loop]));
  browser = stack.adopt(await openBrowser(), (open) => open.close());
});
afterAll(() => stack.disposeAsync());

/** The page of the organisation that these loops are of. */
async function servePage(loops: readonly Pick<Loop<unknown>, 'db' | 'name' | 'open'>[]): Promise<HttpServer> {
  const read = createPageReader({
    database: loops[0]!.db.database,
    readCrm: async (_orgId, name, request) => {
      await using session = await loops.find((one) => one.name === name)!.open();
      return await session.connector.read({ ...request, signal: AbortSignal.timeout(10_000) });
    },
    defaultMapping: (kind) => connectors.find((one) => one.kind === kind)?.defaultMapping ?? null,
    nextRunAt: () => new Date(Date.now() + 10_000),
    now: () => new Date(),
  });
  return startHttp({ port: 0, page: read, now: () => new Date(), log: () => undefined });
}

interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: a script or style that the policy refused, a file that is missing. */
  readonly complaints: readonly string[];
}

async function visit(
  path: string,
  { site = server, ...options }: Parameters<Browser['newContext']>[0] & { readonly site?: HttpServer } = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${site.url}${path}`);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

const scores = async (page: Page): Promise<number[]> =>
  (await page.locator('#leads tbody .score').allTextContents()).map(Number);

describe('the page', () => {
  test('shows leads by score, each with its reason and with what the CRM answers', async () => {
    await using visited = await visit('/');
    const { page } = visited;
    expect(await page.title()).toContain('acme');
    const shown = await scores(page);
    expect(shown).toHaveLength(50);
    expect(shown).toEqual(shown.toSorted((left, right) => right - left));
    expect(shown[0]).toBeGreaterThan(40);
    const answers = await page.locator('#leads td.crm').allTextContents();
    for (const [index, answer] of answers.entries()) {
      expect(answer).toContain(`${shown[index]} ·`);
      expect(answer).toContain('✓ agrees');
    }
    expect(visited.complaints).toEqual([]);
  });

  test('leads on to every lead once', async () => {
    await using visited = await visit('/');
    const { page } = visited;
    const seen = new Set<string>();
    for (;;) {
      for (const link of await page.locator('#leads tbody a').all()) seen.add((await link.getAttribute('href')) ?? '');
      const next = page.getByRole('link', { name: /^Next/u });
      if ((await next.count()) === 0) break;
      await next.click();
    }
    const [row] = await loop.db.sql<{ leads: number }>(
      'select count(*)::int as leads from leads where merged_into is null',
    );
    expect(seen.size).toBe(row?.leads);
  });

  test('filters by keyboard alone', async () => {
    await using visited = await visit('/');
    const { page } = visited;
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.getByLabel('Search name').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type('mql');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForURL(/status=mql/u), page.keyboard.press('Enter')]);
    const badges = await page.locator('#leads .badge').allTextContents();
    expect(badges.length).toBeGreaterThan(0);
    expect(new Set(badges)).toEqual(new Set(['mql']));
  });

  test('finds by words, and says how to go on where nothing fits', async () => {
    await using visited = await visit('/?q=velocitypay');
    const { page } = visited;
    const rows = await page.locator('#leads tbody tr').allTextContents();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain('VelocityPay');
    await page.goto(`${server.url}/?q=${encodeURIComponent("100%_' or 1=1")}`);
    await page.getByRole('link', { name: 'Show all leads' }).click();
    expect(await scores(page)).toHaveLength(50);
  });

  test('a receipt shows every point, the lifecycle, the CRM and every write', async () => {
    await using visited = await visit('/');
    const { page } = visited;
    const score = (await scores(page))[0];
    await page.locator('#leads tbody a').first().click();
    await page.waitForURL(/\/leads\//u);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'behavioral',
      'demographic',
      'engagement',
      'Lifecycle',
      'Score history',
      'leadloop_score',
      'applied',
      '✓ agrees',
    ])
      expect(text).toContain(words);
    const counted = await page.locator('#receipt tr.group td:last-child').allTextContents();
    const sum = counted.reduce((total, cell) => total + Number(/^[\d.]+/u.exec(cell.trim())?.[0]), 0);
    expect(Math.round(sum)).toBe(score);
    expect(visited.complaints).toEqual([]);
  });

  test('markup in a name is text', async () => {
    await loop.db.sql(`update leads set name = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
      where id = (select id from leads order by lead_score desc, id desc limit 1)`);
    await using visited = await visit('/');
    const { page } = visited;
    expect(await page.locator('#leads tbody a').first().textContent()).toContain('<script>');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.title()).toContain('acme');
  });

  test('a change in the CRM shows after the next run, in our score and read back, without a reload', async () => {
    await using visited = await visit('/?status=new');
    const { page } = visited;
    const link = page.locator('#leads tbody a').first();
    const name = (await link.textContent())?.trim() ?? '';
    const leadId = /leads\/(?<id>[\w-]+)/u.exec((await link.getAttribute('href')) ?? '')?.groups?.['id'];
    const [record] = await loop.db.sql<{ id: string }>('select external_id as id from push_states where lead_id = $1', [
      leadId,
    ]);
    await page.goto(`${server.url}/leads/${leadId}`);
    const before = Number(await page.locator('#receipt h2 .score').first().textContent());
    await fetch(`${loop.crm.url}/__sandbox/contacts/${record?.id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        properties: { hs_analytics_num_visits: 40, hs_email_click: 9, recent_conversion_event_name: 'Request a demo' },
      }),
    });
    await loop.sync();
    await expect
      .poll(async () => Number(await page.locator('#receipt h2 .score').first().textContent()), { timeout: 15_000 })
      .toBeGreaterThan(before);
    const after = await page.locator('#receipt h2 .score').first().textContent();
    expect(await page.locator('tr', { hasText: 'leadloop_score' }).first().textContent()).toMatch(
      new RegExp(`${after}\\s+${after}\\s+✓ agrees`, 'u'),
    );
    expect(await page.locator('h1').textContent()).toContain(name);
    expect(loop.crm.store.contacts.get(Number(record?.id))?.properties['leadloop_score']).toBe(after);
  });

  test('signups stand by product score, with what to do, and lead on to both scores and the account', async () => {
    await using visited = await visit('/');
    const { page } = visited;
    await page.getByRole('link', { name: 'Signups' }).click();
    await page.waitForURL(/\/signups/u);
    const rows = await page.locator('#signups tbody tr').allTextContents();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/88\s*hot\s*VelocityPay[^]*Marcus Chen[^]*2,800,000 API calls[^]*Reach out to Marcus/u);
    expect(rows[1]).toContain('<b>Lin</b>');
    await page.getByRole('link', { name: 'hot', exact: true }).click();
    await page.waitForURL(/tier=hot/u);
    expect(await page.locator('#signups tbody tr').count()).toBe(1);
    await page.getByRole('link', { name: 'Marcus Chen' }).click();
    await page.waitForURL(/\/leads\//u);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const words of [
      'mql score',
      'plg score',
      'of the account VelocityPay',
      '2 people taken together',
      'What to do',
    ])
      expect(text).toContain(words);
    await page.goto(`${server.url}/signups?tier=monitor&after=0.00000000-0000-0000-0000-000000000001`);
    expect(await page.locator('main').textContent()).toContain('No signup is of this tier');
    expect(visited.complaints).toEqual([]);
  });

  test('updates can be paused', async () => {
    await using visited = await visit('/');
    await visited.page.getByRole('button', { name: 'Pause updates' }).click();
    expect(await visited.page.getByRole('button', { name: 'Resume updates' }).count()).toBe(1);
  });

  test.each(['light', 'dark'] as const)(
    'has names, headings and contrast in %s mode, also on a phone',
    async (colorScheme) => {
      await using visited = await visit('/', { colorScheme, viewport: { width: 390, height: 800 } });
      const { page } = visited;
      const lead = (await page.locator('#leads tbody a').first().getAttribute('href')) ?? '';
      await page.goto(`${server.url}/signups`);
      const signup = (await page.locator('#signups tbody a').first().getAttribute('href')) ?? '';
      for (const path of ['/', lead, '/signups', signup]) {
        await page.goto(`${server.url}${path}`);
        expect(await page.evaluate(examine)).toEqual([]);
        // Tables scroll in their own frames: the page itself must not.
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      }
    },
  );
});

describe('the page of two CRMs', () => {
  const both = new AsyncDisposableStack();
  let site: HttpServer;

  beforeAll(async () => {
    const first = both.use(await startLoop({ sandbox: { contacts: 60 } }));
    const people = { leads: 40, contacts: 30, hubspotContacts: 60 };
    const second = both.use(await startSalesforceLoop({ beside: first, sandbox: people }));
    await first.sync();
    await second.sync();
    // What Salesforce has added.
    await first.sync();
    site = both.use(await servePage([first, second]));
  });
  afterAll(() => both.disposeAsync());

  test('shows the state of each, and whose each value is that was read back', async () => {
    await using visited = await visit('/', { site });
    const { page } = visited;
    for (const name of ['acme-hubspot', 'acme-salesforce'])
      expect(await page.getByRole('region', { name }).textContent()).toMatch(/succeeded/u);
    const cells = await page.locator('#leads td.crm').allTextContents();
    expect(cells.join(' ')).not.toMatch(/≠|not read back|waiting/u);
    expect(cells.filter((cell) => cell.includes('acme-hubspot') && cell.includes('acme-salesforce'))).not.toEqual([]);
    expect(visited.complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    'a receipt shows the same person in both, field by field, in %s mode, also on a phone',
    async (colorScheme) => {
      await using visited = await visit('/', { site, colorScheme, viewport: { width: 390, height: 800 } });
      const { page } = visited;
      const known = page.locator('#leads tbody tr', { hasText: /acme-hubspot[^]*acme-salesforce/u }).first();
      const score = await known.locator('.score').textContent();
      await known.locator('a').click();
      await page.waitForURL(/\/leads\//u);
      const records = await page.locator('#receipt h3').allTextContents();
      expect(records).toHaveLength(2);
      expect(records[0]).toMatch(/^acme-hubspot: contacts \d+ +✓ agrees$/u);
      expect(records[1]).toMatch(/^acme-salesforce: (Lead|Contact) \w{18} +✓ agrees$/u);
      for (const field of ['leadloop_score', 'Leadloop_Score__c'])
        expect(
          await page
            .locator('tr', { has: page.getByRole('rowheader', { name: field, exact: true }) })
            .first()
            .textContent(),
        ).toMatch(new RegExp(`${score}\\s+${score}\\s+✓ agrees`, 'u'));
      expect(await page.evaluate(examine)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(visited.complaints).toEqual([]);
    },
  );
});
