import { expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { startLoop } from '../../support/loop.ts';
import { startProxy } from '../../support/loop-proxy.ts';
import { stateOf } from '../../support/loop-state.ts';

const pull = { objects: ['forms'] };
const sandbox = { contacts: 25 };

test('the sync of one organisation leaves every row of another as it is', async () => {
  await using db = await testDatabase();
  await using acme = await startLoop({ db, org: 'acme', pull, sandbox });
  await using umbrella = await startLoop({ db, org: 'umbrella', pull, sandbox: { contacts: 25, seed: 2 } });
  await umbrella.sync();
  const before = await stateOf(umbrella);
  const calls = umbrella.crm.requests.entries().length;
  await acme.sync();
  await acme.sync({ full: true });
  expect(await stateOf(umbrella)).toEqual(before);
  expect(umbrella.crm.requests.entries()).toHaveLength(calls);
  const crossed = await db.sql(
    `select 1 from source_records s join leads l on l.id = s.lead_id where l.org_id <> s.org_id`,
  );
  expect(crossed).toEqual([]);
});

test('a second run of a connection is refused while the first is under way', async () => {
  await using loop = await startLoop({ pull, sandbox });
  const second: Promise<unknown>[] = [];
  await using proxy = await startProxy(loop.crm.url, {
    async before() {
      if (second.length === 0) second.push(loop.sync().catch((error: unknown) => error));
      await second[0];
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect((await loop.sync()).status).toBe('succeeded');
  expect(await second[0]).toMatchObject({ code: 'run-active', exitCode: 75 });
});

test('a worker that was overtaken rolls its batch back', async () => {
  await using loop = await startLoop({ pull, sandbox });
  await using proxy = await startProxy(loop.crm.url, {
    async after(path) {
      // Another worker moves the cursor while this one reads: only the compare-and-set can tell.
      if (path.startsWith('GET /crm/objects/2026-09/contacts')) {
        await loop.db.sql(`update sync_cursors set version = version + 1 where object = 'contacts' and lane = 'full'`);
      }
    },
  });
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  expect(await loop.sync()).toMatchObject({ status: 'failed', failure: { code: 'run-superseded', recovery: 'retry' } });
  expect(await loop.db.sql('select 1 from leads')).toEqual([]);
  await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);
  expect((await loop.sync()).status).toBe('succeeded');
});
