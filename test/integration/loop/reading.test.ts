import { expect, test } from 'vitest';
import type { RunReport } from '../../../src/sync/options.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { callsOf } from '../../support/loop-calls.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { type ProxyOptions, startProxy } from '../../support/loop-proxy.ts';

const pull = { objects: [] };
/** Our own writes would move every stamp, and so hide what the reading itself misses. */
const quietly = { pull, push: 'plan' } as const;

const isList = (path: string): boolean => path.startsWith('GET /crm/objects/2026-09/contacts?');
const isSearch = (path: string): boolean => path === 'POST /crm/objects/2026-09/contacts/search';
const isRead = (path: string): boolean => path === 'POST /crm/objects/2026-09/contacts/batch/read';

/** One sync through a server that lets the test act between two calls. */
async function syncThrough(
  loop: Loop,
  between: ProxyOptions,
  chosen: Parameters<Loop['sync']>[0] = {},
): Promise<RunReport> {
  await using proxy = await startProxy(loop.crm.url, between);
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  const report = await loop.sync(chosen);
  await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);
  return report;
}

async function titleOf({ db }: Loop, id: number): Promise<unknown> {
  const [row] = await db.sql<{ title: string | null }>(
    `select l.title from leads l join source_records s on s.lead_id = l.id
     where s.object = 'contacts' and s.external_id = $1`,
    [String(id)],
  );
  return row?.title;
}

/** Ids of living contacts of which we hold something else than the CRM does. */
async function stale(loop: Loop): Promise<number[]> {
  const rows = await loop.db.sql<{ id: string; title: string | null }>(
    `select external_id as id, fields->>'jobtitle' as title from source_records where object = 'contacts' and gone_at is null`,
  );
  const held = new Map(rows.map(({ id, title }) => [Number(id), title ?? '']));
  return handsOf(loop)
    .living()
    .filter(({ id, properties }) => held.get(id) !== (properties['jobtitle'] ?? ''))
    .map(({ id }) => id);
}

function recordsOf({ objects }: RunReport): Record<string, number> {
  return Object.fromEntries(
    objects.filter(({ object }) => object === 'contacts').map(({ lane, records }) => [lane, records]),
  );
}

test.each(['the first full pass', 'a later full pass'])(
  'a contact that is modified between two pages of %s ends with its newest values',
  async (which) => {
    await using loop = await startLoop({ sandbox: { contacts: 330 }, ...quietly });
    const hands = handsOf(loop);
    if (which === 'a later full pass') await loop.sync();
    loop.clock.advance(5_000);
    const living = hands.living();
    const [read, unread] = [living[3]!.id, living[250]!.id];
    let pages = 0;
    const report = await syncThrough(
      loop,
      {
        after(path) {
          if (!isList(path) || path.includes('archived=true')) return;
          pages += 1;
          // The answer with the first page is under way and holds the old values; the third page has not been asked for.
          if (pages === 1) for (const id of [read, unread]) hands.edit(id, { jobtitle: `Edited ${id}` });
        },
      },
      { full: true },
    );
    expect(report).toMatchObject({ status: 'succeeded', failure: null });
    expect(pages).toBeGreaterThan(3);
    expect(await titleOf(loop, read)).not.toBe(`Edited ${read}`);
    expect(await titleOf(loop, unread)).toBe(`Edited ${unread}`);
    expect(await stale(loop)).toEqual([read]);

    loop.clock.advance(5_000);
    expect((await loop.sync()).failure).toBeNull();
    expect(await titleOf(loop, read)).toBe(`Edited ${read}`);
    expect(await stale(loop)).toEqual([]);
  },
);

