import { expect, test } from 'vitest';
import { runsAfter } from '../../../src/scheduler/calendar.ts';
import { openQueue, type Queue } from '../../../src/scheduler/queue.ts';
import { until } from '../../support/daemon.ts';
import { startLoop } from '../../support/loop.ts';
import { openOn } from '../../support/loop-app.ts';

const small = { sandbox: { contacts: 5 }, pull: { objects: [] }, push: 'plan' } as const;

test('status tells of every connection and source what it did, what waits and how urgent it is', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  const signal = new AbortController().signal;
  await loop.db.sql(`insert into data_sources (org_id, name, kind, query) values ($1, 'usage', 'usage', 'select 1')`, [
    loop.orgId,
  ]);
  const fresh = await app.status(null);
  expect(fresh).toMatchObject({
    needsPerson: [],
    orgs: [
      { org: 'acme', connections: [{ health: null, lastRun: null }], sources: [{ name: 'usage', lastRun: null }] },
    ],
  });

  const options = { full: false, acceptMissing: false, pullOnly: false, dryRun: false };
  const report = await app.sync('acme-hubspot', { ...options, signal, onProgress: () => undefined });
  await loop.db.sql(
    `update push_states set priority = 0 where external_id = (select min(external_id) from push_states where state = 'pending')`,
  );
  const [org] = (await app.status('acme')).orgs;
  const [connection] = org!.connections;
  expect(connection).toMatchObject({
    health: { state: 'healthy' },
    lastRun: { id: report.runId, kind: 'sync', status: 'succeeded', startedAt: expect.any(Date) as Date },
    lastSuccessAt: expect.any(Date) as Date,
    runs: { pull: true, push: true },
    pauses: [],
  });
  const { urgent, hot, scores, rest } = connection!.waiting;
  expect(urgent).toBeGreaterThan(0);
  expect(urgent + hot + scores + rest).toBe(report.counts.planned);
  await expect(app.status('umbrella')).rejects.toMatchObject({ code: 'org-unknown' });
});

test('status shows no organisation what another one has', async () => {
  await using loop = await startLoop(small);
  await using theirs = await startLoop({ ...small, db: loop.db, org: 'umbrella', name: 'umbrella-hubspot' });
  await using app = await openOn(loop);
  expect(theirs.orgId).not.toBe(loop.orgId);
  await app.pause({ org: 'umbrella', name: null, direction: 'all', reason: 'theirs' });
  const { orgs } = await app.status(null);
  expect(orgs.map(({ org, pauses, connections }) => [org, pauses.length, connections.map(({ name }) => name)])).toEqual(
    [
      ['acme', 0, ['acme-hubspot']],
      ['umbrella', 1, ['umbrella-hubspot']],
    ],
  );
  expect((await app.status('acme')).orgs.map(({ org }) => org)).toEqual(['acme']);
});

test('status says when a schedule means the next run, in its time zone', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  await loop.db.sql(
    `update connections set schedule = '30 9 * * *', settings = settings || '{"timezone": "Asia/Tokyo"}'`,
  );
  await loop.db.sql(
    `insert into data_sources (org_id, name, kind, query, schedule) values ($1, 'usage', 'usage', 'select 1', '*/5 * * * *')`,
    [loop.orgId],
  );
  const asked = new Date();
  const [org] = (await app.status(null)).orgs;
  const [expected] = runsAfter({ expression: '30 9 * * *', timeZone: 'Asia/Tokyo' }, asked, 1);
  expect(org!.connections[0]!.nextRunAt).toEqual(expected);
  expect(expected!.toISOString()).toMatch(/T00:30:00/u);
  expect(org!.sources[0]!.nextRunAt!.getTime()).toBeGreaterThan(asked.getTime());
});

