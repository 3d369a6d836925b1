import { afterAll, beforeAll, expect, test } from 'vitest';
import { refreshStatistics } from '../../../src/db/queries/refresh-statistics.ts';
import { type DatabaseGauge, type GaugeRow, seldomSeconds } from '../../../src/metrics/database-gauge.ts';
import { alertsUnsent } from '../../../src/metrics/gauges/alerts-unsent.ts';
import { connectionHealth } from '../../../src/metrics/gauges/connection-health.ts';
import { connectionPaused } from '../../../src/metrics/gauges/connection-paused.ts';
import { freshness } from '../../../src/metrics/gauges/freshness.ts';
import { hintsWaiting } from '../../../src/metrics/gauges/hints-waiting.ts';
import { databaseGauges } from '../../../src/metrics/gauges/index.ts';
import { lag } from '../../../src/metrics/gauges/lag.ts';
import { lastSuccess } from '../../../src/metrics/gauges/last-success.ts';
import { leads } from '../../../src/metrics/gauges/leads.ts';
import { pendingPushes } from '../../../src/metrics/gauges/pending-pushes.ts';
import { quotas } from '../../../src/metrics/gauges/quota.ts';
import { rejectedRecords } from '../../../src/metrics/gauges/rejected-records.ts';
import { runsActive } from '../../../src/metrics/gauges/runs-active.ts';
import { signups } from '../../../src/metrics/gauges/signups.ts';
import { webhookDeliveries } from '../../../src/metrics/gauges/webhook-deliveries.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { explained } from '../../support/plans.ts';

/** Of each of two organisations: leads with a record that is written, as many old lines of a ledger, half as many that wait. */
const people = 100_000;
/** Told by the CRM, and not read again yet. */
const hints = 20_000;
/** Failures of months since the last success. */
const failures = 20_000;
const now = new Date('2026-11-27T12:00:00Z');

let db: TestDatabase;
let orgId: OrgId;

beforeAll(async () => {
  db = await testDatabase();
  [orgId] = await db.twoOrgs();
  await db.sql(manyRows);
  await db.database.transaction(orgId, refreshStatistics);
  // As autovacuum does, a minute after so many rows: until then an index alone cannot answer.
  for (const table of [
    'leads',
    'push_states',
    'push_ledger',
    'sync_runs',
    'rejected_records',
    'lead_scores',
    'change_hints',
  ])
    await db.sql(`vacuum analyze ${table}`);
}, 240_000);

afterAll(() => db[Symbol.asyncDispose]());

