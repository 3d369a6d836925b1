// Wrong: an aborted pass forgot its archive and census, a mapping that came during a run was half applied, merged companies
// were asked for for ever.
import { expect, test } from 'vitest';
import { defaultMapping } from '../../connectors/hubspot/default-mapping.ts';
import type { MappingDefinition } from '../../src/model/mapping.ts';
import { type Loop, saveMapping, startLoop } from '../support/loop.ts';
import { callsOf } from '../support/loop-calls.ts';
import { handsOf } from '../support/loop-crm.ts';
import { type ProxyOptions, startProxy } from '../support/loop-proxy.ts';
import { sandboxToken } from '../support/loop-side.ts';

const pull = { objects: [] };

/** One sync through a server that lets the test act between two calls. */
async function syncThrough(loop: Loop, between: ProxyOptions, chosen: Parameters<Loop['sync']>[0] = {}) {
  await using proxy = await startProxy(loop.crm.url, between);
  await loop.db.sql('update connections set base_url = $1', [proxy.url]);
  const report = await loop.sync(chosen);
  await loop.db.sql('update connections set base_url = $1', [loop.crm.url]);
  return report;
}

const isList = (path: string): boolean => path.startsWith('GET /crm/objects/2026-09/contacts?');
const isArchive = (path: string): boolean => isList(path) && path.includes('archived=true');

async function reasons({ db }: Loop, ids: readonly number[]): Promise<(string | null)[]> {
  const rows = await db.sql<{ gone_reason: string | null }>(
    `select gone_reason from source_records where object = 'contacts' and external_id = any($1)
     order by array_position($1, external_id)`,
    [ids.map(String)],
  );
  return rows.map((row) => row.gone_reason);
}

test.each(['before its archive', 'before its census'])(
  'a full pass that is stopped %s is brought to its end by the next sync',
  async (where) => {
    await using loop = await startLoop({ sandbox: { contacts: 12 }, pull });
    const hands = handsOf(loop);
    const [archived, erased] = [
      await hands.create({ email: 'archived@example.org' }),
      await hands.create({ email: 'erased@example.org' }),
    ];
    await loop.sync();
    await hands.archive(archived);
    await hands.erase(erased);
    loop.clock.advance(5_000);
    const stop = new AbortController();
    let isArchiveRead = false;
    const isCensus = (path: string): boolean =>
      isArchiveRead && path.startsWith('POST /crm/objects/2026-09/contacts/batch/read');
    const report = await syncThrough(
      loop,
      {
        before(path) {
          if (where === 'before its archive' ? isArchive(path) : isCensus(path)) stop.abort();
          isArchiveRead ||= isArchive(path);
        },
      },
      { full: true, signal: stop.signal },
    );
    expect(report.status).toBe('cancelled');
    expect((await reasons(loop, [erased]))[0]).toBeNull();
    loop.clock.advance(5_000);
    expect((await loop.sync()).failure).toBeNull();
    expect(await reasons(loop, [archived, erased])).toEqual(['archived', 'erased']);
  },
);

const contacts = defaultMapping.objects['contacts']!;
const titled: MappingDefinition = {
  ...defaultMapping,
  objects: {
    ...defaultMapping.objects,
    contacts: {
      ...contacts,
      in: contacts.in.map((rule) => (rule.to === 'title' ? { ...rule, from: ['city'] } : rule)),
    },
  },
};

async function readAs({ db }: Loop): Promise<{ version: number; n: number }[]> {
  return db.sql(
    `select mapping_version as version, count(*)::int as n from source_records where object = 'contacts' and gone_at is null
     group by 1`,
  );
}

test.each(['the first pass', 'a later pass'])(
  'a mapping that is applied during %s is what the next sync has read everything with',
  async (when) => {
    await using loop = await startLoop({ sandbox: { contacts: 130 }, pull, push: 'plan' });
    const living = handsOf(loop).living();
    for (const { id } of living) handsOf(loop).edit(id, { city: 'Delft' });
    if (when === 'a later pass') await loop.sync();
    loop.clock.advance(5_000);
    let applied = false;
    await syncThrough(
      loop,
      {
        async after(path) {
          if (!isList(path) || applied) return;
          applied = true;
          await saveMapping(loop.db, { ...loop, mapping: titled });
        },
      },
      { full: true },
    );
    expect(applied).toBe(true);
    for (const _ of ['the next', 'one after it']) {
      loop.clock.advance(5_000);
      expect((await loop.sync()).failure).toBeNull();
      expect(await readAs(loop)).toEqual([{ version: 1, n: living.length }]);
      expect(await loop.db.sql(`select distinct title from leads`)).toEqual([{ title: 'Delft' }]);
    }
    expect(await loop.db.sql(`select 1 from pass_sightings where object = 'contacts'`)).toEqual([]);
    expect(await loop.db.sql('select 1 from leads where erased_at is not null')).toEqual([]);
  },
);