test('a contact that is modified between two pages of a live window ends with its newest values', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 650 }, ...quietly });
  const hands = handsOf(loop);
  await loop.sync();
  loop.clock.advance(5_000);
  const living = hands.living();
  for (const { id } of living) hands.edit(id, { jobtitle: `First ${id}` });
  loop.clock.advance(2_000);
  const [read, unread] = [living[3]!.id, living[500]!.id];
  let searches = 0;
  let isEdited = false;
  const report = await syncThrough(loop, {
    before(path) {
      if (isSearch(path)) searches += 1;
      // The records of the first page have been read; those of the third have not even been found.
      if (!isSearch(path) || searches !== 2 || isEdited) return;
      isEdited = true;
      for (const id of [read, unread]) hands.edit(id, { jobtitle: `Second ${id}` });
    },
  });
  expect(report).toMatchObject({ status: 'succeeded', failure: null });
  expect({ isEdited, isPaged: searches > 3 }).toEqual({ isEdited: true, isPaged: true });
  expect(await titleOf(loop, read)).toBe(`First ${read}`);
  expect(await stale(loop)).toContain(read);

  loop.clock.advance(5_000);
  const next = await loop.sync();
  expect(await titleOf(loop, read)).toBe(`Second ${read}`);
  expect(await titleOf(loop, unread)).toBe(`Second ${unread}`);
  expect(await stale(loop)).toEqual([]);
  // Nobody else is read again: not by this window, nor by the settled one that comes later.
  expect(recordsOf(next)['live']).toBeLessThanOrEqual(2);
  loop.clock.advance(300_000);
  expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 0 });
});

test('a record that changes once more while its page is read is taken as it is then', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, ...quietly });
  const hands = handsOf(loop);
  await loop.sync();
  const { id } = hands.living()[0]!;
  loop.clock.advance(5_000);
  hands.edit(id, { jobtitle: 'Found' });
  loop.clock.advance(2_000);
  let isEdited = false;
  await syncThrough(loop, {
    before(path) {
      if (!isRead(path) || isEdited) return;
      isEdited = true;
      hands.edit(id, { jobtitle: 'Read' });
    },
  });
  expect(await titleOf(loop, id)).toBe('Read');
  loop.clock.advance(5_000);
  // The next window finds the stamp of the second change, which is held already.
  expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 0 });
});

/** As many of its hits a search shows, and none beyond. */
const searchCap = 10_000;

test(
  'more contacts than a search shows, touched in the same millisecond, are all read, and each once',
  { timeout: 300_000 },
  async () => {
    await using loop = await startLoop({ sandbox: { contacts: searchCap + 600 }, ...quietly });
    await loop.sync();
    loop.clock.advance(5_000);
    const living = handsOf(loop).living();
    expect(living.length).toBeGreaterThan(searchCap);
    const at = loop.crm.store.stamp();
    for (const record of living) {
      loop.crm.store.update(loop.crm.store.contacts, record, { ...record.properties, jobtitle: `At ${at}` }, at);
    }
    expect(new Set(living.map(({ updatedAt }) => updatedAt))).toEqual(new Set([at]));
    loop.clock.advance(2_000);
    loop.crm.requests.reset();
    const report = await loop.sync();
    expect(report).toMatchObject({ failure: null, counts: { changed: living.length } });
    expect(recordsOf(report)).toEqual({ live: living.length, settled: 0 });
    expect(await stale(loop)).toEqual([]);
    const pages = Math.ceil(living.length / 200);
    const calls = callsOf(loop.crm);
    expect(calls['POST /crm/objects/contacts/batch/read']).toBe(Math.ceil(living.length / 100));
    expect(calls['POST /crm/objects/contacts/search']).toBeLessThanOrEqual(pages + 2);

    loop.clock.advance(300_000);
    loop.crm.requests.reset();
    expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 0 });
    expect(callsOf(loop.crm)).not.toHaveProperty('POST /crm/objects/contacts/batch/read');
  },
);

test('a change that the search index shows late is missed by live and caught by settled', async () => {
  const lagMs = 60_000;
  await using loop = await startLoop({ sandbox: { contacts: 12, searchLagMs: lagMs }, ...quietly });
  const hands = handsOf(loop);
  await loop.sync();
  loop.clock.advance(300_000);
  await loop.sync();
  const { id } = hands.living()[0]!;
  hands.edit(id, { jobtitle: 'Superintendent of lag' });
  loop.clock.advance(5_000);
  // Live walks past the moment of the change, which the index does not show yet.
  expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 0 });
  expect(await stale(loop)).toEqual([id]);
  loop.clock.advance(lagMs);
  expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 0 });
  expect(await stale(loop)).toEqual([id]);
  // Settled stays two minutes behind: now it comes to the moment.
  loop.clock.advance(90_000);
  expect(recordsOf(await loop.sync())).toEqual({ live: 0, settled: 1 });
  expect(await titleOf(loop, id)).toBe('Superintendent of lag');
  expect(await stale(loop)).toEqual([]);
});
