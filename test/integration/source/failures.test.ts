import { expect, test } from 'vitest';
import type { SourceSettings } from '../../../src/config/settings.ts';
import { moveWatermark } from '../../../src/db/queries/data-sources.ts';
import { openForeign } from '../../../src/db/foreign-query.ts';
import { startRelay } from '../../support/relay.ts';
import { failingAt, type Shop, startShop, usageQuery } from '../../support/source.ts';

const fixConfig = { status: 'failed', failure: { code: 'source-query', recovery: 'fix-config' } };

test('what is no query that only reads is refused, and nothing is written over there', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-01', '100')`);
  await shop.theirs.sql(
    `create function clear() returns text language sql as 'delete from usage_daily; select null::text'`,
  );
  await shop.theirs.sql('create sequence counter; grant usage on sequence counter to leadloop_test');
  const attempts = [
    'with gone as (delete from usage_daily returning *) select email from gone',
    'select clear() as email',
    `select nextval('counter')::text as email`,
    'select email from usage_daily for update',
    'select email from usage_daily; delete from usage_daily',
    'select email from usage_daily) as q; commit; delete from usage_daily; select (1',
    'delete from usage_daily returning email',
    'values (1); drop table usage_daily',
    `select set_config('transaction_read_only', 'off', true) || clear() as email`,
  ];
  for (const query of attempts) {
    for (const since of [null, { column: 'email', first: '' }]) {
      await shop.apply([{ kind: 'signups', query, since, columns: {} }]);
      expect(await shop.run(), query).toMatchObject(fixConfig);
    }
  }
  expect(await shop.theirs.sql('select email from usage_daily')).toEqual([{ email: 'ada@engine.example' }]);
  expect(await shop.theirs.sql('select is_called from counter')).toEqual([{ is_called: false }]);
  expect(await shop.db.sql('select 1 from developer_signups')).toEqual([]);
});

test.each<{ readonly wrong: Partial<SourceSettings>; readonly message: RegExp; readonly code?: string }>([
  {
    wrong: { query: 'select email,\n  captured_at, api_callz\nfrom usage_daily where captured_at >= $1' },
    message: /in line 2, column 16: column "api_callz" does not exist/u,
  },
  {
    wrong: { query: 'selct email from usage_daily where $1' },
    message: /in line 1, column 13: syntax error at or near/u,
  },
  { wrong: { query: 'select email from nowhere where $1 is null' }, message: /relation "nowhere" does not exist/u },
  { wrong: { since: { column: 'seen_at', first: '2026-01-01' } }, message: /seen_at does not exist/u },
  { wrong: { since: { column: 'captured_at', first: 'yesteryear' } }, message: /SQLSTATE 22007/u },
  {
    wrong: { query: 'select email, captured_at, api_calls::int as api_calls from usage_daily where captured_at >= $1' },
    message: /SQLSTATE 22P02/u,
  },
  {
    wrong: { query: 'select email as mail, captured_at, api_calls from usage_daily where captured_at >= $1' },
    code: 'source-columns',
    message: /column mail: there is no such field. Did you mean email\?\n {2}email is missing/u,
  },
  {
    wrong: { columns: { api_calls_30d: 'calls' } },
    code: 'source-columns',
    message: /column calls, which is to fill api_calls_30d, is not in the result/u,
  },
  {
    wrong: { columns: { api_calls_30d: 'api_calls', api_calls_prev_30d: 'api_calls' } },
    code: 'source-columns',
    message: /column api_calls is to fill api_calls_30d and api_calls_prev_30d/u,
  },
])('a wrong $wrong says what is wrong, and quotes no row', async ({ wrong, message, code = 'source-query' }) => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-01', 'hush')`);
  await shop.apply([wrong]);
  const { status, failure } = await shop.run();
  expect({ status, code: failure?.code, recovery: failure?.recovery }).toEqual({
    status: 'failed',
    code,
    recovery: 'fix-config',
  });
  expect(failure?.message).toMatch(message);
  expect(JSON.stringify(failure)).not.toMatch(/hush|ada@|yesteryear/u);
  const [finding] = (await shop.check()).findings;
  expect(finding).toEqual({ level: 'failure', subject: code, message: failure?.message, remedy: failure?.remedy });
});

test('an address that does not work says what would help', async () => {
  await using shop = await startShop();
  const address = (change: (url: URL) => void): string => {
    const url = new URL(shop.theirs.url);
    change(url);
    return url.href;
  };
  const cases: readonly (readonly [string, string, string])[] = [
    [address((url) => (url.username = 'nobody_we_know')), 'source-refused', 'reauthorise'],
    [address((url) => (url.pathname = '/not_there')), 'source-query', 'fix-config'],
    [address((url) => (url.port = '1')), 'source-unavailable', 'retry'],
    ['mysql://root:hush@localhost/shop', 'source-address', 'fix-config'],
    ['postgres://leadloop:hush@[/', 'source-address', 'fix-config'],
  ];
  for (const [url, code, recovery] of cases) {
    await shop.apply([{}], 'acme', url);
    const { failure } = await shop.run();
    expect(failure, url).toMatchObject({ code, recovery });
    expect(JSON.stringify(failure)).not.toMatch(/hush|leadloop_test/u);
  }
});

