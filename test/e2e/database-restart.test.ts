import { expect, onTestFinished, test } from 'vitest';
import { startDaemon, until } from '../support/daemon.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { differences, stateOf } from '../support/loop-state.ts';
import { finished, people, runsOf, startMembers, undisturbedOfAll } from '../support/members.ts';
import { startTestServer } from '../support/postgres-server.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('PostgreSQL goes down in the middle of the work, again and again, and the daemons go on by themselves', async () => {
  const expected = await undisturbedOfAll();
  await using stack = new AsyncDisposableStack();
  // Whoever holds it starts it again, on the same port.
  const server = stack.use(await startTestServer({ isDurable: true }));
  const db = stack.use(await testDatabase({ server }));
  const members = await startMembers(db, 6, stack);
  await db.sql(`update connections set schedule = '*/2 * * * * *'`);
  await using folder = await tempFolder();
  const home = folder.path;
  const daemons = [startDaemon(db, { home }), startDaemon(db, { home })];
  onTestFinished(() => daemons.forEach((one) => one.signal('SIGKILL')));
  const all = async (since: Date) =>
    new Set(
      (await patiently(() => runsOf(db)))
        .filter((run) => finished(run) && run.startedAt > since)
        .map((run) => run.connection),
    ).size === members.length;
  await until('each connection has run once', () => all(new Date(0)), 120_000);

  for (let blow = 0; blow < 3; blow += 1) {
    for (let n = blow; n < people; n += 3) for (const { change } of members) change(n);
    await until('a run is under way', async () =>
      (await patiently(() => runsOf(db))).some(({ status }) => status === 'running'),
    );
    await strikeDown(db);
    await until(
      'each connection has run since',
      (
        (since) => () =>
          all(since)
      )(new Date()),
      120_000,
    );
  }
  for (const one of daemons) one.signal('SIGTERM');
  expect(await Promise.all(daemons.map(({ ended }) => ended))).toEqual([0, 0]);
  for (const { kind, loop } of members) expect(differences(await stateOf(loop), expected.get(kind)!)).toEqual([]);
});

/** Like a power cut: no session says goodbye. */
async function strikeDown(db: TestDatabase): Promise<void> {
  const [row] = await db.sql<{ pid: number }>(
    `select split_part(pg_read_file('postmaster.pid'), e'\n', 1)::int as pid`,
  );
  process.kill(row!.pid, 'SIGQUIT');
}

/** The test, too, has to wait for the database. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
