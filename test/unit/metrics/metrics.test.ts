import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenDatabase } from '../../../src/db/database.ts';
import type { Database, Tx } from '../../../src/db/tx.ts';
import { statusClass } from '../../../src/metrics/counters.ts';
import type { DatabaseGauge } from '../../../src/metrics/database-gauge.ts';
import { databaseGauges } from '../../../src/metrics/gauges/index.ts';
import { distribution } from '../../../src/metrics/gauges/leads.ts';
import { queueGauges } from '../../../src/metrics/gauges/queue.ts';
import { createMetrics, type Metrics } from '../../../src/metrics/metrics.ts';
import type { ServerGauge } from '../../../src/metrics/server-gauge.ts';
import { noCounts } from '../../../src/model/run.ts';

const place = { org: 'acme', connection: 'acme-hubspot', crm: 'hubspot' };

/** A gauge that says how often it was read. */
function counting(parts: Partial<DatabaseGauge> = {}): DatabaseGauge {
  let reads = 0;
  return {
    name: 'leadloop_reads',
    help: 'How often it was read.',
    labels: [],
    maxAgeSeconds: 15,
    read: async () => [{ value: (reads += 1) }],
    ...parts,
  };
}

interface Scene {
  readonly metrics: Metrics;
  readonly said: string[];
  later(seconds: number): void;
  away: boolean | 'silent';
}

function sceneOf(...gauges: DatabaseGauge[]): Scene {
  return sceneWith(gauges, []);
}

/** A database of one organisation whose gauges answer by themselves. */
function sceneWith(gauges: readonly DatabaseGauge[], serverGauges: readonly ServerGauge[]): Scene {
  let at = Date.UTC(2026, 10, 27);
  const said: string[] = [];
  const reach = async (): Promise<void> => {
    if (scene.away === 'silent') await new Promise(() => undefined);
    if (scene.away) throw new Error('connection refused by 10.0.0.1');
  };
  const tx = { query: async () => [] } as unknown as Tx;
  const database: Pick<Database, 'operator' | 'transaction'> = {
    async operator<T>() {
      await reach();
      return [{ id: 'an-org', slug: 'acme' }] as T;
    },
    transaction: async (_, work) => work(tx),
  };
  const log = (_: string, message: string, fields: object) => said.push(`${message} ${JSON.stringify(fields)}`);
  const metrics = createMetrics({ database, gauges, serverGauges, now: () => new Date(at), log, timeoutMs: 20 });
  const scene: Scene = { metrics, said, away: false, later: (seconds) => (at += seconds * 1_000) };
  return scene;
}

/** The value of a line; null = there is none. */
async function valueOf({ metrics }: Scene, line: string): Promise<string | null> {
  const found = (await metrics.scrape()).split('\n').find((one) => one.startsWith(`${line} `));
  return found?.slice(line.length + 1) ?? null;
}

test('many organisations take longer than a scraper waits: the database is there, and what was read of them last is told', async () => {
  let reads = 0;
  const orgs = ['a', 'b', 'c', 'd'].map((slug) => ({ id: slug, slug }));
  const slow = counting({
    read: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return [{ value: (reads += 1) }];
    },
  });
  const tx = { query: async () => [] } as unknown as Tx;
  let at = Date.UTC(2026, 10, 27);
  const database: Pick<Database, 'operator' | 'transaction'> = {
    operator: async <T>() => orgs as T,
    transaction: async (_, work) => work(tx),
  };
  const metrics = createMetrics({
    database,
    gauges: [slow],
    now: () => new Date(at),
    log: () => undefined,
    timeoutMs: 50,
  });
  const lines = async () =>
    (await metrics.scrape()).split('\n').filter((line) => /^leadloop_(reads|database_up)/u.test(line));
  expect(await lines()).toEqual(['leadloop_database_up 1']);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await lines()).toHaveLength(5);
  at += 20_000;
  // Due again, and under way.
  const [up, ...told] = (await lines()).toSorted();
  expect([up, told.length]).toEqual(['leadloop_database_up 1', 4]);
});

