// Wrong: a run that had lost its lock went on beside the next one, and credentials of another account were accepted.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunReport } from '../../src/sync/options.ts';
import { startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { startLoop } from '../support/loop.ts';
import { handsOf } from '../support/loop-crm.ts';
import { startProxy } from '../support/loop-proxy.ts';

const options = { sandbox: { contacts: 130 }, pull: { objects: [] } };

test('a run that has lost its lock ends without success, and the one that began meanwhile is alone', async () => {
  await using loop = await startLoop(options);
  const second = Promise.withResolvers<RunReport>();
  let isLost = false;
  let callsAfter = 0;
  await using proxy = await startProxy(loop.crm.url, {
    async before(path) {
      if (isLost) callsAfter += 1;
      if (isLost || !path.startsWith('GET /crm/objects/2026-09/contacts')) return;
      const ended = await loop.db.sql(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where datname = current_database() and application_name = 'leadloop lock'`,
      );
      isLost = true;
      expect(ended).toHaveLength(1);
      await pause(100);
      await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);
      second.resolve(loop.sync());
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  const first = await loop.sync();
  expect(first).toMatchObject({ status: 'failed', failure: { code: 'database-unavailable', recovery: 'retry' } });
  expect(callsAfter).toBe(0);
  expect(await second.promise).toMatchObject({
    status: 'succeeded',
    counts: { pushed: handsOf(loop).living().length },
  });
  expect(await loop.db.sql('select status, count(*)::int as n from sync_runs group by 1 order by 1')).toEqual([
    { status: 'failed', n: 1 },
    { status: 'succeeded', n: 1 },
  ]);
  const [ledger] = await loop.db.sql<{ runs: number }>('select count(distinct run_id)::int as runs from push_ledger');
  expect(ledger).toEqual({ runs: 1 });
});

test('credentials of another account are refused before anything is read or written', async () => {
  await using loop = await startLoop({ ...options, sandbox: { contacts: 12 } });
  await loop.sync();
  await using other = await startHubSpotSandbox({ contacts: 12, seed: 2, portalId: 55_000_002 });
  const applied = async (url: string): Promise<void> => {
    await loop.db.sql('update connections set base_url = $1', [url]);
    await loop.db.sql('delete from crm_cache');
  };
  await applied(other.url);
  const before = await loop.db.sql('select external_id, fields from source_records order by object, external_id');
  expect(await loop.sync({ full: true })).toMatchObject({
    status: 'failed',
    failure: { code: 'account-changed', recovery: 'fix-config' },
  });
  expect(other.requests.entries().filter(({ url }) => url.includes('/objects/'))).toEqual([]);
  expect(await loop.db.sql('select external_id, fields from source_records order by object, external_id')).toEqual(
    before,
  );
  await applied(loop.crm.url);
  expect((await loop.sync()).failure).toBeNull();
});
