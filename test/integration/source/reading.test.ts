import { expect, test } from 'vitest';
import { openForeign } from '../../../src/db/foreign-query.ts';
import { startShop } from '../../support/source.ts';

const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T00:00:00Z`;

test('what is new comes in, what is known changes nothing, and ties are read again', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values
    ('grace@navy.example', '2026-11-02', '200'), ('ada@engine.example', '2026-11-01', '100'),
    ('old@engine.example', '2025-12-31', '1')`);
  await shop.apply([{}]);
  expect(await shop.run()).toMatchObject({
    status: 'succeeded',
    source: 'product-usage',
    counts: { pulled: 2, created: 2, rejected: 0, scored: 2 },
  });
  const first = [
    { email: 'ada@engine.example', at: new Date(day(1)), calls: 100 },
    { email: 'grace@navy.example', at: new Date(day(2)), calls: 200 },
  ];
  expect(await shop.usage()).toEqual(first);
  expect((await shop.position()).watermark).toBe('2026-11-02 00:00:00+00');

  // One more at the very instant that was read last, and nothing else: the tie is read with it, and is known.
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-02', '110')`);
  expect((await shop.run()).counts).toMatchObject({ pulled: 2, created: 1, changed: 1 });
  expect(await shop.usage()).toHaveLength(3);
  expect((await shop.run()).counts).toMatchObject({ pulled: 2, created: 0, changed: 0, scored: 0 });
  expect(await shop.db.sql('select kind, status from sync_runs')).toEqual(
    Array.from({ length: 3 }, () => ({ kind: 'import', status: 'succeeded' })),
  );
});

test('instants keep their microseconds, so that the last row alone is read again', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values
    ('ada@engine.example', '2026-11-01 10:00:00.123456+02', '1'), ('ada@engine.example', '2026-11-01 10:00:00.123457+02', '2')`);
  await shop.apply([{}]);
  await shop.run();
  expect((await shop.position()).watermark).toBe('2026-11-01 08:00:00.123457+00');
  expect((await shop.run()).counts.pulled).toBe(1);
});

test('values come as JSON would hold them, and what a number cannot hold stays a text', async () => {
  await using shop = await startShop();
  const values: readonly (readonly [string, unknown])[] = [
    [`timestamptz '2026-11-01 10:00:00.5+02'`, '2026-11-01T08:00:00.5Z'],
    [`timestamp '2026-11-01 10:00'`, '2026-11-01T10:00:00Z'],
    [`date '2026-11-01'`, '2026-11-01'],
    ['9007199254740991::bigint', 9_007_199_254_740_991],
    ['9007199254740993::bigint', '9007199254740993'],
    ['12.50::numeric', 12.5],
    [`'NaN'::float8`, 'NaN'],
    ['true', true],
    ['null::text', null],
    [`array['a', 'b, "c"']`, ['a', 'b, "c"']],
    [`'["a"]'::jsonb`, ['a']],
    [`'{"a": 1}'::json`, { a: 1 }],
    [`interval '1 day'`, '1 day'],
    [`'00000000-0000-0000-0000-000000000001'::uuid`, '00000000-0000-0000-0000-000000000001'],
  ];
  // As a server elsewhere may be set up.
  await shop.theirs
    .sql(`do $$ begin execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database());
    execute format('alter database %I set datestyle = ''German''', current_database()); end $$`);
  const text = `select ${values.map(([expression], index) => `${expression} as c${index}`).join(', ')}`;
  await using rows = await openForeign({
    url: shop.theirs.url,
    text,
    since: null,
    signal: new AbortController().signal,
  });
  expect((await rows.next(1)).rows).toEqual([values.map(([, value]) => value)]);
});

test('without since the whole query is read each time, and only what has changed is written', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(
    `create table company (domain text, name text, staff bigint, funding numeric, stack text[], more jsonb)`,
  );
  await shop.theirs.sql('grant select on company to leadloop_test');
  await shop.theirs.sql(`insert into company values
    ('velocitypay.example', 'VelocityPay', 180, 45000000.00, '{AWS,"Post;greSQL"}', '["React"]'), ('homefront.example', 'HomeFront', null, null, null, null)`);
  await shop.apply([
    {
      kind: 'companies',
      query: 'select domain, name, staff as employee_count, funding, stack from company -- all of them',
      since: null,
      columns: { company_name: 'name', total_funding_usd: 'funding', tech_stack: 'stack' },
    },
  ]);
  expect((await shop.run()).counts).toMatchObject({ pulled: 2, created: 2 });
  expect(
    await shop.db.sql(
      'select company_name, employee_count, total_funding_usd, tech_stack from company_enrichment order by 1',
    ),
  ).toEqual([
    { company_name: 'HomeFront', employee_count: null, total_funding_usd: null, tech_stack: [] },
    {
      company_name: 'VelocityPay',
      employee_count: 180,
      total_funding_usd: 45_000_000,
      tech_stack: ['AWS', 'Post;greSQL'],
    },
  ]);
  await shop.theirs.sql(`update company set staff = 40 where name = 'HomeFront'`);
  expect((await shop.run()).counts).toMatchObject({ pulled: 2, created: 0, changed: 1 });
  expect((await shop.position()).watermark).toBeNull();
});

test('a row that cannot be used is kept with its reason, the others land, and it is closed once it is mended', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values
    ('ada@engine.example', '2026-11-01', '100'), ('nobody', '2026-11-02', '5'), ('eve@engine.example', '2026-11-03', 'many')`);
  await shop.apply([{}]);
  expect(await shop.run()).toMatchObject({ status: 'partial', counts: { pulled: 3, created: 1, rejected: 2 } });
  const nobody = { email: 'nobody', captured_at: '2026-11-02T00:00:00Z', api_calls_30d: '5' };
  const kept = { times: 1, resolved: false, code: 'invalid' };
  const rejects = await shop.rejects();
  expect(rejects).toMatchObject([
    { ...kept, field: 'email', fields: nobody },
    { ...kept, field: 'api_calls_30d' },
  ]);
  for (const { message } of rejects) expect(message).not.toMatch(/nobody|many/u);
  // Only the last row is at the watermark.
  await shop.run();
  expect((await shop.rejects()).map(({ times }) => times)).toEqual([1, 2]);

  await shop.theirs.sql(`update usage_daily set email = 'bob@engine.example' where email = 'nobody'`);
  expect(await shop.run({ full: true })).toMatchObject({
    status: 'partial',
    counts: { pulled: 3, created: 1, rejected: 1 },
  });
  expect(await shop.rejects()).toMatchObject([
    { field: 'email', resolved: true, fields: {} },
    { field: 'api_calls_30d', resolved: false, times: 3 },
  ]);
});

