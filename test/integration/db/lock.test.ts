import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { silentHolder } from '../../support/silent-holder.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => db[Symbol.asyncDispose]());

/** Who stand in the server's line for a lock here. */
async function waiters(): Promise<number> {
  const [row] = await db.sql<{ count: number }>(
    `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return row!.count;
}

test('a lock is held by one at a time, and free again after its scope', async () => {
  {
    await using first = await db.database.lock('scheduler');
    expect(first).not.toBeNull();
    expect(await db.database.lock('scheduler')).toBeNull();
    await using other = await db.database.lock('another name');
    expect(other).not.toBeNull();
  }
  await using again = await db.database.lock('scheduler');
  expect(again).not.toBeNull();
});

test('of many who ask at once, exactly one gets the lock', async () => {
  const locks = await Promise.all(Array.from({ length: 8 }, () => db.database.lock('race')));
  const held = locks.filter((lock) => lock !== null);
  expect(held).toHaveLength(1);
  await held[0]?.[Symbol.asyncDispose]();
});

test('the holder learns that its connection was lost, and the lock is free', async () => {
  await using lock = await db.database.lock('lost');
  const aborted = new Promise((resolve) => lock?.signal.addEventListener('abort', resolve));
  await db.sql(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and application_name = 'leadloop lock'`);
  await aborted;
  expect(lock?.signal.reason).toMatchObject({ code: 'database-unavailable' });
  await using next = await db.database.lock('lost');
  expect(next).not.toBeNull();
});

test('whoever waits for a lock is served before whoever only asks, and gives up in time', async () => {
  const first = await db.database.lock('line');
  expect(await db.database.lock('line', 200)).toBeNull();
  const waiting = db.database.lock('line', 10_000);
  await expect.poll(waiters).toBe(1);
  const asking = (async () => {
    for (;;) {
      const lock = await db.database.lock('line');
      if (lock !== null) return lock;
    }
  })();
  await first![Symbol.asyncDispose]();
  const second = await Promise.race([waiting.then(() => 'waited'), asking.then(() => 'asked')]);
  expect(second).toBe('waited');
  await (await waiting)?.[Symbol.asyncDispose]();
  await (await asking)[Symbol.asyncDispose]();
});

test('a holder that falls silent while somebody waits is parted from the lock', async () => {
  await using frozen = await silentHolder(db.url, 'frozen');
  await using lock = await db.database.lock('frozen', 30_000);
  expect(lock).not.toBeNull();
  expect(await frozen.ended).toMatchObject({ code: '57P01' });
});

test('whoever waits for a lock stops when told to', async () => {
  await using first = await db.database.lock('stopped');
  expect(first).not.toBeNull();
  const stop = new AbortController();
  const waiting = db.database.lock('stopped', 60_000, stop.signal);
  await expect.poll(waiters).toBe(1);
  stop.abort(new Error('told to'));
  await expect(waiting).rejects.toThrow('told to');
});
