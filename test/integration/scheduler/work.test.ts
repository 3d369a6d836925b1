import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { saveHints } from '../../../src/db/queries/save-hints.ts';
import { pause } from '../../../src/health/pause.ts';
import { AppError } from '../../../src/model/errors.ts';
import { noCounts } from '../../../src/model/run.ts';
import { recordRun } from '../../../src/record-run.ts';
import { defaultMqlProfile } from '../../../src/scoring/defaults.ts';
import { looksOf } from '../../../src/work.ts';
import type { Wakeup, WakeupKind } from '../../../src/scheduler/wakeup.ts';
import type { RunReport } from '../../../src/sync/options.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { productOf } from '../../support/product.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] }, push: 'auto' } as const;
/** An hour ago: ticks of a time that has not come are not believed. */
const tickAt = new Date(Math.floor(Date.now() / 60_000 - 60) * 60_000);

/** What a worker of the daemon does about a connection. */
function workOn({ services, orgId, connectionId, db }: Loop) {
  const reports: RunReport[] = [];
  const rescored: string[] = [];
  const looks = looksOf(services, {
    onReport: (report) => void reports.push(report),
    onRescored: async (org) => void rescored.push(org),
  });
  const { signal } = new AbortController();
  const look = (kind: WakeupKind, more: Partial<Wakeup> = {}) =>
    looks[kind]({ kind, orgId, subjectId: connectionId, tickAt: null, ...more }, signal);
  return {
    reports,
    rescored,
    look,
    tick: (at = tickAt) => look('sync', { tickAt: at.toISOString() }),
    runs: () =>
      db.sql<{ kind: string; status: string }>(`select kind, status from sync_runs order by started_at, ended_at`),
    lastTick: async () => (await db.sql<{ at: Date | null }>(`select last_tick_at as at from connections`))[0]!.at,
  };
}

const hint = ({ db, orgId, connectionId, services, crm }: Loop, externalId: string) =>
  db.database.transaction(orgId, (tx) => {
    const occurredAt = services.now();
    const accountId = String(crm.store.portalId);
    const one = { object: 'contacts', externalId, reason: 'changed', field: null, occurredAt, accountId } as const;
    return saveHints(tx, connectionId, [one]);
  });

test('a tick is run once, and what it has done is reported', async () => {
  await using loop = await startLoop(small);
  const { tick, reports, lastTick } = workOn(loop);
  expect(await tick()).toMatchObject({ status: 'succeeded', failure: null });
  expect(await lastTick()).toEqual(tickAt);
  await expect(tick()).rejects.toMatchObject({ code: 'tick-done' });
  expect(reports).toHaveLength(1);
});

/** Runs of a tick that do what they are told to. */
function recordOn({ services, orgId, connectionId, name, db }: Loop) {
  const { database } = db;
  const run = (work: () => Promise<void>) =>
    recordRun(
      { ...services, orgId, observe: () => undefined },
      {
        subject: { type: 'connection', id: connectionId, name },
        kind: 'sync',
        tickAt,
        signal: new AbortController().signal,
        counts: () => noCounts,
      },
      work,
    );
  /** The server parts with the run in the middle of a transaction, and answers the next one. */
  const losesDatabase = (): Promise<void> =>
    database.transaction(orgId, async (tx) => {
      const [self] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await db.sql('select pg_terminate_backend($1, 5000)', [self!.pid]);
      await tx.query('select 1');
    });
  return { run, losesDatabase };
}

test('a run that was cut off by a short loss of the database is not its tick: that is run again, and then once', async () => {
  await using loop = await startLoop(small);
  const { tick, lastTick } = workOn(loop);
  const { run, losesDatabase } = recordOn(loop);
  const cutOff = { status: 'failed', failure: { code: 'database-unavailable' } };
  expect(await run(losesDatabase)).toMatchObject(cutOff);
  expect(await lastTick()).toBeNull();
  expect(await tick()).toMatchObject({ status: 'succeeded' });
  expect(await lastTick()).toEqual(tickAt);
  await expect(run(losesDatabase)).rejects.toMatchObject({ code: 'tick-done' });
});

test.each(['rules-changed', 'run-superseded'])('a run that ended with %s leaves its tick, too', async (code) => {
  await using loop = await startLoop(small);
  const { lastTick } = workOn(loop);
  const fails = () => Promise.reject(new AppError(code, 'Meanwhile.', { recovery: 'retry', remedy: 'None.' }));
  expect(await recordOn(loop).run(fails)).toMatchObject({ failure: { code } });
  expect(await lastTick()).toBeNull();
});

test('what cuts itself off each time has had its tick after five runs', async () => {
  await using loop = await startLoop(small);
  const { lastTick, runs } = workOn(loop);
  const { run, losesDatabase } = recordOn(loop);
  for (let n = 1; n <= 5; n += 1) {
    expect(await lastTick()).toBeNull();
    await run(losesDatabase);
  }
  expect(await lastTick()).toEqual(tickAt);
  await expect(run(losesDatabase)).rejects.toMatchObject({ code: 'tick-done' });
  expect(await runs()).toHaveLength(5);
});