test('what a run tells is counted under organisation and connection', async () => {
  const scene = sceneOf();
  const { observe } = scene.metrics;
  observe(place, {
    type: 'batch-committed',
    counts: { pulled: 100, changed: 7, rejected: 2, nulled: 1 },
    seconds: 0.2,
  });
  observe(place, { type: 'batch-committed', counts: { pulled: 50 }, seconds: 0.1 });
  observe(place, { type: 'pushed', outcomes: ['applied', 'applied', 'rejected'] });
  observe(place, { type: 'called', status: 200, seconds: 0.1 });
  observe(place, { type: 'called', status: 429, seconds: 0.1 });
  observe(place, { type: 'called', status: null, seconds: 30 });
  const counts = { ...noCounts, scored: 9 };
  observe(place, { type: 'run-ended', kind: 'sync', status: 'failed', code: 'crm-credentials', counts, seconds: 12 });
  const here = 'org="acme",connection="acme-hubspot"';
  const expected = {
    [`leadloop_records_total{${here},result="pulled"}`]: '150',
    [`leadloop_records_total{${here},result="rejected"}`]: '2',
    [`leadloop_push_records_total{${here},outcome="applied"}`]: '2',
    [`leadloop_api_calls_total{${here},status="2xx"}`]: '1',
    [`leadloop_api_calls_total{${here},status="429"}`]: '1',
    [`leadloop_api_calls_total{${here},status="none"}`]: '1',
    [`leadloop_runs_total{${here},kind="sync",status="failed",code="crm-credentials"}`]: '1',
    [`leadloop_leads_scored_total{${here}}`]: '9',
    'leadloop_run_duration_seconds_bucket{le="15",crm="hubspot",kind="sync"}': '1',
    'leadloop_run_duration_seconds_bucket{le="5",crm="hubspot",kind="sync"}': '0',
    leadloop_database_up: '1',
  };
  for (const [line, value] of Object.entries(expected))
    expect([line, await valueOf(scene, line)]).toEqual([line, value]);
});

describe('figures of the database', () => {
  const line = 'leadloop_reads{org="acme"}';

  test('are read once, however often somebody asks, until they are old', async () => {
    const scene = sceneOf(counting());
    await Promise.all([scene.metrics.scrape(), scene.metrics.scrape()]);
    expect(await valueOf(scene, line)).toBe('1');
    scene.later(14);
    expect(await valueOf(scene, line)).toBe('1');
    scene.later(1);
    expect(await valueOf(scene, line)).toBe('2');
  });

  test('are left out while the database is away, and the rest is told', async () => {
    const scene = sceneOf(counting());
    await scene.metrics.scrape();
    scene.away = true;
    scene.later(20);
    expect(await valueOf(scene, 'leadloop_database_up')).toBe('0');
    expect(await valueOf(scene, line)).toBeNull();
    expect(scene.said.join()).toContain('metrics of the database cannot be read');
    expect(scene.said.join()).not.toContain('10.0.0.1');
    scene.away = false;
    scene.later(5);
    expect(await valueOf(scene, line)).toBe('2');
    expect(await valueOf(scene, 'leadloop_database_up')).toBe('1');
  });

  test('keep nobody waiting where the database says nothing at all', async () => {
    const scene = sceneOf(counting());
    scene.away = 'silent';
    expect(await valueOf(scene, 'leadloop_database_up')).toBe('0');
    expect(await valueOf(scene, line)).toBeNull();
  });

  test('that cannot be read take nothing from the others', async () => {
    const broken = counting({ name: 'leadloop_broken', read: () => Promise.reject(new Error('jane@acme.example')) });
    const scene = sceneOf(broken, counting());
    expect(await valueOf(scene, line)).toBe('1');
    expect(await valueOf(scene, 'leadloop_database_up')).toBe('1');
    expect(scene.said.join()).toContain('leadloop_broken');
    expect(scene.said.join()).not.toContain('jane');
  });

  test('that are gone are not told as they were last seen', async () => {
    let rows = [{ connection: 'old', value: 3 }];
    const scene = sceneOf(counting({ labels: ['connection'], read: async () => rows }));
    const old = 'leadloop_reads{org="acme",connection="old"}';
    expect(await valueOf(scene, old)).toBe('3');
    rows = [];
    scene.later(15);
    expect(await valueOf(scene, old)).toBeNull();
  });
});

