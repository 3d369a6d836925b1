import { describe, expect, test } from 'vitest';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { Cursor, PushOutcome } from '../../src/connector-sdk/index.ts';
import { createReplica, walk, type Replica, type Walk } from '../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../support/connector-salesforce.ts';
import { connectorLaws, type Harness } from './connector-suite.ts';

const harness: Harness = {
  definition: salesforce,
  object: 'Lead',
  fields: ['Title', 'Email', 'NumberOfEmployees'],
  score: 'Leadloop_Score__c',
  refused: { field: 'Leadloop_Tier__c', value: 'lukewarm' },
  // Salesforce answers a write without the record: what a trigger made of it comes with the next pull.
  kept: null,
  calledOff: 'Event',
  queryCap: 2_000,
  idleCalls: () => 1,
  start: startSalesforce,
};

describe('Salesforce keeps the laws of a connector', () => {
  connectorLaws(harness);
});

const never = (): AbortSignal => new AbortController().signal;
const minute = 60_000;

function pull(crm: SalesforceCrm, replica: Replica, step: Partial<Walk>): ReturnType<typeof walk> {
  const until = new Date(crm.clock.now());
  const { events } = salesforce.defaultMapping;
  return walk(crm.open(), replica, { object: 'Lead', lane: 'live', fields: ['Title'], until, events, ...step });
}

function title(replica: Replica, id: string): unknown {
  return replica.records.get(id)?.fields['Title'];
}

async function score(crm: SalesforceCrm, ids: readonly string[]): Promise<readonly PushOutcome[]> {
  const connector = crm.open();
  await connector.ensureFields('Lead', salesforce.ownedFields['Lead'] ?? [], never());
  const changes = ids.map((externalId) => ({ key: externalId, externalId, fields: { Leadloop_Score__c: 7 } }));
  return connector.push({ object: 'Lead', changes, signal: never() });
}