test('status tells of each connection how fresh its scores are, and of the webhooks of today', async () => {
  await using loop = await startLoop({ ...small, push: 'auto' });
  await using app = await openOn(loop);
  const first = async () => (await app.status(null)).orgs[0]!.connections[0]!;
  expect(await first()).toMatchObject({ freshness: null, webhooks: {}, quota: { pool: null, waits: null } });
  await loop.sync();
  await loop.db.sql(
    `insert into webhook_counts (org_id, connection_id, day, verdict, deliveries)
     select $1, $2, (now() at time zone 'UTC')::date - days, verdict, n
     from (values (0, 'accepted', 12), (0, 'forged', 2), (1, 'stale', 5)) v (days, verdict, n)`,
    [loop.orgId, loop.connectionId],
  );
  await loop.db.sql(
    `insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, why, sent_at,
       outcome, settled_at, changed_at)
     select org_id, connection_id, run_id, gen_random_uuid(), object, external_id, lead_id, field, why, sent_at, 'applied',
       now() - interval '1 minute', now() - interval '100 seconds' from push_ledger where outcome = 'applied' limit 1`,
  );
  const { freshness, webhooks, quota } = await first();
  expect(freshness).toEqual({ p50Seconds: 40, p95Seconds: 40 });
  expect(webhooks).toEqual({ accepted: 12, forged: 2 });
  expect(quota!.pool!.used).toBeGreaterThan(0);
});

const never = (): Promise<void> => new Promise(() => undefined);

test('status tells of the queue what waits and what is looked at, by kind, and who works', async () => {
  await using loop = await startLoop(small);
  await using app = await openOn(loop);
  expect((await app.status(null)).queue).toBeNull();
  const { orgId, connectionId: subjectId } = loop;
  const queue: Queue = await openQueue({ url: loop.db.url, log: () => undefined });
  try {
    await queue.wake({ kind: 'sync', orgId, subjectId, tickAt: null });
    await queue.wake({ kind: 'hints', orgId, subjectId, tickAt: null });
    await loop.db.sql(
      `update pgboss.job set created_on = now() - interval '1 minute', start_after = now() - interval '1 minute' where name = 'sync'`,
    );
    const lonely = await app.status(null);
    expect(lonely.queue).toMatchObject({ processes: 1, workers: 0, remedy: expect.stringContaining('leadloop serve') });
    expect(lonely.needsPerson).toEqual(['queue']);
    const [asked, hints, ...others] = lonely.queue!.kinds;
    expect(asked).toMatchObject({ kind: 'asked', waiting: 0 });
    expect(hints).toMatchObject({ kind: 'hints', waiting: 1, active: 0, failed: 0, oldestActiveMs: null });
    expect(others.map(({ kind, waiting }) => [kind, waiting])).toEqual([
      ['import', 0],
      ['live', 0],
      ['rescore', 0],
      ['sync', 1],
    ]);
    expect(others.at(-1)!.oldestWaitingMs).toBeGreaterThanOrEqual(60_000);

    for (const kind of ['sync', 'hints'] as const) await queue.work(kind, 1, never);
    const kinds = async () =>
      (await app.status(null)).queue!.kinds.filter(({ waiting, active }) => waiting + active > 0);
    await until('both are looked at', async () => (await kinds()).every(({ active }) => active === 1));
    await until('the worker says that it is there', async () => (await app.status(null)).queue!.workers === 1);
    // Of the same connection: it comes after the one that is being looked at, however long that takes.
    await queue.wake({ kind: 'hints', orgId, subjectId, tickAt: null });
    const busy = await app.status(null);
    expect(busy.queue!.kinds[1]).toMatchObject({ kind: 'hints', waiting: 1, oldestWaitingMs: null, active: 1 });
    expect(busy.queue!.kinds[1]!.oldestActiveMs).toBeGreaterThan(0);
    expect(busy).toMatchObject({ needsPerson: [], queue: { remedy: null } });
  } finally {
    await queue.stop(0);
  }
  expect((await app.status(null)).queue).toMatchObject({ processes: 0, workers: 0 });
});
