import { expect, onTestFinished, test } from 'vitest';
import { migrate, pendingMigrations, revertMigrations } from '../../src/db/migrate.ts';
import { startHttp } from '../../src/http/server.ts';
import { createReadiness } from '../../src/readiness.ts';
import { type DaemonProcess, startDaemon, until } from '../support/daemon.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { differences, stateOf } from '../support/loop-state.ts';
import { finished, type Member, people, type Run, runsOf, startMembers, undisturbedOfAll } from '../support/members.ts';
import { migrateToNext } from '../support/next-version.ts';
import { tempFolder } from '../support/temp-folder.ts';

const connections = 4;
const intervalMs = 5_000;
/** A tick that nobody fired is missed after 20 s, and looked for every 5 s. */
const longestGapMs = 20_000 + 5_000 + intervalMs;

test('two daemons are upgraded one after the other, with a migration in between, and no run is lost', async () => {
  const expected = await undisturbedOfAll();
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const { path: home } = stack.use(await tempFolder());
  const members = await startMembers(db, connections, stack);
  await db.sql(`update connections set schedule = '*/5 * * * * *'`);
  const daemons: DaemonProcess[] = [];
  onTestFinished(() => daemons.forEach((one) => one.signal('SIGKILL')));
  const start = (): DaemonProcess => {
    const daemon = startDaemon(db, { home });
    daemons.push(daemon);
    return daemon;
  };
  // At once, where the queue has no schema yet.
  const old = [start(), start()];
  await Promise.all(old.map(isUp));
  await eachHasRun(db, new Date(0));

  change(members, 0, 4);
  expect(await migrateToNext(db)).toEqual(['20991231000000_next_version']);
  const migratedAt = new Date();
  change(members, 4, 7);
  await eachHasRun(db, migratedAt);
  // Those of the version before go on, and say that they may be sent work.
  for (const daemon of old) expect((await fetch(`${urlOf(daemon)}/readyz`)).status).toBe(200);
  for (const [n, daemon] of old.entries()) {
    daemon.signal('SIGTERM');
    change(members, 7 + n, 8 + n);
    expect(await daemon.ended).toBe(0);
    await isUp(start());
  }
  change(members, 9, people);
  await eachHasRun(db, new Date());
  // What was written at the end is read back once more.
  await eachHasRun(db, new Date());
  for (const daemon of daemons.slice(2)) daemon.signal('SIGTERM');
  expect(await Promise.all(daemons.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);

  for (const { kind, loop } of members) {
    expect(differences(await stateOf(loop), expected.get(kind)!)).toEqual([]);
  }
  const runs = await runsOf(db);
  expect(runs.filter((run) => !finished(run) && run.status !== 'cancelled')).toEqual([]);
  for (const own of Map.groupBy(runs, ({ connection }) => connection).values()) {
    const ticks = own.filter(finished).map(({ tickAt }) => tickAt!.getTime());
    expect(ticks).toEqual([...new Set(ticks)].toSorted((a, b) => a - b));
    expect(Math.max(...ticks.slice(1).map((tick, n) => tick - ticks[n]!))).toBeLessThanOrEqual(longestGapMs);
    // What was stopped half-way is run again, unless the stop of everything came first.
    const stopped = own.filter(({ status, startedAt }) => status === 'cancelled' && startedAt < own.at(-1)!.startedAt);
    expect(stopped.filter(({ startedAt }) => !own.some((run) => finished(run) && run.startedAt > startedAt))).toEqual(
      [],
    );
  }
  for (const daemon of daemons) expect(daemon.log()).not.toMatch(/unexpected|database-unmigrated/u);
}, 300_000);

test('a daemon of a version whose migrations have not been applied refuses to start and names the command; readiness tells so, too', async () => {
  await using db = await testDatabase();
  await using folder = await tempFolder();
  await revertMigrations(db.database, 'previous');
  const daemon = startDaemon(db, { home: folder.path });
  onTestFinished(() => daemon.signal('SIGKILL'));
  expect(await daemon.ended).toBe(2);
  expect(daemon.log()).toContain('Run: leadloop migrate');

  const readiness = createReadiness({ database: db.database, isDraining: () => false });
  const said = { now: () => new Date(), log: () => undefined };
  await using server = await startHttp({ port: 0, health: { readiness }, ...said });
  const ready = async () => {
    const answer = await fetch(`${server.url}/readyz`);
    return [answer.status, await answer.json()];
  };
  expect(await ready()).toEqual([503, { status: 'the schema is not current: run leadloop migrate' }]);
  await migrate(db.database);
  expect(await ready()).toEqual([200, { status: 'ok' }]);
});

test('a schema that is newer than this version is none of its pending migrations', async () => {
  await using db = await testDatabase();
  await migrateToNext(db);
  expect(await pendingMigrations(db.database)).toEqual([]);
  expect(await migrate(db.database)).toEqual([]);
});

/** Something happens to these people of each connection. */
function change(members: readonly Member[], from: number, to: number): void {
  for (let n = from; n < to; n += 1) for (const member of members) member.change(n);
}

async function isUp(daemon: DaemonProcess): Promise<void> {
  await until('the daemon is up', async () => daemon.log().includes('daemon is up'));
}

function urlOf(daemon: DaemonProcess): string {
  return /"url":"([^"]+)"/u.exec(daemon.log())![1]!;
}

async function eachHasRun(db: TestDatabase, since: Date): Promise<void> {
  const isLate = (run: Run): boolean => finished(run) && run.startedAt >= since;
  await until(
    'each connection has run',
    async () => new Set((await runsOf(db)).filter(isLate).map(({ connection }) => connection)).size === connections,
    90_000,
  );
}
