import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ChangeHint } from '../../../src/connector-sdk/webhooks.ts';
import { saveHints } from '../../../src/db/queries/save-hints.ts';
import { fieldsOf } from '../../../src/mapping/compile.ts';
import { emptyPage } from '../../../src/model/records.ts';
import { storePage } from '../../../src/pull/commit-batch.ts';
import { prepare } from '../../../src/pull/prepare.ts';
import type { RunReport } from '../../../src/sync/options.ts';
import { syncHints } from '../../../src/sync/sync-hints.ts';
import { type Loop, startLoop } from '../../support/loop.ts';
import { handsOf } from '../../support/loop-crm.ts';
import { sandboxToken } from '../../support/loop-side.ts';

let loop: Loop;
let hands: ReturnType<typeof handsOf>;

beforeEach(async () => {
  loop = await startLoop({ sandbox: { contacts: 30, limits: { tenSecondly: Infinity } } });
  hands = handsOf(loop);
  await loop.sync();
  await loop.sync();
});
afterEach(() => loop[Symbol.asyncDispose]());

async function hint(id: number, more: Partial<ChangeHint> = {}): Promise<void> {
  const told: ChangeHint = {
    object: 'contacts',
    externalId: String(id),
    reason: 'changed',
    field: null,
    occurredAt: new Date(loop.clock.now()),
    accountId: '',
    ...more,
  };
  await loop.db.database.transaction(loop.orgId, (tx) => saveHints(tx, loop.connectionId, [told]));
}

async function attend(): Promise<RunReport> {
  await using session = await loop.open();
  return await syncHints(session, { signal: new AbortController().signal });
}

const waiting = () => loop.db.sql<{ id: string }>('select external_id as id from change_hints order by 1');
const gone = async (id: number) =>
  (
    await loop.db.sql<{ reason: string | null }>(
      'select gone_reason as reason from source_records where external_id = $1',
      [String(id)],
    )
  )[0]?.reason;
const scoreOf = (id: number) => loop.crm.store.contacts.get(id)?.properties['leadloop_score'];

