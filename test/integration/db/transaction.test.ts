import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { LeadSource } from '../../../src/db/entities/lead-source.ts';
import { Org } from '../../../src/db/entities/org.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => db[Symbol.asyncDispose]());

const sourceNames = async (orgId: string): Promise<string[]> => {
  const rows = await db.sql<{ name: string }>('select name from lead_sources where org_id = $1 order by name', [orgId]);
  return rows.map(({ name }) => name);
};
const insertSource = 'insert into lead_sources (org_id, name) values (current_org(), $1)';

test('a transaction runs as the application role of its organisation', async () => {
  const orgId = await db.org('role');
  const rows = await db.database.transaction(orgId, (tx) =>
    tx.query('select current_user as role, current_org() as org'),
  );
  expect(rows).toEqual([{ role: 'leadloop_app', org: orgId }]);
});

test('an organisation id is never read as SQL', async () => {
  const attack = `x'; set local role postgres; --`;
  await expect(db.database.transaction(attack, (tx) => tx.query('select * from leads'))).rejects.toThrow(/uuid/);
});

test('statement and entity manager share the transaction: both are undone together', async () => {
  const orgId = await db.org('shared');
  const attempt = db.database.transaction(orgId, async (tx) => {
    await tx.query(insertSource, ['by statement']);
    const seen = await tx.em.find(LeadSource, {});
    expect(seen.map(({ name }) => name)).toEqual(['by statement']);
    tx.em.create(LeadSource, { orgId, name: 'by entity' });
    await tx.em.flush();
    expect(await tx.query('select from lead_sources')).toHaveLength(2);
    throw new Error('changed my mind');
  });
  await expect(attempt).rejects.toThrow('changed my mind');
  expect(await sourceNames(orgId)).toEqual([]);
});

test('entities that were changed are flushed before the commit', async () => {
  const orgId = await db.org('flush');
  await db.database.transaction(orgId, async (tx) => void tx.em.create(LeadSource, { orgId, name: 'late' }));
  expect(await sourceNames(orgId)).toEqual(['late']);
});

test('a nested transaction of the entity manager is a savepoint', async () => {
  const orgId = await db.org('savepoint');
  await db.database.transaction(orgId, async (tx) => {
    await tx.query(insertSource, ['kept']);
    const inner = tx.em.transactional(async (em) => {
      await em
        .getConnection()
        .execute(
          'insert into lead_sources (org_id, name) values (?, ?)',
          [orgId, 'undone'],
          'run',
          em.getTransactionContext(),
        );
      throw new Error('inner');
    });
    await expect(inner).rejects.toThrow('inner');
  });
  expect(await sourceNames(orgId)).toEqual(['kept']);
});

test('no role and no organisation stay behind in a pooled connection', async () => {
  const orgId = await db.org('left');
  const one = await openDatabase({ url: db.url, home: '', poolSize: 1 });
  const pool = await one.orm.em.getConnection().getNativeClient();
  const state = async (): Promise<unknown> =>
    (await pool.query(`select current_user as role, current_org() as org, pg_backend_pid() as pid`)).rows[0];
  const before = await state();
  await one.transaction(orgId, (tx) => tx.query('select 1'));
  expect(await state()).toEqual(before);
  await expect(one.transaction(orgId, (tx) => tx.query('select 1/0'))).rejects.toThrow('division by zero');
  expect(await state()).toEqual(before);
  await one.operator((tx) => tx.query('select 1'));
  expect(await state()).toEqual(before);
  await one.close();
});

test('a failure that was swallowed does not pass for a commit', async () => {
  const orgId = await db.org('swallowed');
  const attempt = db.database.transaction(orgId, async (tx) => {
    await tx.query(insertSource, ['lost']);
    await tx.query('select 1/0').catch(() => undefined);
  });
  await expect(attempt).rejects.toThrow('rolled back');
  expect(await sourceNames(orgId)).toEqual([]);
});

test('a statement after the end of its transaction is refused', async () => {
  const orgId = await db.org('late');
  const escaped = await db.database.transaction(orgId, async (tx) => [tx]);
  await expect(escaped[0]?.query('select 1')).rejects.toThrow('after the end');
});

test('an abort before the commit undoes the work and throws its reason', async () => {
  const orgId = await db.org('abort');
  const controller = new AbortController();
  const attempt = db.database.transaction(
    orgId,
    async (tx) => {
      await tx.query(insertSource, ['late']);
      controller.abort(new Error('stopping'));
    },
    controller.signal,
  );
  await expect(attempt).rejects.toThrow('stopping');
  expect(await sourceNames(orgId)).toEqual([]);
});

test('a deadlock is resolved: the loser runs again, whole', async () => {
  const orgId = await db.org('deadlock');
  await db.database.transaction(orgId, async (tx) => {
    for (const name of ['a', 'b']) await tx.query(insertSource, [name]);
  });
  let runs = 0;
  const both = Promise.withResolvers<void>();
  const crossing = (first: string, second: string): Promise<void> =>
    db.database.transaction(orgId, async (tx) => {
      runs += 1;
      await tx.query(`update lead_sources set name = name || '+' where name like $1`, [`${first}%`]);
      if (runs === 2) both.resolve();
      await both.promise;
      await tx.query(`update lead_sources set name = name || '+' where name like $1`, [`${second}%`]);
    });
  await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
  expect(runs).toBe(3);
  expect(await sourceNames(orgId)).toEqual(['a++', 'b++']);
});

