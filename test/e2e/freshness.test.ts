import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startDaemon, until } from '../support/daemon.ts';
import { testDatabase } from '../support/database.ts';
import { startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { sandboxToken } from '../support/loop-side.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Changes in the CRM: so many a second, for so long. */
const rate = { perSecond: 50, seconds: 20 };
const clientSecret = 'the secret of the app';

test('with webhooks, fifty changes a second are scores in the CRM within five seconds, 95 times of 100', async () => {
  await using db = await testDatabase();
  await using loop = await startLoop({
    db,
    push: 'auto',
    sandbox: { contacts: 500, epoch: Date.now() - 3_600_000 },
    credentials: { accessToken: sandboxToken, clientSecret },
  });
  await db.sql(`update connections set schedule = '0 0 1 1 *'`);
  await using folder = await tempFolder();
  const home = folder.path;
  const daemon = startDaemon(db, { home, roles: 'scheduler,worker,http' });
  onTestFinished(() => daemon.signal('SIGKILL'));
  const runs = (kind: string) =>
    db.sql(`select status from sync_runs where kind = $1 and ended_at is not null`, [kind]);
  await until('the first sync', async () => (await runs('sync')).length === 1, 120_000);
  const url = /"url":"([^"]+)"/u.exec(daemon.log())![1]!;
  loop.crm.webhooks.subscribe({
    targetUrl: `${url}/hooks/acme/${loop.name}`,
    clientSecret,
    subscriptions: [{ eventType: 'contact.propertyChange', propertyName: 'hs_analytics_num_visits' }],
  });

  // A flood of events does not starve the schedule.
  await db.sql(`update connections set schedule = '*/5 * * * * *'`);
  const hands = handsOf(loop);
  const ids = hands.living().map(({ id }) => id);
  const startedAt = Date.now();
  for (let n = 0; n < rate.perSecond * rate.seconds; n += 1) {
    hands.edit(ids[n % ids.length]!, { hs_analytics_num_visits: String(1 + Math.floor(n / ids.length)) });
    await sleep(Math.max(0, startedAt + ((n + 1) * 1_000) / rate.perSecond - Date.now()));
  }
  const waiting = () =>
    db.sql(`select 1 from change_hints union all select 1 from push_states where state in ('pending', 'claimed')`);
  await until(
    'everything has been attended to',
    async () => loop.crm.webhooks.pending === 0 && (await waiting()).length === 0,
  );

  const [fresh] = await db.sql<{ p50: number; p95: number; writes: number }>(
    `select count(*)::int as writes, percentile_cont(0.5) within group (order by seconds) as p50,
       percentile_cont(0.95) within group (order by seconds) as p95
     from (select extract(epoch from settled_at - changed_at)::float8 as seconds from push_ledger
       where changed_at is not null) s`,
  );
  const syncs = await runs('sync');
  expect(fresh!.writes).toBeGreaterThan(ids.length / 2);
  expect(fresh!.p95).toBeLessThan(5);
  expect(syncs.length).toBeGreaterThan(rate.seconds / 5 - 2);
  // What the CRM shows is what a sync from scratch finds right: it writes nothing.
  daemon.signal('SIGTERM');
  expect(await daemon.ended).toBe(0);
  const before = loop.written();
  await loop.sync({ full: true });
  expect(loop.written()).toEqual(before);
}, 300_000);
