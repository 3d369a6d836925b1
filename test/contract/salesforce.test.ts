import { describe, expect, test } from 'vitest';
import { salesforce } from '../../connectors/salesforce/index.ts';
import type { Cursor, Fields, PushOutcome } from '../../src/connector-sdk/index.ts';
import { createReplica, walk, type Replica, type Walk } from '../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../support/connector-salesforce.ts';
import { connectorLaws, type Harness } from './connector-suite.ts';

const harness: Harness = {
  definition: salesforce,
  object: 'Lead',
  fields: ['Title', 'Email', 'NumberOfEmployees'],
  score: 'Leadloop_Score__c',
  refused: { field: 'Leadloop_Tier__c', value: 'lukewarm' },
  company: {
    object: 'Account',
    score: 'Leadloop_PLG_Score__c',
    refused: { field: 'Leadloop_PLG_Tier__c', value: 'lukewarm' },
  },
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

interface Step extends Partial<Walk> {
  readonly settings?: Parameters<SalesforceCrm['openWith']>[0];
}

function pull(crm: SalesforceCrm, replica: Replica, { settings = {}, ...step }: Step): ReturnType<typeof walk> {
  const until = new Date(crm.clock.now());
  const { events } = salesforce.defaultMapping;
  return walk(crm.openWith(settings), replica, {
    object: 'Lead',
    lane: 'live',
    fields: ['Title'],
    until,
    events,
    ...step,
  });
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
    const [id = ''] = crm.ids();
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
    const [id = ''] = crm.ids();
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
    const [id = ''] = crm.ids();
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
      await pull(crm, replica, { lane, settings: { bulkQuery: false } });
      expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
      // The survivor of a merge comes with its loser as well.
      if (lane === 'full') expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
    }
  });

  test('a query that takes too long is asked in halves, and both are read', async () => {
    await using crm = await startSalesforce({ leads: 40 });
    crm.sandbox.faults.activate({ name: 'query-timeout', path: 'queryAll', ms: 365 * 24 * 60 * minute });
    const replica = createReplica();
    await pull(crm, replica, {});
    expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
  });

  test('an undeleted record comes back', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [id = ''] = crm.ids();
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

  test.for([true, false])('a field that is hidden while we know it leaves the query (Bulk: %s)', async (bulkQuery) => {
    await using crm = await startSalesforce({ leads: 3 });
    const step: Step = { lane: 'full', fields: ['Title', 'Phone'], settings: { bulkQuery } };
    await pull(crm, createReplica(), step);
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Lead.Phone' });
    const again = createReplica();
    await pull(crm, again, step);
    for (const { fields } of again.records.values()) expect(Object.keys(fields)).toEqual(['Title']);
    expect(again.records.size).toBe(3);
  });

  test('a converted lead names its contact, and the others are written (trap 6)', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const [id = '', ...others] = crm.ids();
    const { externalId: contact } = await crm.convert(id);
    const outcomes = await score(crm, [id, ...others]);
    expect(outcomes[0]).toMatchObject({ status: 'gone', mergedInto: contact });
    expect(outcomes.slice(1).every(({ status }) => status === 'applied')).toBe(true);
  });

  test('5,000 rows with one stamp are all read by a full pass, once (trap 2)', async () => {
    await using crm = await startSalesforce({ leads: 5_000 });
    crm.touch(5_000);
    const replica = createReplica();
    await pull(crm, replica, { lane: 'full' });
    expect([...replica.arrivals.keys()].sort()).toEqual([...crm.ids()].sort());
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
  });

  test('a full pass that is stopped after every batch, on a bad line, brings every row once (traps 11, 12)', async () => {
    await using crm = await startSalesforce({ leads: 300 }, { bulkPageRows: 40 });
    for (const [at, id] of crm.ids().entries()) crm.edit(id, 'Title', `of "${at}",\nin two lines`);
    const replica = createReplica();
    const faults = ['truncated-body', 'truncated-json', 'socket-reset', '503-html', 'concurrent-limit'] as const;
    let since: Cursor | null = null;
    for (let step = 0, done = false; !done; step += 1) {
      crm.sandbox.faults.activate({ name: faults[step % faults.length] ?? '503', path: '/jobs/query', count: 1 });
      ({ cursor: since, done } = await pull(crm, replica, { lane: 'full', since, batches: 1 }));
      crm.mend();
    }
    expect([...replica.arrivals.keys()].sort()).toEqual([...crm.ids()].sort());
    expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
    for (const id of crm.ids()) expect(title(replica, id)).toBe(crm.value(id, 'Title'));
    expect(crm.sandbox.requests.count('GET', /\/queryAll\?/)).toBe(0);
  });

  test('a mass push writes and answers as calls of 200 do (trap 13)', async () => {
    const fieldsAt = (at: number): Fields => {
      const all: Fields = {
        Leadloop_Score__c: at % 7 === 0 ? null : at % 100,
        Leadloop_Reasons__c: at % 5 === 0 ? null : `"${at}", é\n`,
        Leadloop_Is_MQL__c: at % 3 === 0 ? null : at % 2 === 0,
        Leadloop_MQL_Date__c: at % 4 === 0 ? null : '2026-11-22T10:11:12.345Z',
        Leadloop_Tier__c: at % 50 === 0 ? 'lukewarm' : 'hot',
      };
      return Object.fromEntries(Object.entries(all).filter((_, column) => (at + column) % 6 !== 0));
    };
    const after = async (size: number): Promise<unknown> => {
      await using crm = await startSalesforce({ leads: 420 });
      const connector = crm.open();
      const owned = salesforce.ownedFields['Lead'] ?? [];
      await connector.ensureFields('Lead', owned, never());
      const [converted = '', gone = ''] = crm.ids();
      await crm.convert(converted);
      await crm.archive(gone);
      const ids = [...crm.ids(), gone];
      const outcomes: PushOutcome[] = [];
      for (let at = 0; at < ids.length; at += size) {
        const changes = ids.slice(at, at + size).map((externalId, offset) => ({
          key: externalId,
          externalId,
          fields: fieldsAt(at + offset),
        }));
        outcomes.push(...(await connector.push({ object: 'Lead', changes, signal: never() })));
      }
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['applied', 'rejected', 'gone']));
      const values = ids.map((id) => owned.map(({ name }) => crm.value(id, name)));
      return { outcomes, values, jobs: crm.sandbox.requests.count('POST', /\/jobs\/ingest$/) };
    };
    const [mass, calls] = [await after(50_000), await after(200)];
    expect(mass).toMatchObject({ jobs: 1 });
    expect(calls).toMatchObject({ jobs: 0 });
    expect({ ...(mass as object), jobs: 0 }).toEqual(calls);
  });

  test('what was written to an account comes back as the push reported it', async () => {
    await using crm = await startSalesforce({ companies: 3 });
    const connector = crm.open();
    await connector.ensureFields('Account', salesforce.ownedFields['Account'] ?? [], never());
    const sent = {
      Leadloop_PLG_Score__c: 88,
      Leadloop_PLG_Tier__c: 'hot',
      // As long as it may be, so that it is no long text and the pages of a query stay long.
      Leadloop_Suggested_Action__c: 'é'.repeat(255),
    };
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, { object: 'Account', fields: ['Name'] });
    crm.clock.advance(minute);
    const [id = ''] = crm.ids();
    const changes = [{ key: 'k', externalId: id, fields: sent }];
    const [outcome] = await connector.push({ object: 'Account', changes, signal: never() });
    expect(outcome).toMatchObject({ status: 'applied', fields: sent });
    await pull(crm, replica, { object: 'Account', since: cursor, fields: Object.keys(sent) });
    expect(replica.records.get(id)?.fields).toEqual(sent);
    const [row] = crm.sandbox.org
      .table('Account')
      .object.fields()
      .filter(({ name }) => name in sent && name.includes('Action'));
    expect(row).toMatchObject({ type: 'string', length: 255 });
  });

  test('a score moves no lead to another owner', async () => {
    await using crm = await startSalesforce({ leads: 3 });
    const owners = crm.ids().map((id) => crm.value(id, 'OwnerId'));
    await score(crm, crm.ids());
    expect(crm.ids().map((id) => crm.value(id, 'OwnerId'))).toEqual(owners);
  });
});

describe('Salesforce’s engagement', () => {
  test.for(
    [true, false].flatMap((bulkQuery) =>
      ['CampaignMember', 'Task', 'Event'].map((object) => [object, bulkQuery] as const),
    ),
  )('%s stopped after any batch and resumed brings the same events (Bulk: %s)', async ([object, bulkQuery]) => {
    await using crm = await startSalesforce({ leads: 200 }, { bulkPageRows: 40 });
    const step: Step = { object, lane: 'full', fields: [], settings: { bulkQuery } };
    const whole = createReplica();
    await pull(crm, whole, step);
    expect(whole.events.size).toBeGreaterThan(0);
    crm.sandbox.faults.activate({ name: 'short-pages', rows: 40 });
    const pieces = createReplica();
    let since: Cursor | null = null;
    for (let done = false; !done;) {
      ({ cursor: since, done } = await pull(crm, pieces, { ...step, since, batches: 1 }));
    }
    expect([...pieces.events.keys()].sort()).toEqual([...whole.events.keys()].sort());
  });

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