test('a transaction that always conflicts gives up after five attempts', async () => {
  const orgId = await db.org('conflict');
  let runs = 0;
  const attempt = db.database.transaction(orgId, async (tx) => {
    runs += 1;
    await tx.query(`do $$ begin raise exception 'busy' using errcode = 'serialization_failure'; end $$`);
  });
  await expect(attempt).rejects.toThrow('busy');
  expect(runs).toBe(5);
});

test('a lost connection is reported as such, and the pool recovers by itself', async () => {
  const orgId = await db.org('lost');
  const attempt = db.database.transaction(orgId, async (tx) => {
    const [self] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
    await db.sql('select pg_terminate_backend($1, 5000)', [self?.pid]);
    await tx.query('select 1');
  });
  await expect(attempt).rejects.toMatchObject({ code: 'database-unavailable', recovery: 'retry' });
  // Connections that idle in the pool when the server goes away.
  await db.sql(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and application_name = 'leadloop'`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await db.database.transaction(orgId, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
});

test('every session ends a transaction that stops talking, and has the server ask for silent clients', async () => {
  const orgId = await db.org('settings');
  const names = ['idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval'];
  const settings = await db.database.transaction(orgId, (tx) =>
    tx.query(
      'select current_setting(name) as value from unnest($1::text[]) with ordinality as n (name, at) order by at',
      [names],
    ),
  );
  expect(settings).toEqual([{ value: '15s' }, { value: '5' }, { value: '2' }]);
});

test('a transaction that stops talking gives its rows back to whoever waits for them, and is retried later', async () => {
  const orgId = await db.org('frozen');
  await db.sql('insert into lead_sources (org_id, name) values ($1, $2)', [orgId, 'kept']);
  const impatient = new URL(db.url);
  impatient.searchParams.set('options', '-c idle_in_transaction_session_timeout=3s');
  const frozen = await openDatabase({ url: impatient.href, home: '' });
  const rename = `update lead_sources set name = $1 where org_id = current_org()`;
  const isHeld = Promise.withResolvers<void>();
  const wakesUp = Promise.withResolvers<void>();
  const attempt = frozen.transaction(orgId, async (tx) => {
    await tx.query(rename, ['by the frozen']);
    isHeld.resolve();
    await wakesUp.promise;
    await tx.query('select 1');
  });
  await Promise.race([isHeld.promise, attempt]);
  await db.database.transaction(orgId, (tx) => tx.query(rename, ['by the next']));
  wakesUp.resolve();
  await expect(attempt).rejects.toMatchObject({ code: 'database-unavailable', recovery: 'retry' });
  expect(await sourceNames(orgId)).toEqual(['by the next']);
  expect(await frozen.transaction(orgId, (tx) => tx.query('select 1 as one'))).toEqual([{ one: 1 }]);
  await frozen.close();
});

test('a server that does not answer is retried later; a wrong password is not', async () => {
  const away = new URL(db.url);
  away.port = '1';
  await expect(openDatabase({ url: away.href, home: '' })).rejects.toMatchObject({ code: 'database-unavailable' });
  const wrong = new URL(db.url);
  wrong.pathname = '/no_such_database';
  await expect(openDatabase({ url: wrong.href, home: '' })).rejects.toMatchObject({
    code: 'database-refused',
    recovery: 'fix-config',
  });
});

test('values come back as the types that db/wire-types.ts promises', async () => {
  const orgId = await db.org('types');
  const [row] = await db.database.transaction(orgId, (tx) =>
    tx.query(`select 7::bigint as big, 1.5::numeric as exact, '2026-11-22'::date as day, '{"a": [1]}'::jsonb as json,
      '2026-11-22T10:00:00.123Z'::timestamptz as at, '{1,2}'::bigint[] as bigs, '{2026-11-22}'::date[] as days,
      count(*) as count, '{}'::numeric[] as none from orgs`),
  );
  expect(row).toEqual({
    big: 7,
    exact: 1.5,
    day: '2026-11-22',
    json: { a: [1] },
    at: new Date('2026-11-22T10:00:00.123Z'),
    bigs: [1, 2],
    days: ['2026-11-22'],
    count: 1,
    none: [],
  });
  const tooBig = db.database.transaction(orgId, (tx) => tx.query(`select 9007199254740993 as big`));
  await expect(tooBig).rejects.toThrow('does not fit');
});

test('the operator sees all organisations and no tenant rows', async () => {
  const orgId = await db.org('directory');
  await db.sql('insert into lead_sources (org_id, name) values ($1, $2)', [orgId, 'hidden']);
  const seen = await db.database.operator((tx) => tx.em.find(Org, { slug: 'directory' }));
  expect(seen.map(({ id }) => id)).toEqual([orgId]);
  await expect(db.database.operator((tx) => tx.query('select * from lead_sources'))).rejects.toThrow(
    'permission denied',
  );
});

test('a database that was never migrated says what to run', async () => {
  await using db = await testDatabase({ isEmpty: true });
  const { database } = db;
  await expect(database.operator((tx) => tx.query('select 1 from orgs'))).rejects.toMatchObject({
    code: 'database-unmigrated',
    remedy: 'Run: leadloop migrate',
  });
});

test('a full disk is told as such, nothing of the transaction stays, and the next one goes on', async () => {
  const org = await db.org('full-disk');
  const failing = db.database.transaction(org, async (tx) => {
    await tx.query(`insert into leads (org_id, email) values ($1, 'kept@example.org')`, [org]);
    await tx.query(`do $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`);
  });
  await expect(failing).rejects.toMatchObject({ code: 'database-full', recovery: 'retry' });
  const kept = await db.database.transaction(org, (tx) => tx.query('select 1 from leads where org_id = $1', [org]));
  expect(kept).toEqual([]);
});