describe('Salesforce’s own traps', () => {
  test('a late commit behind the cursor is brought by settled, which waits for it (trap 1)', async () => {
    await using crm = await startSalesforce({ leads: 5 });
    const [id = ''] = crm.leads();
    const { clock } = crm;
    const live = createReplica();
    const settled = createReplica();
    const first = await pull(crm, live, {});
    let since: Cursor | null = (await pull(crm, settled, { lane: 'settled' })).cursor;
    clock.advance(minute);
    const commit = await crm.writeSlowly(id, { Title: 'late' });
    clock.advance(30 * minute);
    const passed = await pull(crm, live, { since: first.cursor });
    ({ cursor: since } = await pull(crm, settled, { lane: 'settled', since }));
    await commit();
    clock.advance(2 * minute);
    await pull(crm, live, { since: passed.cursor });
    await pull(crm, settled, { lane: 'settled', since });
    expect(title(live, id)).not.toBe('late');
    expect(title(settled, id)).toBe('late');
  });

  test('settled that was stopped half-way does not pass an open transaction when it goes on (trap 1)', async () => {
    await using crm = await startSalesforce({ leads: 30 });
    const [id = ''] = crm.leads();
    const replica = createReplica();
    crm.touch(30);
    crm.clock.advance(2 * minute);
    const commit = await crm.writeSlowly(id, { Title: 'late' });
    crm.clock.advance(30 * minute);
    crm.sandbox.faults.activate({ name: 'short-pages', rows: 10 });
    let since: Cursor | null = (await pull(crm, replica, { lane: 'settled', batches: 1 })).cursor;
    ({ cursor: since } = await pull(crm, replica, { lane: 'settled', since }));
    await commit();
    crm.clock.advance(2 * minute);
    await pull(crm, replica, { lane: 'settled', since });
    expect(title(replica, id)).toBe('late');
  });

  test('two changes in one second are both seen, though the second has the same stamp', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [id = ''] = crm.leads();
    const replica = createReplica();
    crm.edit(id, 'Title', 'first');
    const { cursor } = await pull(crm, replica, {});
    expect(title(replica, id)).toBe('first');
    crm.edit(id, 'Title', 'second');
    await pull(crm, replica, { since: cursor });
    expect(title(replica, id)).toBe('second');
  });

  test('pages that are shorter than asked for lose nothing', async () => {
    await using crm = await startSalesforce({ leads: 120 });
    crm.touch(120);
    crm.sandbox.faults.activate({ name: 'short-pages', rows: 7 });
    for (const lane of ['live', 'full'] as const) {
      const replica = createReplica();
      await pull(crm, replica, { lane });
      expect([...replica.records.keys()].sort()).toEqual([...crm.leads()].sort());
      // The survivor of a merge comes with its loser as well.
      if (lane === 'full') expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
    }
  });

  test('a query that takes too long is asked in halves, and both are read', async () => {
    await using crm = await startSalesforce({ leads: 40 });
    crm.sandbox.faults.activate({ name: 'query-timeout', path: 'queryAll', ms: 365 * 24 * 60 * minute });
    const replica = createReplica();
    await pull(crm, replica, {});
    expect([...replica.records.keys()].sort()).toEqual([...crm.leads()].sort());
  });

  test('an undeleted record comes back', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [id = ''] = crm.leads();
    const replica = createReplica();
    await crm.archive(id);
    const { cursor } = await pull(crm, replica, {});
    expect(replica.tombstones.has(id)).toBe(true);
    const row = crm.sandbox.org.find(id);
    if (row === undefined) throw new Error('not in the bin');
    crm.clock.advance(2 * minute);
    crm.sandbox.org.undelete(row, { by: 'somebody' });
    await pull(crm, replica, { since: cursor });
    expect(replica.records.has(id)).toBe(true);
  });

  test('a field that is hidden while we know it leaves the query, and the records come', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const replica = createReplica();
    await pull(crm, replica, { lane: 'full', fields: ['Title', 'Phone'] });
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Lead.Phone' });
    const again = createReplica();
    await pull(crm, again, { lane: 'full', fields: ['Title', 'Phone'] });
    for (const { fields } of again.records.values()) expect(Object.keys(fields)).toEqual(['Title']);
    expect(again.records.size).toBe(3);
  });

  test('a converted lead names its contact, and the others are written (trap 6)', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [id = '', ...others] = crm.leads();
    const { externalId: contact } = await crm.convert(id);
    const outcomes = await score(crm, [id, ...others]);
    expect(outcomes[0]).toMatchObject({ status: 'gone', mergedInto: contact });
    expect(outcomes.slice(1).every(({ status }) => status === 'applied')).toBe(true);
  });

  test('a score moves no lead to another owner', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const owners = crm.leads().map((id) => crm.value(id, 'OwnerId'));
    await score(crm, crm.leads());
    expect(crm.leads().map((id) => crm.value(id, 'OwnerId'))).toEqual(owners);
  });
});

describe('Salesforce’s engagement', () => {
  test.for(['CampaignMember', 'Task', 'Event'])(
    '%s stopped after any batch and resumed brings the same events',
    async (object) => {
      await using crm = await startSalesforce({ leads: 200 });
      const whole = createReplica();
      await pull(crm, whole, { object, lane: 'full', fields: [] });
      expect(whole.events.size).toBeGreaterThan(0);
      crm.sandbox.faults.activate({ name: 'short-pages', rows: 40 });
      const pieces = createReplica();
      let since: Cursor | null = null;
      for (let done = false; !done;) {
        ({ cursor: since, done } = await pull(crm, pieces, { object, lane: 'full', fields: [], since, batches: 1 }));
      }
      expect([...pieces.events.keys()].sort()).toEqual([...whole.events.keys()].sort());
    },
  );

  test('owners are users, those who left among them', async () => {
    await using crm = await startSalesforce({ leads: 1 });
    const replica = createReplica();
    await pull(crm, replica, { object: 'User', lane: 'full', fields: [] });
    expect(replica.records.size).toBeGreaterThan(0);
    for (const { fields } of replica.records.values()) {
      expect(Object.keys(fields)).toEqual(['email', 'firstName', 'lastName', 'archived']);
    }
  });
});
