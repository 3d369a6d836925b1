import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { migrate, pendingMigrations, revertMigrations } from '../../../src/db/migrate.ts';
import { testDatabase } from '../../support/database.ts';

const all = [
  '20261122090000_initial',
  '20261126090000_two_crms',
  '20261127090000_product_led_growth',
  '20261127100000_data_sources',
  '20261127105000_ticks',
  '20261127110000_daily_pool',
  '20261127120000_freshness',
  '20261127130000_connection_health',
  '20261127140000_change_hints',
  '20261128080000_hints_without_times',
  '20261128090000_console',
  '20261128091000_connection_versions',
  '20261128092000_profile_tests',
  '20261128110000_lead_lists',
  '20261128111000_run_details',
  '20261128115000_accounts_without_end',
  '20261128120000_consents',
  '20261128130000_lead_tiers',
  '20261129090000_source_health',
];
const tables = `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')
  and relname <> 'schema_migrations'`;

test('migrations build an empty database, once', async () => {
  await using db = await testDatabase({ isEmpty: true });
  expect(await pendingMigrations(db.database)).toEqual(all);
  expect(await migrate(db.database)).toEqual(all);
  expect(await pendingMigrations(db.database)).toEqual([]);
  expect(await migrate(db.database)).toEqual([]);
});

test('a run on a database with data changes nothing', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  await db.sql(`insert into leads (org_id, email) values ($1, 'a@b.c')`, [orgId]);
  expect(await migrate(db.database)).toEqual([]);
  expect(await db.sql('select email from leads')).toEqual([{ email: 'a@b.c' }]);
});

test('two processes that migrate at once do not collide', async () => {
  await using db = await testDatabase({ isEmpty: true });
  const other = await openDatabase({ url: db.url, home: '' });
  const applied = await Promise.all([migrate(db.database), migrate(other)]);
  await other.close();
  expect(applied.flat()).toEqual(all);
});

test('down leaves nothing, and up works again', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  // A run of a kind that earlier schemas do not know.
  await db.sql(
    `insert into sync_runs (id, org_id, kind, status, started_at, heartbeat_at)
     values (gen_random_uuid(), $1, 'import', 'succeeded', now(), now())`,
    [orgId],
  );
  expect(await revertMigrations(db.database, 'nothing')).toEqual(all.toReversed());
  expect(await db.sql(tables)).toEqual([{ count: 0 }]);
  expect(await db.sql(`select proname from pg_proc where pronamespace = 'public'::regnamespace`)).toEqual([]);
  expect(
    await db.sql(`select typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'`),
  ).toEqual([]);
  expect(await migrate(db.database)).toEqual(all);
});

/** What the migrations own and MikroORM is not told: it would drop these, and nothing else. */
const unknownToTheOrm = [
  /^drop view if exists "lead_dashboard" cascade;$/,
  /^drop policy "(tenant|directory)" on "\w+";$/,
  /^alter table "\w+" (no force|disable) row level security;$/,
  /^alter table "\w+" drop constraint "\w+_(fkey|key|check)";$/,
  /^drop index "\w+_idx";$/,
];

test('the entities say of tables, columns, types, defaults and generated columns what the database says', async () => {
  await using db = await testDatabase();
  const difference = await db.database.orm.schema.getUpdateSchemaSQL({ wrap: false });
  const lines = difference.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !unknownToTheOrm.some((pattern) => pattern.test(line)))).toEqual([]);
  // The check would pass idly if the ORM compared nothing.
  expect(lines).toContain('drop policy "tenant" on "leads";');
  await db.sql('alter table leads alter column title type text, drop column industry');
  const drifted = await db.database.orm.schema.getUpdateSchemaSQL({ wrap: false });
  expect(drifted).toMatch(/alter table "leads" add "industry" varchar\(200\)/);
  expect(drifted).toMatch(/alter column "title" type varchar\(200\)/);
});
