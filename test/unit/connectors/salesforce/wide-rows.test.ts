import { describe, expect, test } from 'vitest';
import { salesforce } from '../../../../connectors/salesforce/index.ts';
import type { Lane } from '../../../../src/connector-sdk/index.ts';
import { field } from '../../../../src/sandbox/salesforce/schema/field.ts';
import { createReplica, walk, type Replica, type Walk } from '../../../support/connector-replica.ts';
import { startSalesforce, type SalesforceCrm } from '../../../support/connector-salesforce.ts';

const never = (): AbortSignal => new AbortController().signal;
/** Their names alone are 20,000 characters. */
const wide = Array.from({ length: 400 }, (_, at) => `A_Field_With_Quite_A_Long_Name_Of_Its_Own_${100 + at}__c`);
const [first = ''] = wide;
const last = wide.at(-1) ?? '';

async function start(leads: number): Promise<SalesforceCrm> {
  const crm = await startSalesforce({ leads });
  for (const object of ['Lead', 'Contact']) {
    for (const name of wide) crm.sandbox.org.table(object).object.add(field(name, 'string'));
  }
  for (const id of crm.ids()) {
    crm.edit(id, first, `first of ${id}`);
    crm.edit(id, last, `last of ${id}`);
  }
  return crm;
}

function pull(crm: SalesforceCrm, replica: Replica, step: Partial<Walk> = {}): ReturnType<typeof walk> {
  const until = new Date(crm.clock.now());
  const { events } = salesforce.defaultMapping;
  const request = { object: 'Lead', lane: 'live' as Lane, fields: ['Title', ...wide], until, events, ...step };
  return walk(crm.openWith({ bulkQuery: false }), replica, request);
}

function expectWhole(crm: SalesforceCrm, replica: Replica): void {
  expect([...replica.records.keys()].sort()).toEqual([...crm.ids()].sort());
  for (const [id, { fields }] of replica.records) {
    expect([fields[first], fields[last]]).toEqual([crm.value(id, first), crm.value(id, last)]);
    expect(Object.keys(fields)).toHaveLength(wide.length + 1);
  }
}

describe('more fields than the URL of a query holds', () => {
  test.for<Lane>(['live', 'settled', 'full'])('%s reads them all, in two calls a page', async (lane) => {
    await using crm = await start(30);
    crm.clock.advance(120_000);
    const replica = createReplica();
    await pull(crm, replica, { lane });
    expectWhole(crm, replica);
    expect(crm.sandbox.requests.count('GET', /\/queryAll\?/)).toBe(1);
    expect(crm.sandbox.requests.count('POST', /\/composite\/sobjects\/Lead/)).toBe(1);
  });

  test('Bulk takes them as they are', async () => {
    await using crm = await start(30);
    const replica = createReplica();
    const until = new Date(crm.clock.now());
    await walk(crm.open(), replica, { object: 'Lead', lane: 'full', fields: ['Title', ...wide], until });
    expectWhole(crm, replica);
    expect(crm.sandbox.requests.count('GET', /\/queryAll\?/)).toBe(0);
  });

  test('by id, merges and deletions are what they are otherwise', async () => {
    await using crm = await start(10);
    const [winner = '', loser = '', gone = '', other = ''] = crm.ids();
    await crm.merge(winner, loser);
    await crm.archive(gone);
    const ids = [loser, gone, other];
    const records = await crm.open().read({ object: 'Lead', ids, fields: wide, signal: never() });
    expect(records.map(({ externalId }) => externalId).sort()).toEqual([winner, other].sort());
    for (const { externalId, fields } of records) expect(fields[last]).toBe(crm.value(externalId, last));
    const replica = createReplica();
    await pull(crm, replica);
    expect(replica.tombstones.has(gone)).toBe(true);
    expectWhole(crm, replica);
  });

  /** Lets a user act between the two calls: the answer to the first is on its way for so long. */
  async function between(crm: SalesforceCrm, step: Partial<Walk>, act: () => unknown): Promise<Replica> {
    crm.sandbox.faults.activate({ name: 'slow-body', path: 'queryAll', count: 1, ms: 300 });
    const replica = createReplica();
    const pulling = pull(crm, replica, step);
    const answered = (): boolean =>
      crm.sandbox.requests.entries().some(({ url, status }) => url.includes('/queryAll?') && status === 200);
    await expect.poll(answered).toBe(true);
    await act();
    await pulling;
    return replica;
  }

  test('a record that changes between the calls is never half of each', async () => {
    await using crm = await start(3);
    const { org } = crm.sandbox;
    const row = [...org.table('Contact').all()].find(({ values }) => typeof values['AccountId'] === 'string')!;
    const account = [...org.table('Account').all()].find(({ id }) => id !== row.values['AccountId'])!.id;
    const replica = await between(crm, { object: 'Contact', lane: 'full' }, () => {
      crm.clock.advance(5_000);
      org.update(row, { AccountId: account, [last]: 'moved' }, { by: 'somebody' });
    });
    expect(replica.records.get(row.id)).toMatchObject({ companyId: account, fields: { [last]: 'moved' } });
  });

  test('and it keeps its place: nothing behind it is passed, and its change comes by its own stamp', async () => {
    await using crm = await start(20);
    const [id = ''] = crm.ids();
    const replica = await between(crm, {}, () => {
      crm.clock.advance(5_000);
      crm.edit(id, last, 'changed');
    });
    expectWhole(crm, replica);
    expect(replica.records.get(id)?.fields[last]).toBe('changed');
    await pull(crm, replica);
    expect(replica.records.get(id)?.modifiedAt.getTime()).toBe(Math.floor(crm.clock.now() / 1_000) * 1_000);
  });

  test('a record that is deleted between the calls is a tombstone, and one that is purged as well', async () => {
    await using crm = await start(20);
    const [deleted = '', purged = ''] = crm.ids();
    const replica = await between(crm, { lane: 'full' }, async () => {
      await crm.archive(deleted);
      await crm.archive(purged);
      crm.sandbox.org.purge(crm.sandbox.org.find(purged));
    });
    expect(replica.tombstones.has(deleted)).toBe(true);
    expect(replica.tombstones.has(purged)).toBe(true);
    expectWhole(crm, replica);
  });

  test('a field that is hidden while we know it leaves both calls', async () => {
    await using crm = await start(5);
    await pull(crm, createReplica());
    crm.sandbox.faults.activate({ name: 'field-hidden', field: `Lead.${last}` });
    const replica = createReplica();
    await pull(crm, replica);
    for (const { fields } of replica.records.values()) {
      expect(Object.keys(fields)).not.toContain(last);
      expect(Object.keys(fields)).toContain(first);
    }
  });
});