test('a first pass that stops in its middle and goes on with another mapping misses nobody and erases nobody', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 700 }, pull, push: 'plan' });
  const living = handsOf(loop).living();
  const stop = new AbortController();
  let lists = 0;
  const report = await syncThrough(
    loop,
    {
      async before(path) {
        if (!isList(path)) return;
        lists += 1;
        if (lists < 7) return;
        for (; (await loop.db.sql(`select 1 from source_records where object = 'contacts' limit 1`)).length === 0;);
        stop.abort();
      },
    },
    { signal: stop.signal },
  );
  expect(report.status).toBe('cancelled');
  expect((await readAs(loop))[0]?.n).toBeGreaterThan(0);
  await saveMapping(loop.db, { ...loop, mapping: titled });
  for (const chosen of [{}, {}, { full: true }]) {
    loop.clock.advance(5_000);
    expect((await loop.sync(chosen)).failure).toBeNull();
    expect(await readAs(loop)).toEqual([{ version: 1, n: living.length }]);
  }
  expect(await loop.db.sql('select 1 from leads where erased_at is not null')).toEqual([]);
});

test('a company that another one has absorbed is retired, and later full passes ask for it no more', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 12 }, pull });
  await loop.sync();
  const [first, second] = [...loop.crm.store.table('companies').from(0)].map(({ id }) => id);
  const response = await fetch(`${loop.crm.url}/crm/objects/2026-09/companies/merge`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ primaryObjectId: String(first), objectIdToMerge: String(second) }),
  });
  expect(response.ok).toBe(true);
  const merged = (await response.json()) as { id: string };
  const calls: unknown[] = [];
  for (const _ of ['found', 'settled', 'as ever']) {
    loop.clock.advance(5_000);
    loop.crm.requests.reset();
    expect((await loop.sync({ full: true })).failure).toBeNull();
    calls.push(callsOf(loop.crm));
  }
  expect(
    await loop.db.sql(
      `select external_id, gone_reason from source_records where object = 'companies' and external_id = any($1)
       order by external_id::bigint`,
      [[String(first), String(second), merged.id]],
    ),
  ).toEqual(
    [
      { external_id: String(first), gone_reason: 'merged' },
      { external_id: String(second), gone_reason: 'merged' },
      { external_id: merged.id, gone_reason: null },
    ].toSorted((a, b) => Number(a.external_id) - Number(b.external_id)),
  );
  expect(calls[2]).toEqual(calls[1]);
  expect(Object.keys(calls[2] as object).filter((route) => /companies.*(read|\/\d+$)/.test(route))).toEqual([]);
});

test('a full pass that misses too many stops without erasing, and erases when somebody accepts that they are missing', async () => {
  await using loop = await startLoop({ sandbox: { contacts: 200 }, pull });
  const hands = handsOf(loop);
  await loop.sync();
  const missing = hands.living().slice(0, 60);
  for (const { id } of missing) loop.crm.store.contacts.remove(id);
  loop.clock.advance(5_000);
  for (const chosen of [{ full: true }, {}]) {
    expect(await loop.sync(chosen)).toMatchObject({ status: 'failed', failure: { code: 'census-drop' } });
    expect(await loop.db.sql('select 1 from leads where erased_at is not null')).toEqual([]);
  }
  expect((await loop.sync({ acceptMissing: true })).failure).toBeNull();
  expect(
    new Set(
      await reasons(
        loop,
        missing.map(({ id }) => id),
      ),
    ),
  ).toEqual(new Set(['erased']));
  expect(await loop.db.sql('select 1 from leads where erased_at is not null')).not.toEqual([]);
  expect((await loop.sync({ full: true })).failure).toBeNull();
});