it('reads what was named and nothing else, scores it and writes it: two calls', async () => {
  const [first, second] = hands.living().map(({ id }) => id) as [number, number];
  hands.edit(first, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  hands.edit(second, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  const before = scoreOf(second);
  await hint(first);
  const report = await attend();
  expect(report).toMatchObject({ status: 'succeeded', counts: { pulled: 1, pushed: 1, apiCalls: 2 } });
  expect(Number(scoreOf(first))).toBeGreaterThan(Number(before));
  expect(scoreOf(second)).toBe(before);
  expect(await waiting()).toEqual([]);
  const [line] = await loop.db.sql<{ seconds: number }>(
    `select extract(epoch from settled_at - changed_at)::float8 as seconds from push_ledger
     where external_id = $1 and changed_at is not null order by id desc limit 1`,
    [String(first)],
  );
  expect(line?.seconds).toBeGreaterThanOrEqual(0);
});

it('spends no call on fields that the mapping does not read, nor on the echo of our own writes', async () => {
  const id = hands.living()[0]!.id;
  await hint(id, { field: 'city' });
  await hint(id, { field: 'leadloop_score' });
  expect((await attend()).counts).toMatchObject({ pulled: 0, pushed: 0, apiCalls: 0 });
  expect(await waiting()).toEqual([]);
  await hint(id, { field: 'jobtitle' });
  expect((await attend()).counts).toMatchObject({ pulled: 1, pushed: 0, apiCalls: 1 });
});

it('believes a deletion when the record is not there any more, and not before', async () => {
  const [one, other] = hands.living().map(({ id }) => id) as [number, number];
  await hint(one, { reason: 'deleted' });
  await attend();
  expect(await gone(one)).toBeNull();
  await hands.archive(other);
  await hint(other, { reason: 'deleted' });
  await attend();
  expect(await gone(other)).toBe('archived');
  // Whoever says only that something has changed proves no deletion: the census will.
  await hands.archive(one);
  await hint(one);
  await attend();
  expect(await gone(one)).toBeNull();
});

it('erases at once what was deleted for privacy', async () => {
  const id = await hands.create({ email: 'ada@vanished.example', firstname: 'Ada' });
  await hint(id);
  await attend();
  await hands.erase(id);
  await hint(id, { reason: 'erased' });
  await attend();
  expect(await loop.db.sql(`select 1 from leads where email = 'ada@vanished.example'`)).toEqual([]);
  expect(await gone(id)).toBe('erased');
});

it('a record that was merged is found under the one that absorbed it', async () => {
  const [primary, other] = hands.living().map(({ id }) => id) as [number, number];
  const merged = await hands.merge(primary, other);
  for (const id of [primary, other, merged]) await hint(id);
  await attend();
  expect(await gone(other)).toBe('merged');
  expect(await waiting()).toEqual([]);
});

it('a hint that comes while its record is being read stays, and is attended to next', async () => {
  const id = hands.living()[0]!.id;
  await hint(id);
  // The read is slow, and meanwhile the record changes again. What it takes is none of the time that the run has.
  loop.clock.hold();
  const fault = loop.crm.faults.activate({ name: 'slow-body', ms: 3_000, path: 'batch/read', count: 1 });
  const attending = attend();
  await vi.waitFor(() => expect(fault.struck).toBe(1), 20_000);
  hands.edit(id, { jobtitle: 'Superintendent' });
  await hint(id);
  const report = await attending;
  expect(report.counts.pulled).toBe(2);
  expect(await waiting()).toEqual([]);
  const [lead] = await loop.db.sql<{ title: string }>(
    `select l.title from leads l join source_records r on r.lead_id = l.id where r.external_id = $1`,
    [String(id)],
  );
  expect(lead?.title).toBe('Superintendent');
});

it('while a census is under way, what is new is read, scored and written between its pages', async () => {
  const id = hands.living()[0]!.id;
  loop.clock.advance(25 * 3_600_000);
  hands.edit(id, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  const order: string[] = [];
  const before = Number(scoreOf(id));
  await hint(id);
  // Whatever was changed is found by the pull of what is recent; this one nobody but the hint knows.
  await loop.db.sql(`update sync_cursors set completed_at = now() where lane in ('live', 'settled')`);
  await loop.sync({
    onProgress: ({ phase, lane, object }) => order.push([phase, lane ?? '', object].join(' ').trim()),
  });
  expect(await waiting()).toEqual([]);
  const pass = order.findIndex((step) => step.startsWith('pull full contacts'));
  expect(pass).toBeGreaterThan(-1);
  expect(order.findIndex((step) => step.startsWith('push'))).toBeLessThan(order.lastIndexOf('pull archived contacts'));
  expect(Number(scoreOf(id))).toBeGreaterThan(before);
});

it('while a census waits for a page, what is new is read, scored and written', async () => {
  const id = hands.living()[0]!.id;
  loop.clock.advance(25 * 3_600_000);
  await loop.db.sql(`update sync_cursors set completed_at = now() where lane in ('live', 'settled')`);
  const before = Number(scoreOf(id));
  const fault = loop.crm.faults.activate({ name: 'slow-body', ms: 60_000, path: '/objects/[^/]+/contacts$', count: 1 });
  const stop = new AbortController();
  const syncing = loop.sync({ signal: stop.signal });
  await vi.waitFor(() => expect(fault.struck).toBe(1), 20_000);
  hands.edit(id, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  await hint(id);
  await vi.waitFor(() => expect(Number(scoreOf(id))).toBeGreaterThan(before), 40_000);
  const full = `select completed_at < pass_started_at as "isOpen" from sync_cursors where object = 'contacts' and lane = 'full'`;
  expect(await loop.db.sql(full)).toEqual([{ isOpen: true }]);
  expect(await waiting()).toEqual([]);
  stop.abort();
  expect(await syncing).toMatchObject({ status: 'cancelled' });
});

it('a census that waits for a page ends with the day’s calls, not with the page', async () => {
  const id = hands.living()[0]!.id;
  loop.clock.advance(25 * 3_600_000);
  await loop.db.sql(`update sync_cursors set completed_at = now() where lane in ('live', 'settled')`);
  const page = loop.crm.faults.activate({ name: 'slow-body', ms: 60_000, path: '/objects/[^/]+/contacts$', count: 1 });
  const syncing = loop.sync();
  await vi.waitFor(() => expect(page.struck).toBe(1), 20_000);
  loop.crm.faults.activate({ name: '429-daily', path: 'batch/read' });
  await hint(id);
  const other = new Promise((resolve) => setTimeout(resolve, 45_000, 'the page'));
  expect(await Promise.race([syncing, other])).toMatchObject({ failure: { code: 'crm-quota-exhausted' } });
  expect(await waiting()).toEqual([{ id: String(id) }]);
});

it('what a census read before our last write does not take that write for undone', async () => {
  const id = hands.living()[0]!.id;
  await using session = await loop.open();
  const signal = new AbortController().signal;
  const { pipeline } = await prepare(session, randomUUID(), signal);
  const fields = fieldsOf(pipeline.mapping, 'contacts');
  const [record] = await session.connector.read({ object: 'contacts', ids: [String(id)], fields, signal });
  const page = { ...emptyPage, records: [{ ...record!, fields: { ...record!.fields, leadloop_score: '1' } }] };
  const store = async (readSince: Date | null) => {
    const source = { object: 'contacts', kind: 'lead', readSince } as const;
    await loop.db.database.transaction(loop.orgId, (tx) => storePage(tx, pipeline, source, page));
    const [state] = await loop.db.sql<{ state: string }>('select state from push_states where external_id = $1', [
      String(id),
    ]);
    return state?.state;
  };
  expect(await store(new Date(loop.clock.now() - 3_600_000))).toBe('settled');
  // Read just now, it says that somebody has changed our field.
  expect(await store(null)).toBe('pending');
});

it('a person’s pause holds hints back, and they wait', async () => {
  const id = hands.living()[0]!.id;
  await loop.db.sql(
    `insert into pauses (org_id, connection_id, direction, reason, created_at, created_by)
    values ($1, $2, 'pull', 'moving house', now(), 'test')`,
    [loop.orgId, loop.connectionId],
  );
  await hint(id);
  await expect(attend()).rejects.toMatchObject({ code: 'connection-paused' });
  expect(await waiting()).toHaveLength(1);
});

it('a connection that was never read to its end writes nothing for a hint', async () => {
  await using fresh = await startLoop({ db: loop.db, org: 'fresh', sandbox: { contacts: 5 } });
  const own = handsOf(fresh);
  const id = own.living()[0]!.id;
  await fresh.db.database.transaction(fresh.orgId, (tx) =>
    saveHints(tx, fresh.connectionId, [
      {
        object: 'contacts',
        externalId: String(id),
        reason: 'changed',
        field: null,
      },
    ]),
  );
  await using session = await fresh.open();
  const report = await syncHints(session, { signal: new AbortController().signal });
  expect(report.counts).toMatchObject({ pulled: 1, pushed: 0 });
});

it('what people did is left to its lanes: read by its id it would be passed over as known', async () => {
  await using own = await startLoop({
    db: loop.db,
    org: 'calls',
    sandbox: { contacts: 30, epoch: Date.now() - 3_600_000 },
  });
  await own.sync();
  await own.sync();
  const before = await own.db.sql('select 1 from engagement_events where org_id = $1', [own.orgId]);
  const contact = handsOf(own).living()[0]!;
  const post = async (path: string, body: object): Promise<{ id: string }> => {
    const response = await fetch(`${own.crm.url}/crm/objects/2026-09/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandboxToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: string };
  };
  const call = await post('calls', {
    properties: {
      hs_timestamp: new Date(own.clock.now()).toISOString(),
      hs_call_title: 'Demo',
      hs_call_status: 'COMPLETED',
    },
    associations: [
      { to: { id: String(contact.id) }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 194 }] },
    ],
  });
  expect(call.id).toMatch(/^\d+$/u);
  const told = {
    object: 'calls',
    externalId: call.id,
    reason: 'changed',
    field: null,
    occurredAt: new Date(own.clock.now()),
    accountId: '',
  } as const;
  await own.db.database.transaction(own.orgId, (tx) => saveHints(tx, own.connectionId, [told]));
  await using session = await own.open();
  expect((await syncHints(session, { signal: new AbortController().signal })).counts).toMatchObject({ pulled: 0 });
  expect(await waiting()).toEqual([]);
  own.clock.advance(5_000);
  await own.sync();
  const after = await own.db.sql('select 1 from engagement_events where org_id = $1', [own.orgId]);
  expect(after.length).toBe(before.length + 1);
});

it('a push that waits for a person keeps no census from its end', async () => {
  await using own = await startLoop({
    db: loop.db,
    org: 'held',
    sandbox: { contacts: 30, limits: { tenSecondly: Infinity } },
    blastRadius: { records: 1, share: 0.01 },
  });
  await own.sync();
  await own.sync();
  const theirs = handsOf(own);
  for (const { id } of theirs.living()) theirs.edit(id, { jobtitle: 'Superintendent', hs_analytics_num_visits: '40' });
  own.clock.advance(25 * 3_600_000);
  const told = {
    object: 'contacts',
    externalId: String(theirs.living()[0]!.id),
    reason: 'changed',
    field: null,
    occurredAt: new Date(own.clock.now()),
    accountId: '',
  } as const;
  await own.db.database.transaction(own.orgId, (tx) => saveHints(tx, own.connectionId, [told]));
  expect(await own.sync()).toMatchObject({ status: 'partial', failure: { code: 'push-held' } });
  const open = await own.db.sql(
    `select object from sync_cursors where org_id = $1 and lane = 'full' and completed_at < pass_started_at`,
    [own.orgId],
  );
  expect(open).toEqual([]);
  expect(await own.db.sql('select 1 from change_hints where org_id = $1', [own.orgId])).toEqual([]);
});
