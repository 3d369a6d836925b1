import { afterAll, beforeAll, expect, test } from 'vitest';
import { countedUpTo } from '../../../src/db/queries/bounded-count.ts';
import { countChanges } from '../../../src/db/queries/count-changes.ts';
import { readHoldings } from '../../../src/db/queries/delete-connection.ts';
import { readPending } from '../../../src/db/queries/read-pending.ts';
import { readRuns, type RunQuery } from '../../../src/db/queries/read-runs.ts';
import { rejectedEntries } from '../../../src/db/queries/rejected-kinds.ts';
import { standingConnections } from '../../../src/db/queries/standing-connections.ts';
import { countRefused, waitingPushes } from '../../../src/db/queries/waiting-pushes.ts';
import { connectionStatuses } from '../../../src/health/read-status.ts';
import type { Tx } from '../../../src/db/tx.ts';
import type { OrgId } from '../../../src/model/values.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { explained } from '../../support/plans.ts';

/** Runs, rejections and waiting records of each of two organisations. */
const rows = 50_000;
const page = 50;
/** Rows that any step may touch for a page: the whole of a table is a thousand times as many. */
const most = page * 4;

let db: TestDatabase;
let orgId: OrgId;
const connectionId = '00000000-0000-4000-8000-000000000001';
const busyConnectionId = '00000000-0000-4000-8000-000000000002';
const after = { startedAt: new Date('2026-11-10T00:00:00Z'), id: '00000000-0000-4000-8000-000000000000' };
const anyRun: RunQuery = { connectionId: null, kind: null, status: null, hasLooks: false, after: null, limit: page };

beforeAll(async () => {
  db = await testDatabase();
  [orgId] = await db.twoOrgs();
  await db.sql(`
    begin;
    set local session_replication_role = replica;
    insert into connections (id, org_id, name, kind)
      select case slug when 'acme' then '${connectionId}'::uuid else gen_random_uuid() end, id, 'crm', 'hubspot' from orgs;
    insert into sync_runs (id, org_id, connection_id, kind, status, started_at, heartbeat_at, ended_at)
      select gen_random_uuid(), org_id, id, case when n % 50 = 0 then 'sync' else 'live' end,
        case when n % 5000 = 0 then 'failed' else 'succeeded' end,
        '2026-11-20T00:00:00Z'::timestamptz - n * interval '20 seconds', now(), now()
      from connections, generate_series(1, ${rows}) n;
    insert into rejected_records (org_id, connection_id, object, external_id, stage, field, code, message, effect, first_seen_at, last_seen_at)
      select org_id, id, 'contacts', n, 'map', case when n % 1000 = 0 then 'phone' else 'email' end, 'invalid-value', 'no', 'null', now(), now()
      from connections, generate_series(1, ${rows}) n;
    insert into leads (id, org_id, email) select gen_random_uuid(), org_id, 'p' || n || '@x.example'
      from connections, generate_series(1, ${rows}) n;
    insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, pushed, state, priority)
      select c.org_id, c.id, 'contacts', substr(l.email, 2), l.id, '{}', '{"a": 1}',
        case when hashtext(l.email) % 1000 = 0 then 'dead' when hashtext(l.email) % 100 = 1 then 'pending' else 'settled' end, 1
      from connections c join leads l on l.org_id = c.org_id;
    -- Very much waits for one more of acme.
    insert into connections (id, org_id, name, kind) select '${busyConnectionId}', id, 'busy', 'hubspot' from orgs where slug = 'acme';
    insert into push_states (org_id, connection_id, object, external_id, lead_id, wanted, pushed, state, priority)
      select org_id, '${busyConnectionId}', object, external_id, lead_id, '{}', '{"a": 1}', 'pending', abs(hashtext(external_id)) % 2 + 1
      from push_states where connection_id = '${connectionId}';
    commit;
  `);
  await db.sql('vacuum analyze sync_runs, rejected_records, push_states, leads, connections');
}, 120_000);

afterAll(() => db[Symbol.asyncDispose]());

const steps: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'the newest runs': (tx) => readRuns(tx, anyRun),
  'runs further on': (tx) => readRuns(tx, { ...anyRun, after }),
  'every run': (tx) => readRuns(tx, { ...anyRun, hasLooks: true, after }),
  'the runs of a connection': (tx) => readRuns(tx, { ...anyRun, connectionId, hasLooks: true }),
  'failed runs': (tx) => readRuns(tx, { ...anyRun, status: 'failed' }),
  'the runs that are under way': (tx) => readRuns(tx, { ...anyRun, status: 'running' }),
  'how connections stand': standingConnections,
  'rejected records of a kind': (tx) =>
    rejectedEntries(tx, {
      of: 'connection',
      name: 'crm',
      object: 'contacts',
      stage: 'map',
      code: 'invalid-value',
      field: 'email',
      before: 40_000,
      limit: page,
    }),
  'rejected records of a rare kind': (tx) =>
    rejectedEntries(tx, {
      of: 'connection',
      name: 'crm',
      object: 'contacts',
      stage: 'map',
      code: 'invalid-value',
      field: 'phone',
      before: null,
      limit: page,
    }),
  'what waits to be written': (tx) =>
    readPending(tx, {
      connectionId,
      object: 'contacts',
      limit: page,
      after: { priority: 1, parent: '', externalId: '3' },
    }),
  'how many writes were refused': (tx) => countRefused(tx, connectionId),
};

test.each(Object.entries(steps))('%s: no step touches more than a page', async (_name, step) => {
  const touched = await explained({ database: db.database, orgId }, step);
  expect(touched.filter(({ rows: seen }) => seen > most)).toEqual([]);
});

test('how connections fare is told by the indexes, and counting stops where nobody needs a number', async () => {
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    const [busy, crm] = await connectionStatuses(tx, [], new Date());
    expect(busy).toMatchObject({
      name: 'busy',
      waiting: { hot: countedUpTo, scores: countedUpTo, urgent: 0, rest: 0 },
    });
    expect(crm).toMatchObject({ name: 'crm', rejected: countedUpTo });
    expect(crm!.dead).toBeGreaterThan(0);
    expect(crm!.waiting.hot).toBeGreaterThan(most);
    expect(crm!.waiting.hot).toBeLessThan(countedUpTo);
  });
  // Of two priorities at most so many each, beside what waits for the other connection.
  expect(touched.filter(({ rows: seen }) => seen > 2 * countedUpTo + rows / 50)).toEqual([]);
});

test('what goes along with a connection is counted so far and no further', async () => {
  const touched = await explained({ database: db.database, orgId }, async (tx) => {
    expect(await readHoldings(tx, busyConnectionId)).toMatchObject({ pendingWrites: countedUpTo, records: 0 });
  });
  expect(touched.filter(({ rows: seen }) => seen > countedUpTo)).toEqual([]);
});

test('counting stops where it is told to, and what waits is counted without the rest', async () => {
  const counting = (tx: Tx) => waitingPushes(tx, { connectionId, objects: ['contacts', 'companies'], most: 100 });
  const touched = await explained({ database: db.database, orgId }, counting);
  expect(touched.filter(({ rows: seen }) => seen > most)).toEqual([]);
  const radius = await explained({ database: db.database, orgId }, (tx) => countChanges(tx, connectionId, 10_000));
  expect(radius.filter(({ rows: seen }) => seen > rows / 20)).toEqual([]);
});
