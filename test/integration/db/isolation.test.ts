import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrgId } from '../../../src/model/values.ts';
import { anyRow, type Catalogue, fillEveryTable, insertText, readCatalogue, type Row } from '../../support/any-row.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

// The catalogue is walked, so that a table that a later migration adds is tested without a change here.
const db: TestDatabase = await testDatabase();
const catalogue: Catalogue = await readCatalogue(db);
/** Of people who sign in, whatever organisations they belong to. */
const outside = ['console_accounts', 'console_links', 'console_sessions', 'sign_in_failures'];
const tenantTables = catalogue.tables.filter((table) => table !== 'orgs' && !outside.includes(table));
let acme: OrgId;
let umbrella: OrgId;
let ours: Map<string, Row>;
let theirs: Map<string, Row>;

beforeAll(async () => {
  [acme, umbrella] = await db.twoOrgs();
  ours = await fillEveryTable(db, catalogue, acme);
  theirs = await fillEveryTable(db, catalogue, umbrella);
});
afterAll(async () => db[Symbol.asyncDispose]());

/** SQLSTATE insufficient_privilege: a missing grant, and also a row that a policy refuses. */
const refused = '42501';

const asAcme = async (text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  db.database.transaction(acme, (tx) => tx.query<Row>(text, values));

const outcome = async (text: string, values: readonly unknown[] = []): Promise<unknown> =>
  asAcme(text, values).then(
    (rows) => rows.length,
    (error: { code?: string }) => error.code ?? error,
  );

test('the walk sees the tables', () => {
  expect(tenantTables.length).toBeGreaterThanOrEqual(28);
  expect(tenantTables).toEqual(expect.arrayContaining(['leads', 'lead_scores', 'push_ledger', 'audit_log']));
});

describe.each(tenantTables)('%s', (table) => {
  test('shows the rows of the own organisation only', async () => {
    const rows = await asAcme(`select org_id from ${table}`);
    expect(rows).toEqual([{ org_id: acme }]);
  });

  test('takes no row for another organisation', async () => {
    const { text, values } = insertText(table, anyRow(catalogue, table, theirs));
    expect(await outcome(text, values)).toBe(refused);
  });

  test('gives no row away to another organisation', async () => {
    expect(await outcome(`update ${table} set org_id = $1 returning 1`, [umbrella])).toBe(refused);
  });

  test('changes and deletes no row of another organisation, whatever its key', async () => {
    const before = await db.sql(`select * from ${table} where org_id = $1`, [umbrella]);
    const column = catalogue.columns.find((one) => one.table === table && one.name !== 'org_id')?.name;
    expect([0, refused]).toContain(
      await outcome(`update ${table} set ${column} = ${column} where org_id = $1 returning 1`, [umbrella]),
    );
    expect([0, refused]).toContain(await outcome(`delete from ${table} where org_id = $1 returning 1`, [umbrella]));
    expect(await db.sql(`select * from ${table} where org_id = $1`, [umbrella])).toEqual(before);
  });

  test('is emptied by nobody', async () => {
    expect(await outcome(`truncate ${table} cascade`)).toBe(refused);
  });
});

test('orgs shows the own organisation, and the application changes none', async () => {
  expect(await asAcme('select id from orgs')).toEqual([{ id: acme }]);
  expect(await outcome(`insert into orgs (slug, name) values ('new', 'new') returning 1`)).toBe(refused);
  expect(await outcome(`update orgs set name = 'x' returning 1`)).toBe(refused);
  expect(await outcome('delete from orgs returning 1')).toBe(refused);
});

test('every view reads with the rights of whoever asks', async () => {
  const views = await db.sql<{
    name: string;
    options: string[] | null;
  }>(`select relname::text as name, reloptions as options
    from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace`);
  expect(views).toEqual([{ name: 'lead_dashboard', options: ['security_invoker=true'] }]);
  const rows = await asAcme('select developer_id from lead_dashboard');
  expect(rows).toEqual([{ developer_id: ours.get('developer_signups')?.['id'] }]);
});

test.each(catalogue.foreignKeys.filter(({ columns }) => columns.length > 1))(
  '$child ($columns) cannot point at a row of another organisation in $parent',
  async ({ child, parent, columns, parentColumns }) => {
    const row = anyRow(catalogue, child, ours);
    columns.forEach((name, index) => {
      if (name !== 'org_id') row[name] = theirs.get(parent)?.[parentColumns[index]!];
    });
    const { text, values } = insertText(child, row);
    const attempt = db.sql(text, values);
    await expect(attempt).rejects.toMatchObject({ code: '23503' });
  },
);

/** Tables that a tenant's rows could leak from: no org_id, or no forced row level security with the tenant policy. */
const unprotected = `
  select relname::text as name from pg_class c
  where relkind in ('r', 'p', 'f') and relnamespace = 'public'::regnamespace and relname not in ('orgs', 'schema_migrations', ${outside.map((table) => `'${table}'`).join(', ')})
    and not (relrowsecurity and relforcerowsecurity
      and exists (select from pg_attribute where attrelid = c.oid and attname = 'org_id' and attnotnull)
      and exists (select from pg_policy where polrelid = c.oid and polname = 'tenant' and polcmd = '*' and polpermissive
        and pg_get_expr(polqual, c.oid) = '(org_id = current_org())'
        and pg_get_expr(polwithcheck, c.oid) = '(org_id = current_org())'))`;

test('every table is protected, and a new one that is not is found', async () => {
  expect(await db.sql(unprotected)).toEqual([]);
  await db.sql('create table forgotten (id int, org_id uuid not null)');
  expect(await db.sql(unprotected)).toEqual([{ name: 'forgotten' }]);
  await db.sql('drop table forgotten');
});

test('no application role may bypass the policies or owns a table', async () => {
  const roles = await db.sql(`select rolname::text as name, rolsuper, rolbypassrls, rolcanlogin,
    exists (select from pg_class where relowner = r.oid) as owns
    from pg_roles r where rolname in ('leadloop_app', 'leadloop_operator') order by 1`);
  const harmless = { rolsuper: false, rolbypassrls: false, rolcanlogin: false, owns: false };
  expect(roles).toEqual([
    { name: 'leadloop_app', ...harmless },
    { name: 'leadloop_operator', ...harmless },
  ]);
});

test('the operator reads of connections no more than the directory', async () => {
  const directory = await db.database.operator((tx) =>
    tx.query('select id, org_id, name, kind, schedule from connections'),
  );
  expect(directory).toHaveLength(2);
  for (const column of ['credentials_sealed', 'settings', 'account_id']) {
    await expect(db.database.operator((tx) => tx.query(`select ${column} from connections`))).rejects.toMatchObject({
      code: refused,
    });
  }
});

test('the operator reads of sources when they run, not what or where', async () => {
  const schedules = await db.database.operator((tx) =>
    tx.query('select id, org_id, name, schedule, timezone from data_sources'),
  );
  expect(schedules).toHaveLength(2);
  for (const column of ['database_sealed', 'query', 'watermark']) {
    await expect(db.database.operator((tx) => tx.query(`select ${column} from data_sources`))).rejects.toMatchObject({
      code: refused,
    });
  }
});

test('the operator reads whose alerts are due and what is paused, not what an alert says', async () => {
  const due = await db.database.operator((tx) => tx.query('select org_id, next_try_at from alerts'));
  const paused = await db.database.operator((tx) =>
    tx.query('select org_id, connection_id, source_id, direction, reason from pauses'),
  );
  expect([due.length, paused.length]).toEqual([2, 2]);
  await expect(db.database.operator((tx) => tx.query('select text from alerts'))).rejects.toMatchObject({
    code: refused,
  });
  await expect(db.database.operator((tx) => tx.query('delete from pauses'))).rejects.toMatchObject({ code: refused });
});

describe('history', () => {
  test.each(['score_history', 'lifecycle_transitions', 'audit_log'])('%s is written once', async (table) => {
    expect(await outcome(`update ${table} set at = now() returning 1`)).toBe(refused);
    expect(await outcome(`delete from ${table} returning 1`)).toBe(refused);
  });

  test('a ledger row is settled once, and what was written is never changed', async () => {
    const fresh = anyRow(catalogue, 'push_ledger', ours);
    const { text, values } = insertText('push_ledger', { ...fresh, outcome: null, settled_at: null });
    const [row] = await asAcme(text, values);
    expect(await outcome(`update push_ledger set after = '1' where id = $1`, [row?.['id']])).toBe(refused);
    const settle = `update push_ledger set outcome = 'applied', settled_at = now() where id = $1 returning 1`;
    expect(await outcome(settle, [row?.['id']])).toBe(1);
    expect(await outcome(settle, [row?.['id']])).toBe('23001');
    expect(await outcome('delete from push_ledger where id = $1', [row?.['id']])).toBe(refused);
  });
});

// Last, because it empties the tables.
test('an organisation that is deleted takes its rows along, and nobody else’s', async () => {
  await db.database.operator((tx) => tx.query('delete from orgs where id = $1', [umbrella]));
  for (const table of tenantTables) {
    expect(await db.sql(`select count(*) from ${table} where org_id = $1`, [umbrella]), table).toEqual([{ count: 0 }]);
    expect(await db.sql(`select from ${table} where org_id = $1`, [acme]), table).not.toHaveLength(0);
  }
});

test.each(outside)('%s is nothing that an organisation may see or change', async (table) => {
  expect(await outcome(`select * from ${table}`)).toBe(refused);
  expect(await outcome(`delete from ${table} returning 1`)).toBe(refused);
  const { text, values } = insertText(table, anyRow(catalogue, table, ours));
  expect(await outcome(text, values)).toBe(refused);
  const [forced] = await db.sql(
    'select relrowsecurity and relforcerowsecurity as forced from pg_class where relname = $1',
    [table],
  );
  expect(forced).toEqual({ forced: true });
});