// Without triggers: foreign keys of rows that are right by construction cost a minute.
const manyRows = `
  begin;
  set local session_replication_role = replica;
  insert into connections (id, org_id, name, kind) select gen_random_uuid(), id, 'crm', 'hubspot' from orgs;
  insert into sync_cursors (org_id, connection_id, object, lane, completed_at)
    select org_id, id, 'contacts', lane, '2026-11-27T11:58:20Z' from connections, unnest(array['live', 'settled', 'full']) lane;
  create temporary table people on commit drop as
    select o.id as org_id, c.id as connection_id, n, gen_random_uuid() as lead_id
    from orgs o join connections c on c.org_id = o.id, generate_series(1, ${people}) n;
  insert into leads (id, org_id, email, lead_score, merged_into)
    select lead_id, org_id, 'p' || n || '@x.example', n % 100, case when n % 1000 = 999 then lead_id end from people;
  insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, state, priority)
    select org_id, connection_id, 'contacts', n, lead_id, '{}', case when n % 2 = 0 then 'pending' else 'settled' end,
      case when n % 100 = 0 then 0 when n % 50 = 0 then 3 else 2 end from people;
  insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, why, sent_at,
      outcome, settled_at, changed_at)
    select org_id, connection_id, gen_random_uuid(), gen_random_uuid(), 'contacts', n, lead_id, 'score', 'differs', at, 'applied', at,
      case when n % 2 = 0 then at - interval '1 minute' * (n % 7) end
    from (select *, timestamptz '2026-11-27T11:59:59Z' - interval '1 minute' * (n / 10) as at from people) p;
  insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at, ended_at)
    select gen_random_uuid(), c.org_id, c.id, 'sync', case n when 0 then 'succeeded' else 'failed' end, at, at, at
    from connections c, generate_series(0, ${failures}) n, lateral (select timestamptz '2026-01-01' + interval '1 minute' * n as at) t;
  insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at)
    select gen_random_uuid(), org_id, id, 'sync', 'running', '2026-11-27', '2026-11-27' from connections;
  insert into rejected_records (org_id, connection_id, object, external_id, stage, code, message, effect, times, first_seen_at, last_seen_at, resolved_at)
    select org_id, connection_id, 'contacts', n, 'map', 'bad', 'bad', 'reject', 1, '2026-11-01', '2026-11-01',
      case when n > 30 then timestamptz '2026-11-02' end from people where n < ${people / 2};
  insert into lead_scores (org_id, developer_id, company_score, usage_score, expansion_score, champion_score, timing_score)
    select org_id, lead_id, n % 100, n % 100, n % 100, n % 100, n % 100 from people;
  insert into change_hints (org_id, connection_id, object, external_id, reason, version)
    select org_id, connection_id, 'contacts', n, 'changed', n from people where n <= ${hints};
  insert into daily_pools (org_id, connection_id, ends_at, used, account_max, account_remaining, observed_at)
    select org_id, id, '2026-11-28', 120, 1000, 700, '2026-11-27T11:59:00Z' from connections;
  insert into webhook_counts (org_id, connection_id, day, verdict, deliveries)
    select org_id, id, date '2026-11-01' + n, verdict, 10 from connections, generate_series(1, 9) n, unnest(array['accepted', 'forged']) verdict;
  insert into connection_health (org_id, connection_id, state, code, message, failures_in_row, since)
    select org_id, id, 'failing', 'crm-unavailable', 'away', 2, '2026-11-27' from connections;
  insert into data_sources (org_id, name, kind, query) select id, 'usage', 'usage', 'select 1' from orgs;
  insert into source_health (org_id, source_id, state, code, message, failures_in_row, since)
    select org_id, id, 'paused', 'source-refused', 'refused', 1, '2026-11-27' from data_sources;
  insert into alerts (id, org_id, source_id, kind, title, text, created_at, next_try_at)
    select gen_random_uuid(), org_id, id, 'paused', 't', 't', timestamptz '2026-11-27', timestamptz '2026-11-27' from data_sources;
  insert into pauses (org_id, connection_id, direction, reason, created_at, created_by)
    select org_id, id, 'push', 'sales', '2026-11-27', 'cli' from connections;
  insert into alerts (id, org_id, connection_id, kind, title, text, created_at, sent_at, next_try_at)
    select gen_random_uuid(), org_id, id, 'failing', 't', 't', timestamptz '2026-11-27T00:00:00Z' - interval '1 day' * n,
      case when n > 10 then timestamptz '2026-11-27' end, case when n < 3 then timestamptz '2026-11-27' end
    from connections, generate_series(0, 80) n;
  commit;
`;

const read = (gauge: DatabaseGauge, org = orgId): Promise<readonly GaugeRow[]> =>
  db.database.transaction(org, (tx) => gauge.read(tx, now));

test('each gauge says what is so', async () => {
  expect(await read(lastSuccess)).toEqual([{ connection: 'crm', value: Date.UTC(2026, 0, 1) / 1_000 }]);
  expect(await read(lag)).toEqual([{ connection: 'crm', object: 'contacts', value: 100 }]);
  expect(await read(pendingPushes)).toEqual([
    { connection: 'crm', priority: '0', value: people / 100 },
    { connection: 'crm', priority: '1', value: 0 },
    { connection: 'crm', priority: '2', value: people / 2 - people / 50 },
    { connection: 'crm', priority: '3', value: people / 100 },
  ]);
  expect(await read(rejectedRecords)).toEqual([{ connection: 'crm', value: 30 }]);
  expect(await read(runsActive)).toEqual([{ connection: 'crm', kind: 'sync', value: 1 }]);
  expect(await read(freshness)).toEqual([
    { connection: 'crm', quantile: '0.5', value: 180 },
    { connection: 'crm', quantile: '0.95', value: 360 },
    { connection: 'crm', quantile: '0.99', value: 360 },
  ]);
  const tiers = (rows: readonly GaugeRow[]): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const { tier, value } of rows) sums[String(tier)] = (sums[String(tier)] ?? 0) + (value ?? 0);
    return sums;
  };
  // Those that were merged away, of 99 points, are none.
  const hot = people / 5 - people / 1_000;
  const others = { warm: people / 5, nurture: people / 5, monitor: (people / 5) * 2 };
  expect(tiers(await read(leads))).toEqual({ hot, ...others });
  expect(tiers(await read(signups))).toEqual({ hot: people / 5, ...others });
});