describe('figures of no organisation', () => {
  const depth = (read: ServerGauge['read']): ServerGauge => ({
    name: 'leadloop_depth',
    help: 'How deep.',
    labels: ['kind'],
    maxAgeSeconds: 15,
    read,
  });
  const line = 'leadloop_depth{kind="sync"}';

  test('stand beside the others, without an organisation, and are read as seldom', async () => {
    let reads = 0;
    const scene = sceneWith([counting()], [depth(async () => [{ kind: 'sync', value: (reads += 1) }])]);
    expect(await valueOf(scene, line)).toBe('1');
    scene.later(14);
    expect(await valueOf(scene, line)).toBe('1');
    scene.later(1);
    expect(await valueOf(scene, line)).toBe('2');
    scene.away = true;
    scene.later(20);
    expect(await valueOf(scene, line)).toBeNull();
    expect(await valueOf(scene, 'leadloop_database_up')).toBe('0');
    expect(reads).toBe(2);
  });

  test('that cannot be read, or never come, take nothing from the others', async () => {
    const broken = sceneWith([counting()], [depth(() => Promise.reject(new Error('10.0.0.1')))]);
    expect(await valueOf(broken, 'leadloop_reads{org="acme"}')).toBe('1');
    expect(await valueOf(broken, 'leadloop_database_up')).toBe('1');
    expect(await valueOf(broken, line)).toBeNull();
    expect(broken.said.join()).toContain('leadloop_depth');
    expect(broken.said.join()).not.toContain('10.0.0.1');
    const silent = sceneWith([], [depth(() => new Promise(() => undefined))]);
    expect(await valueOf(silent, 'leadloop_database_up')).toBe('0');
  });
});

test('what the database has counted for all processes is a counter, and stands as it was counted', async () => {
  const counted = counting({ name: 'leadloop_counted_total', type: 'counter', read: async () => [{ value: 7 }] });
  const scene = sceneOf(counted);
  for (const _ of [1, 2, 3]) {
    expect(await valueOf(scene, 'leadloop_counted_total{org="acme"}')).toBe('7');
    scene.later(20);
  }
  expect(await scene.metrics.scrape()).toContain('# TYPE leadloop_counted_total counter');
});

test('leads are counted by tier and by steps of ten, each lead once', () => {
  const tiers = [
    { tier: 'hot', atLeast: 80 },
    { tier: 'cold', atLeast: 5 },
  ];
  const scores = [
    { score: 100, leads: 1 },
    { score: 90, leads: 2 },
    { score: 85, leads: 4 },
    { score: 79, leads: 8 },
    { score: 4, leads: 16 },
  ];
  expect(distribution(scores, tiers)).toEqual([
    { tier: 'hot', score: '90', value: 3 },
    { tier: 'hot', score: '80', value: 4 },
    { tier: 'cold', score: '70', value: 8 },
    { tier: 'none', score: '0', value: 16 },
  ]);
  const any = fc.array(fc.record({ score: fc.integer({ min: 0, max: 100 }), leads: fc.nat(1_000) }));
  const sum = (numbers: (number | null)[]): number => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
  fc.assert(
    fc.property(any, (all) => {
      const rows = distribution(all, tiers);
      expect(sum(rows.map(({ value }) => value))).toBe(sum(all.map(({ leads }) => leads)));
    }),
  );
});

test.each([
  [null, 'none'],
  [204, '2xx'],
  [404, '4xx'],
  [429, '429'],
  [503, '5xx'],
])('an answer of %s counts as %s', (status, expected) => {
  expect(statusClass(status)).toBe(expected);
});

test('docs/metrics.md names every metric with its type and its labels, and no other', async () => {
  const said = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = [...said.matchAll(/^\| `(leadloop_\w+)` \| (counter|gauge|histogram) \| ([^|]*) \|/gmu)];
  const documented = rows.map(([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: new Set([...labels.matchAll(/`(\w+)`/gu)].map(([, label]) => label)),
  }));
  const ofServer = queueGauges({} as OpenDatabase).map((gauge) => ({ ...gauge, read: async () => [] }));
  const ofOrgs = databaseGauges.map((gauge) => ({ ...gauge, read: async () => [] }));
  const scene = sceneWith(ofOrgs, ofServer);
  const text = await scene.metrics.scrape();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)];
  expect(new Set(documented.map(({ name, type }) => `${name} ${type}`))).toEqual(
    new Set(types.map(([, name, type]) => `${name} ${type}`)),
  );
  const labelsOf = new Map(documented.map(({ name, labels }) => [name, labels]));
  for (const { name, labels } of databaseGauges) expect(labelsOf.get(name)).toEqual(new Set(['org', ...labels]));
  for (const { name, labels } of ofServer) expect(labelsOf.get(name)).toEqual(new Set(labels));
});

test('the process is measured under our own prefix', async () => {
  const { metrics } = sceneOf();
  metrics.watchProcess();
  metrics.watchProcess();
  const text = await metrics.scrape();
  expect(text).toContain('leadloop_process_resident_memory_bytes ');
  expect(text).toContain('leadloop_nodejs_eventloop_lag_seconds ');
});
