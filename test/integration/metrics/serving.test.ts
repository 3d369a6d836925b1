import { expect, test } from 'vitest';
import { databaseGauges } from '../../../src/metrics/gauges/index.ts';
import { queueGauges } from '../../../src/metrics/gauges/queue.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { createReadiness } from '../../../src/readiness.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { openQueue } from '../../../src/scheduler/queue.ts';
import { testDatabase } from '../../support/database.ts';
import { startLoop } from '../../support/loop.ts';

test('a sync is counted by this process, and what it left behind is read from the database', async () => {
  let observe: ReturnType<typeof createMetrics>['observe'] | null = null;
  await using loop = await startLoop({
    sandbox: { contacts: 12 },
    observe: (place, event) => observe?.(place, event),
  });
  const now = () => new Date(loop.clock.now());
  const metrics = createMetrics({ database: loop.db.database, gauges: databaseGauges, now, log: () => undefined });
  ({ observe } = metrics);
  const report = await loop.sync();
  await loop.sync();
  const text = await metrics.scrape();
  const value = (line: string): number => {
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? Number.NaN : Number(found.slice(line.length));
  };
  const here = `org="acme",connection="${loop.name}"`;
  expect(value(`leadloop_runs_total{${here},kind="sync",status="succeeded",code=""}`)).toBe(2);
  expect(value(`leadloop_push_records_total{${here},outcome="applied"}`)).toBe(report.counts.pushed);
  expect(value(`leadloop_records_total{${here},result="created"}`)).toBe(report.counts.created);
  expect(value(`leadloop_records_total{${here},result="pulled"}`)).toBeGreaterThanOrEqual(report.counts.pulled);
  expect(value(`leadloop_api_calls_total{${here},status="2xx"}`)).toBeGreaterThanOrEqual(report.counts.apiCalls);
  expect(value(`leadloop_pending_pushes{${here},priority="0"}`)).toBe(0);
  expect(value(`leadloop_lag_seconds{${here},object="contacts"}`)).toBeLessThan(60);
  expect(value('leadloop_database_up')).toBe(1);
  const emails = [...loop.crm.store.contacts.from(0)].flatMap(({ properties }) => properties['email'] ?? []);
  expect(emails.filter((email) => text.includes(email))).toEqual([]);
});

test('ready is who has a database with the schema of this version and does not drain', async () => {
  await using db = await testDatabase({ isEmpty: true });
  let isDraining = false;
  const readiness = createReadiness({ database: db.database, isDraining: () => isDraining });
  expect(await readiness()).toContain('leadloop migrate');
  await migrate(db.database);
  expect(await readiness()).toBeNull();
  isDraining = true;
  expect(await readiness()).toBe('draining');
  isDraining = false;
  await db.database.close();
  expect(await readiness()).toBe('the database does not answer');
});

test('the queue is told by kind and state, and its daemons; before there is one it is left out', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  let at = Date.now();
  const metrics = createMetrics({
    database: db.database,
    gauges: databaseGauges,
    serverGauges: queueGauges(db.database),
    now: () => new Date(at),
    log: () => undefined,
  });
  const lines = async (): Promise<string[]> => {
    at += 20_000;
    return (await metrics.scrape()).split('\n').filter((line) => line.startsWith('leadloop_queue_'));
  };
  expect(await lines()).toEqual([]);
  const queue = await openQueue({ url: db.url, log: () => undefined });
  try {
    await queue.wake({ kind: 'rescore', orgId, subjectId: orgId, tickAt: null });
    await db.sql(`update pgboss.job set created_on = now() - interval '90 s', start_after = now() - interval '90 s'`);
    const told = await lines();
    expect(told).toContain('leadloop_queue_wakeups{kind="rescore",state="waiting"} 1');
    expect(told).toContain('leadloop_queue_wakeups{kind="sync",state="waiting"} 0');
    expect(told).toContain('leadloop_queue_processes{role="worker"} 0');
    expect(told).toContain('leadloop_queue_processes{role="other"} 1');
    const wait = told.find((line) => line.startsWith('leadloop_queue_oldest_wait_seconds{kind="rescore"}'));
    expect(Number(wait?.split(' ')[1])).toBeGreaterThanOrEqual(90);
    await db.sql(`update pgboss.job set state = 'failed', completed_on = now()`);
    expect(await lines()).toContain('leadloop_queue_wakeups{kind="rescore",state="failed"} 1');
  } finally {
    await queue.stop(0);
  }
});
