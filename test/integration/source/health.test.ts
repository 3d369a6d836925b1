import { expect, test } from 'vitest';
import { migrate, revertMigrations } from '../../../src/db/migrate.ts';
import { standingOf } from '../../../src/health/standing.ts';
import { openOn } from '../../support/loop-app.ts';
import { type Shop, startShop } from '../../support/source.ts';
import { json, startScripted } from '../../support/scripted-server.ts';

const reading = () => ({
  org: null,
  full: false,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

async function standing({ db }: Shop) {
  const [source] = await db.sql<{ id: string; orgId: string }>('select id, org_id as "orgId" from data_sources');
  return standingOf({ database: db.database, now: () => new Date() }, { type: 'source', ...source! });
}

/** Theirs, but for the name that it asks with. */
function strange({ theirs }: Shop): string {
  const url = new URL(theirs.url);
  url.username = 'nobody_we_know';
  return url.href;
}

test('an address that is refused pauses a source, with one alert; another is tried at once, heals it, and is told', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-01', '100')`);
  await shop.apply([{}], 'acme', strange(shop));
  await using slack = await startScripted((_, response) => json(response, 200, 'ok'));
  await using app = await openOn(shop, { alertUrl: `${slack.url}/services/secret` });
  expect(await app.importSource('product-usage', reading())).toMatchObject({ status: 'failed' });
  expect(await app.importSource('product-usage', reading())).toMatchObject({ status: 'failed' });
  expect(await standing(shop)).toMatchObject({ pull: false, until: expect.any(Date) as Date });

  const { needsPerson, orgs } = await app.status(null);
  expect(needsPerson).toContain('acme/sources/product-usage');
  expect(orgs[0]!.sources[0]).toMatchObject({
    health: {
      state: 'paused',
      code: 'source-refused',
      failuresInRow: 2,
      remedy: expect.stringMatching(/\w/u) as string,
    },
  });
  expect(await app.doctor({ isOffline: true, signal: new AbortController().signal })).toContainEqual(
    expect.objectContaining({ level: 'failure', subject: 'source acme/product-usage' }),
  );

  // What the alert says helps: a connection may be called as the source is.
  const [alert] = await shop.db.sql<{ title: string; text: string }>('select title, text from alerts');
  expect(alert!.title).toBe('acme/sources/product-usage is paused');
  const [, named] = /leadloop resume (\S+)$/u.exec(alert!.text) ?? [];
  await shop.db.sql(`insert into connections (org_id, name, kind) select id, 'product-usage', 'hubspot' from orgs`);
  expect(await app.resume({ org: null, name: named!, direction: 'all' })).toMatchObject({
    of: 'source',
    triedAtOnce: 1,
  });
  await shop.db.sql('delete from connections');
  expect(await standing(shop)).toMatchObject({ pull: true });
  await app.importSource('product-usage', reading());

  await shop.apply([{}]);
  expect(await standing(shop)).toMatchObject({ pull: true });
  expect(await app.importSource('product-usage', reading())).toMatchObject({ status: 'succeeded' });
  expect((await app.status(null)).needsPerson).toEqual([]);
  expect(slack.seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    expect.objectContaining({ connection: null, source: 'product-usage', status: 'paused', code: 'source-refused' }),
    expect.objectContaining({ connection: null, source: 'product-usage', status: 'healthy', code: null }),
  ]);
});

test('a person who keeps an organisation from writing says nothing of its sources', async () => {
  await using shop = await startShop();
  await shop.apply([{}]);
  await using app = await openOn(shop);
  const source = async () => (await app.status(null)).orgs[0]!.sources[0]!;
  await app.pause({ org: 'acme', name: null, direction: 'push', reason: 'sales cleans up' });
  expect(await source()).toMatchObject({ pauses: [], runs: { pull: true, reason: null } });
  await app.pause({ org: 'acme', name: null, direction: 'pull', reason: 'moving house' });
  expect(await source()).toMatchObject({
    runs: { pull: false, reason: 'the organisation is paused (pull only): moving house' },
  });
});

test('sources that were dead before there was a word for it are so afterwards', async () => {
  await using shop = await startShop();
  await shop.apply([{}, { name: 'well' }, { name: 'new' }, { name: 'away' }]);
  await revertMigrations(shop.db.database, 'previous');
  await shop.db.sql(
    `insert into sync_runs (id, org_id, source_id, kind, status, failure, started_at, heartbeat_at, ended_at)
     select gen_random_uuid(), s.org_id, s.id, 'import', r.status, r.failure, r.at::timestamptz, r.at::timestamptz, r.at::timestamptz
     from data_sources s join (values
       ('product-usage', 'succeeded', null::jsonb, '2026-11-20'),
       ('product-usage', 'failed', '{"code": "source-refused", "message": "No.", "recovery": "reauthorise", "remedy": "Renew."}', '2026-11-21'),
       ('well', 'failed', '{"code": "source-refused", "message": "No.", "recovery": "reauthorise", "remedy": "Renew."}', '2026-11-20'),
       ('well', 'partial', null, '2026-11-21'),
       ('away', 'failed', '{"code": "source-unavailable", "message": "Away.", "recovery": "retry", "remedy": "Wait."}', '2026-11-21')
     ) r (name, status, failure, at) on r.name = s.name`,
  );
  await migrate(shop.db.database);
  const states = await shop.db.sql(
    `select s.name, h.state, h.code, h.remedy, h.last_success_at as "lastSuccessAt" from source_health h
     join data_sources s on s.id = h.source_id order by s.name`,
  );
  const good = new Date('2026-11-20T00:00:00Z');
  expect(states).toEqual([
    { name: 'away', state: 'failing', code: 'source-unavailable', remedy: 'Wait.', lastSuccessAt: null },
    { name: 'product-usage', state: 'paused', code: 'source-refused', remedy: 'Renew.', lastSuccessAt: good },
    { name: 'well', state: 'healthy', code: null, remedy: null, lastSuccessAt: new Date('2026-11-21T00:00:00Z') },
  ]);
});

test('a database that is away for three turns waits, and resume tries it at the next one', async () => {
  await using shop = await startShop();
  const away = new URL(shop.theirs.url);
  away.port = '1';
  await shop.apply([{}], 'acme', away.href);
  await using app = await openOn(shop);
  const read = () => app.importSource('product-usage', reading());
  expect([await read(), await read()]).toMatchObject([{ status: 'failed' }, { status: 'failed' }]);
  expect(await standing(shop)).toMatchObject({ pull: true });
  await read();
  expect(await standing(shop)).toMatchObject({ pull: false });
  const wish = { org: null, name: 'product-usage', direction: 'all' } as const;
  expect(await app.resume(wish)).toMatchObject({ of: 'source', changed: true, triedAtOnce: 1 });
  expect(await standing(shop)).toMatchObject({ pull: true });
  expect(await app.resume({ ...wish, name: null })).toMatchObject({ changed: false, triedAtOnce: 0 });
});
