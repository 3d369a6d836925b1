import { expect, test } from 'vitest';
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
  expect(needsPerson).toContain('acme/product-usage');
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

  await shop.apply([{}]);
  expect(await standing(shop)).toMatchObject({ pull: true });
  expect(await app.importSource('product-usage', reading())).toMatchObject({ status: 'succeeded' });
  expect((await app.status(null)).needsPerson).toEqual([]);
  expect(slack.seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    expect.objectContaining({ connection: null, source: 'product-usage', status: 'paused', code: 'source-refused' }),
    expect.objectContaining({ connection: null, source: 'product-usage', status: 'healthy', code: null }),
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