test('what comes from the CRM, what is known of it, and what people have said are figures, too', async () => {
  expect(await read(hintsWaiting)).toEqual([{ connection: 'crm', value: hints }]);
  expect(await read(webhookDeliveries)).toEqual([
    { connection: 'crm', verdict: 'accepted', value: 90 },
    { connection: 'crm', verdict: 'forged', value: 90 },
  ]);
  expect(await read(connectionHealth)).toEqual([
    { connection: 'crm', state: 'failing', value: 1 },
    { connection: 'crm', state: 'healthy', value: 0 },
    { connection: 'crm', state: 'paused', value: 0 },
    { connection: 'sources/usage', state: 'failing', value: 0 },
    { connection: 'sources/usage', state: 'healthy', value: 0 },
    { connection: 'sources/usage', state: 'paused', value: 1 },
  ]);
  expect(await read(connectionPaused)).toEqual([
    { connection: 'crm', direction: 'pull', value: 0 },
    { connection: 'crm', direction: 'push', value: 1 },
  ]);
  // Of those that were given up the ones of the last week count.
  expect(await read(alertsUnsent)).toEqual([
    { connection: 'crm', state: 'given-up', value: 4 },
    { connection: 'crm', state: 'waiting', value: 3 },
    { connection: 'sources/usage', state: 'given-up', value: 0 },
    { connection: 'sources/usage', state: 'waiting', value: 1 },
  ]);
});

test('of the day’s calls it is known what there are, what is used, and what is left for what', async () => {
  const read4 = Object.fromEntries(await Promise.all(quotas.map(async (gauge) => [gauge.name, await read(gauge)])));
  expect(read4).toEqual({
    leadloop_quota_max_calls: [{ connection: 'crm', value: 1_000 }],
    leadloop_quota_used_calls: [{ connection: 'crm', value: 120 }],
    leadloop_quota_left_calls: [
      { connection: 'crm', urgency: 'urgent', value: 700 },
      { connection: 'crm', urgency: 'ordinary', value: 600 },
    ],
    leadloop_quota_account_remaining_calls: [{ connection: 'crm', value: 700 }],
  });
});

test('an organisation without anything has no figures', async () => {
  const empty = await db.org('empty');
  for (const gauge of databaseGauges)
    expect({ of: gauge.name, rows: await read(gauge, empty) }).toEqual({ of: gauge.name, rows: [] });
});

/** Rows that a gauge may touch in any step of its plan. What counts many does so by an index alone, or seldom. */
const most: Readonly<Record<string, number>> = {
  [pendingPushes.name]: people / 2 + 100,
  [hintsWaiting.name]: hints,
  [leads.name]: 2 * people + 100,
  [signups.name]: 2 * people + 100,
  // Ten a minute with a change behind every second one, for an hour.
  [freshness.name]: 1_000,
};

test.each(databaseGauges)('$name touches what it tells of, and no table of it', async (gauge) => {
  // Half of the rows are this organisation's, where a table is read as cheaply as an index: with more of them it is not.
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    await tx.query(`select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`);
    return gauge.read(tx, now);
  });
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.filter(({ rows }) => rows > (most[gauge.name] ?? 100))).toEqual([]);
  const scans = touched.filter(({ node, rows }) => rows > 1_000 && /Scan \w/u.test(node)).map(({ node }) => node);
  const byIndexAlone = scans.filter((node) => !node.startsWith('Index Only Scan'));
  // What is read seldom may read a table where its organisation has half of it: PostgreSQL 15 does so for signups.
  expect(gauge.maxAgeSeconds === seldomSeconds ? [] : byIndexAlone).toEqual([]);
});
