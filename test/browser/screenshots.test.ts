import { setTimeout as sleep } from 'node:timers/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { startConsole } from '../support/console.ts';
import { type Loop, startLoop, startSalesforceLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { addVelocityPay, productOf } from '../support/product.ts';
import { visit } from '../support/visit.ts';

/** Where to, by `npm run screenshots`; left out = it is not asked for. */
const folder = process.env['LEADLOOP_SCREENSHOTS'];

test(
  'every page, light and dark, as somebody sees it who uses it',
  { skip: folder === undefined, timeout: 600_000 },
  async () => {
    await using own = new AsyncDisposableStack();
    const loop = own.use(await startLoop({ sandbox: { contacts: 300 } }));
    const salesforce = own.use(await startSalesforceLoop({ beside: loop, push: 'plan', sandbox: { leads: 80 } }));
    const product = productOf(loop);
    await addVelocityPay(product);
    const [odd] = handsOf(loop).living();
    handsOf(loop).edit(odd!.id, { email: 'nobody at all' });
    await loop.sync();
    await salesforce.sync();
    await product.rescore();
    const console = own.use(await startConsole(loop.services, { hasPages: true }));
    const as = await console.signedIn(loop.orgId, 'admin', 'ada@acme.example');
    await as.ask('POST', '/orgs/acme/members', { email: 'bob@acme.example', name: 'Bob Stone', role: 'operator' });
    await as.ask('POST', '/orgs/acme/tokens', { name: 'warehouse', scopes: ['ingest', 'read'], days: 90 });
    const idOf = async (sql: string): Promise<string> => (await loop.db.sql<{ id: string }>(sql))[0]!.id;
    const lead = await idOf('select id from leads order by lead_score desc, id limit 1');
    const signup = await idOf(`select id from leads where email like '%velocitypay%' limit 1`);
    const run = await idOf('select id from sync_runs order by started_at limit 1');
    const pages = {
      overview: '',
      leads: '/leads',
      lead: `/leads/${lead}`,
      'lead-of-product': `/leads/${signup}`,
      signups: '/signups',
      runs: '/runs',
      run: `/runs/${run}`,
      rejected: '/rejected',
      push: '/push?connection=acme-salesforce',
      connections: '/connections',
      connection: '/connections/acme-hubspot',
      'connection-settings': '/connections/acme-hubspot/settings',
      mapping: '/connections/acme-hubspot/mapping',
      scoring: '/scoring',
      'scoring-mql': '/scoring/mql',
      'scoring-plg': '/scoring/plg',
      members: '/members',
      tokens: '/tokens',
      audit: '/audit',
      account: '/account',
    };
    await rememberDays(loop);
    // The clock of the loop has jumped over its waits: what has just ended must not lie ahead.
    await sleep(loop.clock.now() - Date.now() + 5_000);
    await mkdir(folder!, { recursive: true });
    const browser = own.adopt(await openBrowser(), (open) => open.close());
    for (const colorScheme of ['light', 'dark'] as const) {
      await using visited = await visit(browser, console.url, '/orgs/acme', { as, colorScheme });
      for (const [name, path] of Object.entries(pages)) {
        await visited.go(`/orgs/acme${path}`);
        // Until what is counted beside the page is there, too.
        await visited.page.waitForTimeout(1_500);
        await visited.page.screenshot({ path: join(folder!, `${name}-${colorScheme}.png`) });
      }
      expect(visited.complaints).toEqual([]);
    }
    const entrances = {
      'sign-in': '/sign-in',
      'set-up': '/set-up#none',
      password: '/password#none',
      'from-crm': '/oauth/callback',
    };
    for (const colorScheme of ['light', 'dark'] as const) {
      await using entrance = await visit(browser, console.url, '/sign-in', { colorScheme });
      for (const [name, path] of Object.entries(entrances)) {
        await entrance.go(path);
        await entrance.page.screenshot({ path: join(folder!, `${name}-${colorScheme}.png`) });
      }
    }
  },
);

/** Six weeks in which leads came in and warmed up. */
async function rememberDays({ db, orgId }: Loop): Promise<void> {
  await db.sql(
    `insert into lead_days (org_id, day, statuses, tiers, counted_at)
     select $1, (now() at time zone 'UTC')::date - n,
       jsonb_build_object('new', 215 - 2 * n, 'engaged', 86 - n, 'mql', 50 - n),
       jsonb_build_object('hot', 5 - n / 10, 'warm', 21 - n / 3, 'nurture', 45 - n / 2, 'monitor', 323 - 4 * n), now()
     from generate_series(1, 42) n
     on conflict do nothing`,
    [orgId],
  );
}