test('a paused connection is not run, and its tick is over; so is that of one whose breaker is open', async () => {
  await using loop = await startLoop(small);
  const { tick, runs, lastTick } = workOn(loop);
  await pause(
    { database: loop.db.database, now: loop.services.now },
    { org: null, name: loop.name, direction: 'all', reason: 'sales cleans up' },
    'cli',
  );
  expect(await tick()).toBeNull();
  expect([await runs(), await lastTick()]).toEqual([[], tickAt]);
  await loop.db.sql('delete from pauses');

  loop.crm.faults.activate({ name: '503' });
  const later = (n: number) => new Date(tickAt.getTime() + n * 60_000);
  for (let n = 1; n <= 3; n += 1) expect(await tick(later(n))).toMatchObject({ status: 'failed' });
  expect(await tick(later(4))).toBeNull();
  expect([(await runs()).length, await lastTick()]).toEqual([3, later(4)]);
});

test('with the pull paused and a push that is by hand nothing is left to run; with the push paused it is read', async () => {
  await using loop = await startLoop({ ...small, push: 'plan' });
  const { tick, reports } = workOn(loop);
  await pause(
    { database: loop.db.database, now: loop.services.now },
    { org: null, name: loop.name, direction: 'pull', reason: null },
    'cli',
  );
  // Nothing would be left to do: it pushes by hand only.
  expect(await tick()).toBeNull();
  await loop.db.sql(`update pauses set direction = 'push'`);
  expect(await tick(new Date(tickAt.getTime() + 60_000))).toMatchObject({ status: 'succeeded' });
  expect(reports).toHaveLength(1);
});

test('who has no credentials is told to a person once, and tried again at the next tick, not at once', async () => {
  await using loop = await startLoop(small);
  const { tick, look, lastTick } = workOn(loop);
  await loop.db.sql('update connections set credentials_sealed = null, credentials_key_id = null');
  await expect(tick()).rejects.toMatchObject({ code: 'connection-unauthorised', recovery: 'reauthorise' });
  expect(await lastTick()).toEqual(tickAt);
  const health = () => loop.db.sql(`select state, code, failures_in_row as failures from connection_health`);
  const paused = { state: 'paused', code: 'connection-unauthorised', failures: 1 };
  expect(await health()).toEqual([paused]);
  // Five minutes later somebody may have mended it; until then nobody knocks, whatever wakes us.
  expect(await look('sync')).toBeNull();
  expect(await tick(new Date(tickAt.getTime() + 60_000))).toBeNull();
  expect(await health()).toEqual([paused]);
  expect(await loop.db.sql('select kind from alerts')).toEqual([{ kind: 'paused' }]);
});

test('a source that cannot be read is told to a person once, and its ticks pass until it is tried again', async () => {
  await using loop = await startLoop(small);
  const { look, runs } = workOn(loop);
  const [source] = await loop.db.sql<{ id: string }>(
    `insert into data_sources (org_id, name, kind, query) values ($1, 'usage', 'usage', 'select 1') returning id`,
    [loop.orgId],
  );
  const later = (n: number) => new Date(tickAt.getTime() + n * 60_000);
  const tick = (at: Date) => look('import', { subjectId: source!.id, tickAt: at.toISOString() });
  expect(await tick(tickAt)).toMatchObject({ status: 'failed', failure: { code: 'source-unauthorised' } });
  expect(await tick(later(1))).toBeNull();
  expect(await tick(later(2))).toBeNull();
  expect(await runs()).toHaveLength(1);
  expect(await loop.db.sql('select last_tick_at as at from data_sources')).toEqual([{ at: later(2) }]);
  expect(await loop.db.sql('select source_id as of, kind, title from alerts')).toEqual([
    { of: source!.id, kind: 'paused', title: 'acme/sources/usage is paused' },
  ]);
  // The clock of the loop stands still: it is an hour later.
  loop.clock.advance(3_600_000);
  expect(await tick(later(3))).toMatchObject({ status: 'failed' });
  expect(await loop.db.sql('select 1 from alerts')).toHaveLength(1);
});

test('a connection that waits for its quota is not run, unless something urgent is to be written', async () => {
  await using loop = await startLoop(small);
  const { tick, look, runs } = workOn(loop);
  await tick();
  await loop.db.sql(`update daily_pools set resume_at = $1`, [new Date(loop.clock.now() + 3_600_000)]);
  expect(await look('sync')).toBeNull();
  await loop.db.sql(
    `update push_states set state = 'pending', priority = 1, available_at = 'epoch', wanted = wanted || '{"leadloop_score": "1"}'`,
  );
  expect(await look('sync')).toBeNull();
  expect(await runs()).toHaveLength(1);
  await loop.db.sql(`update push_states set priority = 0`);
  // Who has to read first finds nothing to read with.
  const [contact] = loop.crm.store.contacts.from(0);
  await hint(loop, String(contact!.id));
  expect([await look('hints'), await look('live')]).toEqual([null, null]);
  expect(await look('sync')).not.toBeNull();
  expect(await runs()).toHaveLength(2);
});