test('an instant in the future is rejected and does not hide what comes after it', async () => {
  await using shop = await startShop(() => new Date(day(10)));
  await shop.theirs.sql(`insert into usage_daily values
    ('ada@engine.example', '2026-11-01', '100'), ('eve@engine.example', '2031-01-01', '1'), ('eve@engine.example', 'infinity', '1')`);
  await shop.apply([{}]);
  expect((await shop.run()).counts).toMatchObject({ pulled: 3, created: 1, rejected: 2 });
  expect((await shop.position()).watermark).toBe('2026-11-01 00:00:00+00');
  await shop.theirs.sql(`insert into usage_daily values ('grace@navy.example', '2026-11-02', '200')`);
  expect((await shop.run()).counts).toMatchObject({ created: 1, rejected: 2 });
  expect(await shop.usage()).toHaveLength(2);
});

test('another question starts from the beginning, another schedule does not', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-01', '100')`);
  await shop.apply([{}]);
  await shop.run();
  const read = await shop.position();
  await shop.apply([{ schedule: '0 * * * *', timezone: 'Europe/Berlin' }]);
  expect((await shop.position()).watermark).toBe(read.watermark);
  await shop.apply([
    { query: 'select email, captured_at, 7 as project_count, api_calls from usage_daily where captured_at >= $1' },
  ]);
  expect((await shop.position()).watermark).toBeNull();
  expect((await shop.run()).counts).toMatchObject({ pulled: 1, changed: 1 });
});

test('what an organisation reads is its own', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(
    `insert into usage_daily values ('ada@engine.example', '2026-11-01', '100'), ('nobody', '2026-11-02', '1')`,
  );
  await shop.apply([{}]);
  await shop.apply([{}], 'umbrella');
  await shop.run({ org: 'umbrella' });
  expect(await shop.usage('umbrella')).toHaveLength(1);
  expect(await shop.usage('acme')).toEqual([]);
  const [acme] = await shop.db.sql<{ id: string }>(`select id from orgs where slug = 'acme'`);
  const seen = await shop.db.database.transaction(acme!.id, async (tx) => [
    await tx.query('select name, watermark from data_sources'),
    await tx.query('select 1 from source_rejects'),
    await tx.query('select 1 from sync_runs'),
  ]);
  expect(seen).toEqual([[{ name: 'product-usage', watermark: null }], [], []]);
  await shop.run();
  expect(await shop.usage('acme')).toHaveLength(1);
});
