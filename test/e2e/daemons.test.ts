import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/sandbox/server/random.ts';
import { type DaemonProcess, startDaemon, until } from '../support/daemon.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { startLoop } from '../support/loop.ts';
import { differences, stateOf } from '../support/loop-state.ts';
import {
  epoch,
  finished,
  type Member,
  people,
  type Run,
  runsOf,
  startMembers,
  undisturbedOfAll,
} from '../support/members.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Three daemons on one database and twenty connections; for two minutes one after the other is struck down. */
const scene = { daemons: 3, connections: 20, disturbedMs: 120_000, schedule: '*/5 * * * * *' };
/** From a kill to the next run of what it interrupted: the queue's shortest heartbeat is 10 s. */
const recoveryMs = 20_000;
/** Without a finished run, for a connection whose workers are struck down one after the other. */
const silenceMs = 90_000;

test('three daemons and twenty connections, struck down at random for two minutes, end as if nothing had happened', async () => {
  const expected = await undisturbedOfAll();
  await using stack = new AsyncDisposableStack();
  const db = stack.use(await testDatabase());
  const members = await startMembers(db, scene.connections, stack);
  await db.sql(`update connections set schedule = $1`, [scene.schedule]);
  await using folder = await tempFolder();
  const home = folder.path;
  const daemons = Array.from({ length: scene.daemons }, () => startDaemon(db, { home }));
  onTestFinished(() => daemons.forEach((one) => one.signal('SIGKILL')));
  const firstRuns = async () => new Set((await runsOf(db)).filter(finished).map(({ connection }) => connection)).size;
  await until('each connection has run once', async () => (await firstRuns()) === members.length, 180_000);

  await strike(db, daemons, members, home);
  const quietAt = new Date();
  const late = async () =>
    new Set((await runsOf(db)).filter((run) => finished(run) && run.startedAt > quietAt).map((run) => run.connection))
      .size;
  await until('each connection has run after the last blow', async () => (await late()) === members.length, 120_000);
  for (const one of daemons) one.signal('SIGTERM');
  expect(await Promise.all(daemons.map(({ ended }) => ended))).toEqual(daemons.map(() => 0));

  for (const { kind, loop } of members) {
    expect({ org: loop.orgId, differences: differences(await stateOf(loop), expected.get(kind)!) }).toEqual({
      org: loop.orgId,
      differences: [],
    });
  }
  const runs = await runsOf(db);
  expect(twice(runs)).toEqual([]);
  expect(longestSilence(runs, quietAt)).toBeLessThan(silenceMs);
  expect(
    await db.sql(`select 1 from pg_stat_activity where datname = current_database() and application_name like 'leadloop%'
    and application_name <> current_setting('application_name')`),
  ).toEqual([]);
}, 600_000);

test('what a killed daemon was running is run by another one within seconds; so is what a frozen one holds, which then changes nothing', async () => {
  await using db = await testDatabase();
  await using loop = await startLoop({ db, name: 'crm', push: 'auto', sandbox: { contacts: 400, epoch } });
  loop.crm.faults.activate({ name: 'slow-body', ms: 1_500 });
  await using folder = await tempFolder();
  const home = folder.path;
  const daemons: DaemonProcess[] = [startDaemon(db, { home })];
  onTestFinished(() => daemons.forEach((one) => one.signal('SIGKILL')));
  await db.sql(`update connections set schedule = '0 0 1 1 *'`);
  const running = async (n: number) =>
    (await runsOf(db)).length === n && (await runsOf(db))[n - 1]!.status === 'running';
  await until('the first run is under way', () => running(1));
  daemons.push(startDaemon(db, { home }));
  await until('the second daemon is there', async () => daemons[1]!.log().includes('daemon is up'));
  const waits: number[] = [];
  for (const [n, blow] of (['SIGKILL', 'SIGSTOP'] as const).entries()) {
    daemons[n]!.signal(blow);
    const struckAt = Date.now();
    await until('another one has taken over', () => running(n + 2));
    waits.push((await runsOf(db))[n + 1]!.startedAt.getTime() - struckAt);
    daemons.push(startDaemon(db, { home }));
    await until('a further daemon is there', async () => daemons[n + 2]!.log().includes('daemon is up'));
  }
  expect(Math.max(...waits)).toBeLessThan(recoveryMs);
  // The frozen one wakes up beside its successor.
  daemons[1]!.signal('SIGCONT');
  loop.crm.faults.clear();
  await until('the run has ended', async () => (await runsOf(db)).some(finished));
  daemons.slice(1).forEach((one) => one.signal('SIGTERM'));
  await Promise.all(daemons.map(({ ended }) => ended));
  expect((await runsOf(db)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'succeeded']);
  await using other = await startLoop({ name: 'crm', push: 'auto', sandbox: { contacts: 400, epoch } });
  await other.sync();
  expect(differences(await stateOf(loop), await stateOf(other))).toEqual([]);
}, 180_000);

/** Kills or stops one daemon after the other, starts another in its place, and lets people change meanwhile. */
async function strike(
  db: TestDatabase,
  daemons: DaemonProcess[],
  members: readonly Member[],
  home: string,
): Promise<void> {
  const random = seededRandom(20_261_127);
  const changes = members.flatMap(({ change }) => Array.from({ length: people }, (_, n) => () => change(n)));
  const end = Date.now() + scene.disturbedMs;
  const pauseMs = scene.disturbedMs / changes.length;
  let next = Date.now() + 2_000;
  for (let n = 0; Date.now() < end || n < changes.length;) {
    if (n < changes.length) changes[(n * 7) % changes.length]!();
    n += 1;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (Date.now() < next || Date.now() > end) continue;
    const victim = Math.floor(random.next() * daemons.length);
    const isKill = random.next() < 0.6;
    daemons[victim]!.signal(isKill ? 'SIGKILL' : 'SIGTERM');
    const code = await daemons[victim]!.ended;
    expect([0, null]).toContain(code);
    daemons[victim] = startDaemon(db, { home });
    next = Date.now() + 2_000 + random.next() * 6_000;
  }
}

/** Ticks that were run to an end more than once. */
function twice(runs: readonly Run[]): string[] {
  const seen = new Set<string>();
  return runs
    .filter(({ status, tickAt }) => status !== 'cancelled' && tickAt !== null)
    .map(({ connection, tickAt }) => `${connection} ${tickAt!.toISOString()}`)
    .filter((tick) => seen.size === seen.add(tick).size);
}

/** The longest time in which a connection had no finished run. */
function longestSilence(runs: readonly Run[], end: Date): number {
  const byConnection = Map.groupBy(runs.filter(finished), ({ connection }) => connection);
  const gaps = [...byConnection.values()].flatMap((own) => {
    const times = [...own.map(({ endedAt }) => endedAt!.getTime()), end.getTime()];
    return times.slice(1).map((time, n) => time - times[n]!);
  });
  return Math.max(0, ...gaps);
}