test('hints are attended to once; where there are none nothing is run', async () => {
  await using loop = await startLoop(small);
  const { tick, look, runs } = workOn(loop);
  await tick();
  expect(await look('hints')).toBeNull();
  const [contact] = loop.crm.store.contacts.from(0);
  await hint(loop, String(contact!.id));
  expect(await look('hints')).toMatchObject({ status: 'succeeded', counts: { pulled: 1 } });
  expect(await look('hints')).toBeNull();
  expect((await runs()).map(({ kind }) => kind)).toEqual(['sync', 'hints']);
});

test('hints that find another run under way begin as soon as it is over', async () => {
  await using loop = await startLoop(small);
  const { tick, look, runs } = workOn(loop);
  await tick();
  const [contact] = loop.crm.store.contacts.from(0);
  await hint(loop, String(contact!.id));
  const lock = await loop.db.database.lock(`connection ${loop.connectionId}`);
  onTestFinished(() => lock![Symbol.asyncDispose]());
  const looking = look('hints');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await runs()).toHaveLength(1);
  await lock![Symbol.asyncDispose]();
  expect(await looking).toMatchObject({ status: 'succeeded' });
  expect((await runs()).map((run) => run.kind)).toEqual(['sync', 'hints']);
});

test('a rescore that has scored leads wakes the connections, and one that had nothing to do wakes nobody', async () => {
  await using loop = await startLoop(small);
  const { tick, look, rescored } = workOn(loop);
  await tick();
  await productOf(loop).profile(defaultMqlProfile);
  expect(await look('rescore', { subjectId: loop.orgId })).toMatchObject({ status: 'succeeded' });
  expect(rescored).toEqual([loop.orgId]);
  expect(await look('rescore', { subjectId: loop.orgId })).toBeNull();
  expect(rescored).toEqual([loop.orgId]);
});

test('what waits for a run that does not end gives way, and says so', async () => {
  await using loop = await startLoop(small);
  const { tick } = workOn(loop);
  await using lock = await loop.db.database.lock(`connection ${loop.connectionId}`);
  expect(lock).not.toBeNull();
  setTimeout(() => loop.clock.advance(60_000), 500);
  await expect(tick()).rejects.toMatchObject({ code: 'run-active' });
});

test('what has been deleted meanwhile is known to be so', async () => {
  await using loop = await startLoop(small);
  const { look } = workOn(loop);
  await expect(look('sync', { subjectId: randomUUID() })).rejects.toMatchObject({ code: 'connection-unknown' });
  await expect(look('import', { subjectId: randomUUID() })).rejects.toMatchObject({ code: 'source-unknown' });
});

test('while the pull is paused hints and looks wait, quietly', async () => {
  await using loop = await startLoop(small);
  const { tick, look, runs } = workOn(loop);
  await tick();
  await pause(
    { database: loop.db.database, now: loop.services.now },
    { org: null, name: loop.name, direction: 'pull', reason: 'moving house' },
    'cli',
  );
  const [contact] = loop.crm.store.contacts.from(0);
  await hint(loop, String(contact!.id));
  expect([await look('hints'), await look('live')]).toEqual([null, null]);
  expect(await runs()).toHaveLength(1);
});

test('a rescore that has failed is not tried again at once', async () => {
  await using loop = await startLoop(small);
  const { tick, look } = workOn(loop);
  await tick();
  const failed = (minutes: number, code = 'unexpected') =>
    loop.db.sql(
      `insert into sync_runs (id, org_id, kind, status, started_at, heartbeat_at, ended_at, failure)
       values (gen_random_uuid(), $1, 'rescore', 'failed', $2, $2, $2, $3)`,
      [loop.orgId, new Date(loop.clock.now() - minutes * 60_000), JSON.stringify({ code })],
    );
  await loop.db.sql(
    `insert into org_scoring_profiles (org_id, kind, name, version, profile, active) values ($1, 'mql', 'mql', 1, $2, true)`,
    [loop.orgId, JSON.stringify(defaultMqlProfile)],
  );
  await failed(20);
  expect(await look('rescore', { subjectId: loop.orgId })).toMatchObject({ status: 'succeeded' });
  await loop.db.sql('update org_scoring_profiles set rescored_at = null');
  await loop.db.sql(`delete from sync_runs where kind = 'rescore'`);
  await failed(5);
  expect(await look('rescore', { subjectId: loop.orgId })).toBeNull();
  // What only came at a bad moment is: whoever has just published waits for it.
  for (const code of ['rules-changed', 'database-unavailable', 'run-superseded']) {
    await loop.db.sql(`delete from sync_runs where kind = 'rescore'`);
    await loop.db.sql('update org_scoring_profiles set rescored_at = null');
    await failed(1, code);
    expect(await look('rescore', { subjectId: loop.orgId }), code).toMatchObject({ status: 'succeeded' });
  }
});
