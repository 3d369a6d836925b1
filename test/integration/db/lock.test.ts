import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(async () => db[Symbol.asyncDispose]());

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
  await new Promise((resolve) => setTimeout(resolve, 200));
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
