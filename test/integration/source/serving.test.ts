import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eraseLeads } from '../../../src/db/queries/erase-leads.ts';
import { openOn } from '../../support/loop-app.ts';
import { startShop } from '../../support/source.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

test('from a file: applied, checked, read, listed, exported, and the second time nothing is to be done', async () => {
  await using shop = await startShop();
  await using folder = await tempFolder();
  const file = join(folder.path, 'leadloop.yaml');
  await writeFile(join(folder.path, 'address'), `${shop.theirs.url}\n`);
  await writeFile(
    file,
    `orgs:
  - slug: acme
    sources:
      - name: product-usage
        kind: usage
        database: { file: address }
        query: |
          select user_email, captured_at, api_calls as api_calls_30d
          from usage_daily where captured_at >= $1 -- new ones
        since: { column: captured_at, first: "2026-01-01" }
        columns: { email: user_email }
`,
  );
  await shop.theirs.sql('alter table usage_daily rename email to user_email');
  await shop.theirs.sql(
    `insert into usage_daily values ('ada@engine.example', '2026-11-01', '100'), ('nobody', '2026-11-02', '5')`,
  );
  await using app = await openOn(shop);
  expect((await app.apply(file, { dryRun: true })).map(({ subject }) => subject)).toContain('source');
  expect(await shop.db.sql('select 1 from data_sources')).toEqual([]);
  await app.apply(file, { dryRun: false });

  const { connections, sources } = await app.check('product-usage', quiet().signal);
  expect(connections).toEqual([]);
  expect(sources).toEqual([
    {
      name: 'product-usage',
      findings: [
        expect.objectContaining({ level: 'ok', message: 'answers with user_email, captured_at, api_calls_30d' }),
        expect.objectContaining({
          level: 'warning',
          message: '1 of the first 2 cannot be used: email is not an e-mail address',
        }),
      ],
    },
  ]);
  expect(await shop.db.sql('select 1 from developer_signups')).toEqual([]);

  const options = { org: null, full: false, ...quiet() };
  expect(await app.importSource('product-usage', options)).toMatchObject({
    status: 'partial',
    counts: { pulled: 2, created: 1, rejected: 1 },
  });
  await expect(app.importSource('product-usages', options)).rejects.toMatchObject({
    code: 'source-unknown',
    remedy: 'Name one of: product-usage --org acme',
  });
  expect(await app.rejected.list({ connection: null, limit: 5 })).toMatchObject([
    { connection: 'product-usage', object: 'usage', externalId: 'nobody', field: 'email', code: 'invalid', times: 1 },
  ]);

  const exported = await app.export();
  expect(exported).not.toContain(new URL(shop.theirs.url).password);
  await writeFile(file, exported);
  const again = await app.apply(file, { dryRun: false });
  expect(again.filter(({ action }) => action !== 'none')).toEqual([]);
  const [stored] = await shop.db.sql<{ sealed: Buffer }>('select database_sealed as sealed from data_sources');
  expect(stored?.sealed.toString('latin1')).not.toContain('postgres');
  expect(
    await shop.db.sql(`select action, subject from audit_log where subject = 'product-usage' order by id`),
  ).toEqual([
    { action: 'source.create', subject: 'product-usage' },
    { action: 'address.create', subject: 'product-usage' },
  ]);
});

test('a daemon reads on schedule, and not what is paused', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-01', '100')`);
  await shop.apply([{}, { name: 'at-rest' }, { name: 'by-hand' }]);
  await shop.db.sql(`update data_sources set schedule = '* * * * * *' where name <> 'by-hand'`);
  await shop.db.sql(
    `insert into pauses (org_id, source_id, direction, reason, created_at, created_by)
     select org_id, id, 'all', 'somebody looks at it', now(), 'test' from data_sources where name = 'at-rest'`,
  );
  await using app = await openOn(shop);
  const stop = new AbortController();
  const served = app.serve({ roles: ['scheduler', 'worker'], port: null, host: null, signal: stop.signal });
  const runs = () =>
    shop.db.sql<{ name: string; status: string }>(
      'select s.name, r.status from sync_runs r join data_sources s on s.id = r.source_id order by r.started_at',
    );
  // The others have had their chance as well by the second turn.
  while ((await runs()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  stop.abort();
  await served;
  expect((await runs())[0]).toEqual({ name: 'product-usage', status: 'succeeded' });
  expect(new Set((await runs()).map(({ name }) => name))).toEqual(new Set(['product-usage']));
  expect(await shop.usage()).toHaveLength(1);
});

test('whoever is erased is in no rejected row, then and later', async () => {
  await using shop = await startShop();
  await shop.theirs.sql(`insert into usage_daily values
    ('Ada@engine.example', '2026-11-01', 'many'), ('Ada L <ada@engine.example> (old)', '2026-11-02', '1'), ('eve@engine.example', '2026-11-03', 'many')`);
  await shop.apply([{}]);
  await shop.run();
  expect(await shop.rejects()).toHaveLength(3);
  const [org] = await shop.db.sql<{ id: string }>('select id from orgs');
  const [lead] = await shop.db.sql<{ id: string }>(
    `insert into leads (org_id, email) values ($1, 'ada@engine.example') returning id`,
    [org!.id],
  );
  const [connection] = await shop.db.sql<{ id: string }>(
    `insert into connections (org_id, name, kind) values ($1, 'crm', 'hubspot') returning id`,
    [org!.id],
  );
  await shop.db.sql(
    `insert into source_records (org_id, connection_id, object, external_id, kind, modified_at, fields, mapping_version, lead_id,
       gone_at, gone_reason) values ($1, $2, 'contacts', '1', 'lead', now(), '{}', 1, $3, now(), 'erased')`,
    [org!.id, connection!.id, lead!.id],
  );
  await shop.db.database.transaction(org!.id, (tx) => eraseLeads(tx, [lead!.id]));
  const left = await shop.rejects();
  expect(left.map(({ fields }) => fields)).toEqual([expect.objectContaining({ email: 'eve@engine.example' })]);

  // Their rows are still over there: neither the good one nor the bad one is kept.
  await shop.theirs.sql(`delete from usage_daily where email like '%old%'`);
  await shop.theirs.sql(`insert into usage_daily values ('ada@engine.example', '2026-11-04', '7')`);
  expect(await shop.run({ full: true })).toMatchObject({
    status: 'partial',
    counts: { pulled: 3, created: 0, rejected: 1, gone: 2 },
  });
  expect(JSON.stringify(await shop.rejects())).not.toMatch(/ada/iu);
});