const rows = 240;
const batchRows = 100;

async function fill(shop: Shop): Promise<void> {
  // Ties everywhere, and in no order.
  await shop.theirs.sql(
    `insert into usage_daily select 'user' || g || '@gmail.com', timestamptz '2026-11-01' + (g / 7) * interval '1 s', g::text
     from generate_series(1, $1) g order by g % 13`,
    [rows],
  );
}

const total = async ({ db }: Shop): Promise<unknown> =>
  (await db.sql('select count(*)::int as n, sum(api_calls_30d)::bigint as calls from internal_signals'))[0];

const everything = { n: rows, calls: (rows * (rows + 1)) / 2 };

test('struck down at any transaction it loses nothing, and repeating is harmless', async () => {
  await using shop = await startShop();
  await fill(shop);
  await shop.apply([{ query: `${usageQuery} -- in no order` }]);
  const seen: number[] = [];
  for (let at = 1; at < 12; at += 1) {
    const database = failingAt(shop.db.database, (nth) => nth === at);
    const isStruck = await shop.run({ database, batchRows }).then(
      () => false,
      (error: Error) => error.message === 'struck down',
    );
    const { n } = (await total(shop)) as { n: number };
    seen.push(n);
    if (!isStruck) break;
  }
  // It was struck before the first batch and between batches.
  expect(seen).toEqual(expect.arrayContaining([0, batchRows]));
  expect(seen.at(-1)).toBe(rows);
  expect(await total(shop)).toEqual(everything);
  expect(await shop.run()).toMatchObject({ status: 'succeeded', counts: { created: 0, changed: 0 } });
  expect(await total(shop)).toEqual(everything);
  expect(await shop.db.sql(`select 1 from sync_runs where status = 'running'`)).toEqual([]);
});

test('stopped between two batches it is cancelled, and goes on from there', async () => {
  await using shop = await startShop();
  await fill(shop);
  await shop.apply([{}]);
  const stop = new AbortController();
  const stopped = await shop.run({ batchRows, signal: stop.signal, onProgress: () => stop.abort() });
  expect(stopped).toMatchObject({ status: 'cancelled', failure: null, counts: { pulled: batchRows } });
  const went = await shop.run();
  expect(went.counts.pulled).toBeLessThan(rows - batchRows + 7);
  expect(await total(shop)).toEqual(everything);
});

test('one run at a time, and whoever comes late moves nothing', async () => {
  await using shop = await startShop();
  await shop.apply([{}]);
  const [source] = await shop.db.sql<{ id: string; org_id: string }>('select id, org_id from data_sources');
  await using lock = await shop.db.database.lock(`source ${source!.id}`);
  expect(lock).not.toBeNull();
  await expect(shop.run()).rejects.toMatchObject({ code: 'run-active', exitCode: 75 });
  const position = { id: source!.id, ...(await shop.position()) };
  const move = (watermark: string): Promise<unknown> =>
    shop.db.database.transaction(source!.org_id, (tx) => moveWatermark(tx, position, watermark));
  await move('first');
  await expect(move('late')).rejects.toMatchObject({ code: 'run-superseded' });
  expect((await shop.position()).watermark).toBe('first');
});

test('rows come through a cursor, so many at a time, and a stop ends the query over there', async () => {
  await using shop = await startShop();
  const stop = new AbortController();
  const query = { url: shop.theirs.url, text: `select g from generate_series(1, 12000) g`, since: null };
  await using foreign = await openForeign({ ...query, signal: stop.signal });
  const lengths: number[] = [];
  for (let read = -1; read !== 0; lengths.push(read)) read = (await foreign.next(5_000)).rows.length;
  expect(lengths).toEqual([5_000, 5_000, 2_000, 0]);
  const ours = `select query from pg_stat_activity where datname = current_database() and application_name = 'leadloop'
    and state = 'idle in transaction'`;
  expect(await shop.theirs.sql(ours)).toEqual([{ query: 'fetch 5000 from leadloop' }]);
  const late = openForeign({ ...query, text: 'select pg_sleep(60)', signal: stop.signal }).then((open) => open.next(1));
  const ended = late.then(
    () => 'answered',
    (error: Error) => error.name,
  );
  for (;;) {
    const [busy] = await shop.theirs.sql(`select 1 from pg_stat_activity where wait_event = 'PgSleep'`);
    if (busy !== undefined) break;
  }
  stop.abort();
  expect(await ended).toBe('AbortError');
});

test('a server that vanishes while it is read is waited for no longer than a statement may take', async () => {
  await using shop = await startShop();
  await using relay = await startRelay(shop.theirs.url);
  const { signal } = new AbortController();
  const text = 'select g from generate_series(1, 12000) g';
  await using rows = await openForeign({ url: relay.url, text, since: null, signal, silenceMs: 3_000 });
  expect((await rows.next(5_000)).rows).toHaveLength(5_000);
  relay.freeze();
  await expect(rows.next(5_000)).rejects.toMatchObject({ code: 'source-unavailable', recovery: 'retry' });
});
