import { describe, expect, test } from 'vitest';
import { salesforce } from '../../../../../connectors/salesforce/index.ts';
import type { Cursor, Lane } from '../../../../../src/connector-sdk/index.ts';
import type { SalesforceSandboxOptions } from '../../../../../src/sandbox/salesforce/index.ts';
import { startSalesforce, type SalesforceCrm } from '../../../../support/connector-salesforce.ts';
import { createReplica, walk, type Replica, type Walk } from '../../../../support/connector-replica.ts';

const results = '/jobs/query/[^/]+/results';
const day = 86_400_000;

interface Setup extends SalesforceSandboxOptions {
  readonly leads: number;
}

function start({ leads, ...special }: Setup): Promise<SalesforceCrm> {
  return startSalesforce({ leads }, special);
}

interface Step extends Partial<Walk> {
  readonly settings?: Parameters<SalesforceCrm['openWith']>[0];
}

/** Each pull is a new process. */
function pull(crm: SalesforceCrm, replica: Replica, { settings = {}, ...step }: Step = {}): ReturnType<typeof walk> {
  const until = new Date(crm.clock.now());
  const { events } = salesforce.defaultMapping;
  const request = { object: 'Lead', lane: 'full' as Lane, fields: ['Title', 'Phone'], until, events, ...step };
  return walk(crm.openWith(settings), replica, request);
}

function expectAllOnce(crm: SalesforceCrm, replica: Replica): void {
  expect([...replica.arrivals.keys()].sort()).toEqual([...crm.ids()].sort());
  expect(new Set(replica.arrivals.values())).toEqual(new Set([1]));
}

const jobs = (crm: SalesforceCrm): number => crm.sandbox.requests.count('POST', /\/jobs\/query$/);
const restPages = (crm: SalesforceCrm): number => crm.sandbox.requests.count('GET', /\/queryAll\?/);
const why = (crm: SalesforceCrm): readonly unknown[] =>
  crm.logged
    .filter(({ message }) => message === 'full pass by REST instead of Bulk')
    .map(({ fields }) => fields['why']);

describe('a full pass by Bulk', () => {
  test.for(salesforce.objects.flatMap(({ object, kind }) => (kind === 'owner' ? [] : object)))(
    '%s: the same records and events as by REST, of every field there is',
    async (object) => {
      await using crm = await start({ leads: 120, bulkPageRows: 50 });
      const schema = await crm.open().describe(object, new AbortController().signal);
      const fields = schema.map(({ name }) => name);
      const [bulk, rest] = [createReplica(), createReplica()];
      await pull(crm, bulk, { object, fields });
      expect(restPages(crm)).toBe(0);
      await pull(crm, rest, { object, fields, settings: { bulkQuery: false } });
      expect(jobs(crm)).toBe(1);
      expect(rest.records.size).toBeGreaterThan(0);
      expect(Object.fromEntries(bulk.records)).toEqual(Object.fromEntries(rest.records));
      expect(Object.fromEntries(bulk.events)).toEqual(Object.fromEntries(rest.events));
      expect([bulk.rejected, rest.rejected]).toEqual([[], []]);
    },
  );

  test('quotes, commas and line breaks in values survive pages and chunks (trap 12)', async () => {
    await using crm = await start({ leads: 40, bulkPageRows: 7 });
    const titles = new Map(crm.ids().map((id, at) => [id, `line ${at}\nof "${'é😀'.repeat(at)}", and\r\nmore`]));
    for (const [id, title] of titles) crm.edit(id, 'Title', title);
    const replica = createReplica();
    await pull(crm, replica);
    expectAllOnce(crm, replica);
    for (const [id, title] of titles) expect(replica.records.get(id)?.fields['Title']).toBe(title);
    expect(crm.sandbox.requests.count('GET', new RegExp(results))).toBe(Math.ceil(crm.ids().length / 7));
  });

  test('stopped after every batch and resumed, it goes on in the same job, and no row comes twice', async () => {
    await using crm = await start({ leads: 5_000, bulkPageRows: 3_000 });
    crm.touch(5_000);
    const replica = createReplica();
    let since: Cursor | null = null;
    let batches = 0;
    for (let done = false; !done; batches += 1) {
      const before = replica.arrivals.size;
      ({ cursor: since, done } = await pull(crm, replica, { since, batches: 1 }));
      expect(replica.arrivals.size - before).toBeLessThanOrEqual(2_000);
    }
    expectAllOnce(crm, replica);
    // The job, then 2,000 and 1,000 rows of a page, then 2,000 and few.
    expect(batches).toBeGreaterThanOrEqual(4);
    expect([jobs(crm), restPages(crm)]).toEqual([1, 0]);
  });

  test('it costs four calls and one for each page, and the job is tidied away', async () => {
    await using crm = await start({ leads: 90, bulkPageRows: 40 });
    await pull(crm, createReplica());
    const before = crm.calls();
    const replica = createReplica();
    for await (const batch of crm.openWith({}).pull({
      object: 'Lead',
      lane: 'full',
      fields: ['Title', 'Phone'],
      since: null,
      until: new Date(crm.clock.now()),
      held: (references) => replica.held(references),
      events: [],
      signal: new AbortController().signal,
    })) {
      replica.take(batch);
    }
    expectAllOnce(crm, replica);
    // Begin, two looks, delete.
    expect(crm.calls() - before).toBe(4 + Math.ceil(crm.ids().length / 40));
    expect(crm.sandbox.requests.count('DELETE', /\/jobs\/query\//)).toBe(1);
  });

  test('what was archived is in it, what is in the recycle bin is not', async () => {
    await using crm = await start({ leads: 30 });
    const [id = ''] = crm.ids();
    await crm.archive(id);
    const replica = createReplica();
    await pull(crm, replica);
    expectAllOnce(crm, replica);
    expect(replica.tombstones.size).toBe(0);
    const tasks = createReplica();
    await pull(crm, tasks, { object: 'Task', fields: ['IsArchived'] });
    expect([...tasks.records.values()].some(({ fields }) => fields['IsArchived'] === true)).toBe(true);
  });

  test('nothing at all is a pass, too', async () => {
    await using crm = await start({ leads: 3 });
    for (const id of crm.ids()) await crm.archive(id);
    const replica = createReplica();
    expect((await pull(crm, replica)).done).toBe(true);
    expect([replica.records.size, restPages(crm)]).toEqual([0, 0]);
  });
});

describe('results that break off', () => {
  test.for(['truncated-body', 'truncated-json', 'socket-reset', 'slow-body', '503-html', 'session-expired'] as const)(
    'one %s in the middle costs a call, and no row',
    async (name) => {
      await using crm = await start({ leads: 300, bulkPageRows: 120 });
      crm.sandbox.faults.activate({ name, path: results, after: 1, count: 1, ms: 30 });
      const replica = createReplica();
      const { connector } = crm.openRenewable();
      const until = new Date(crm.clock.now());
      await walk(connector, replica, { object: 'Lead', lane: 'full', fields: ['Title'], until });
      expectAllOnce(crm, replica);
      expect([jobs(crm), restPages(crm)]).toEqual([1, 0]);
      const pages = Math.ceil(crm.ids().length / 120);
      expect(crm.sandbox.requests.count('GET', new RegExp(results))).toBe(name === 'slow-body' ? pages : pages + 1);
    },
  );

  test('within a page of many batches, what was handed out is passed over', async () => {
    await using crm = await start({ leads: 4_500 });
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, { batches: 2 });
    expect(replica.arrivals.size).toBe(2_000);
    crm.sandbox.faults.activate({ name: 'truncated-body', path: results, count: 2 });
    await pull(crm, replica, { since: cursor });
    expectAllOnce(crm, replica);
  });

  test('a body that stalls is given up and asked for again', async () => {
    await using crm = await start({ leads: 30 });
    crm.sandbox.faults.activate({ name: 'slow-body', path: results, count: 1, ms: 60_000 });
    const replica = createReplica();
    await pull(crm, replica, { settings: { requestTimeoutSeconds: 1 } });
    expectAllOnce(crm, replica);
  });

  test('a body that stalls does not hold an abort up', async () => {
    await using crm = await start({ leads: 30 });
    crm.sandbox.faults.activate({ name: 'slow-body', path: results, ms: 60_000 });
    const controller = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => controller.abort(reason), 300);
    await expect(pull(crm, createReplica(), { signal: controller.signal })).rejects.toBe(reason);
  });

  test('results that never come whole are read by REST', async () => {
    await using crm = await start({ leads: 30 });
    crm.sandbox.faults.activate({ name: 'truncated-json', path: results });
    const replica = createReplica();
    await pull(crm, replica);
    expectAllOnce(crm, replica);
    expect(why(crm)).toHaveLength(1);
  });
});

describe('where Bulk fails, REST reads the same in the same pull', () => {
  const order = (crm: SalesforceCrm, fault: Parameters<SalesforceCrm['sandbox']['faults']['activate']>[0]): void => {
    crm.sandbox.faults.activate(fault);
  };

  test.for<readonly [string, SalesforceSandboxOptions, (crm: SalesforceCrm) => void, RegExp]>([
    ['the job fails', {}, (crm) => order(crm, { name: 'bulk-job-fails' }), /ended as Failed/],
    ['no right to Bulk', {}, (crm) => order(crm, { name: 'api-disabled', path: '/jobs/query' }), /403 API_DISABLED/],
    ['the day’s jobs are used up', { limits: { dailyBulkQueryJobs: 0 } }, () => undefined, /400 EXCEEDEDQUOTA/],
    ['the job never ends', { bulkPolls: 1e9 }, () => undefined, /takes too long/],
  ])('%s', async ([, special, spoil, reason]) => {
    await using crm = await start({ leads: 60, ...special });
    spoil(crm);
    const replica = createReplica();
    expect((await pull(crm, replica)).done).toBe(true);
    expectAllOnce(crm, replica);
    expect(why(crm)).toEqual([expect.stringMatching(reason)]);
    expect(restPages(crm)).toBe(1);
  });

  test.for<readonly [string, Step, (crm: SalesforceCrm) => void, RegExp]>([
    ['is gone after a week', {}, (crm) => crm.clock.advance(8 * day), /404 NOT_FOUND/],
    ['is of another version of the API', { settings: { apiVersion: '66.0' } }, () => undefined, /409/],
    ['has other columns', { fields: ['Title', 'Website'] }, () => undefined, /other columns/],
  ])('a job that %s: the pass begins anew', async ([, step, change, reason]) => {
    await using crm = await start({ leads: 60, bulkPageRows: 25 });
    const { cursor } = await pull(crm, createReplica(), { batches: 2 });
    change(crm);
    const replica = createReplica();
    await pull(crm, replica, { since: cursor, ...step });
    expectAllOnce(crm, replica);
    expect(why(crm)).toEqual([expect.stringMatching(reason)]);
  });

  test('a cursor of the REST pass goes on by REST', async () => {
    await using crm = await start({ leads: 60 });
    order(crm, { name: 'bulk-job-fails' });
    order(crm, { name: 'short-pages', rows: 20 });
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, { batches: 2 });
    crm.mend();
    await pull(crm, replica, { since: cursor });
    expectAllOnce(crm, replica);
    expect(jobs(crm)).toBe(1);
  });

  test('a job that is switched off in between is left', async () => {
    await using crm = await start({ leads: 60 });
    const { cursor } = await pull(crm, createReplica(), { batches: 1 });
    const replica = createReplica();
    await pull(crm, replica, { since: cursor, settings: { bulkQuery: false } });
    expectAllOnce(crm, replica);
    expect(crm.sandbox.requests.count('GET', /\/jobs\/query\//)).toBe(0);
  });

  test('a field that is hidden while we know it leaves the statement, and Bulk goes on', async () => {
    await using crm = await start({ leads: 30 });
    await pull(crm, createReplica());
    crm.sandbox.faults.activate({ name: 'field-hidden', field: 'Lead.Phone' });
    const replica = createReplica();
    await pull(crm, replica);
    expectAllOnce(crm, replica);
    for (const { fields } of replica.records.values()) expect(Object.keys(fields)).toEqual(['Title']);
    expect([why(crm), restPages(crm)]).toEqual([[], 0]);
  });

  test('a line that is down is no reason for REST: the pass ends, and is resumed in its job', async () => {
    await using crm = await start({ leads: 30 });
    const replica = createReplica();
    const { cursor } = await pull(crm, replica, { batches: 1 });
    order(crm, { name: 'socket-reset' });
    await expect(pull(crm, replica, { since: cursor })).rejects.toMatchObject({ recovery: 'retry' });
    crm.mend();
    await pull(crm, replica, { since: cursor });
    expectAllOnce(crm, replica);
    expect([jobs(crm), restPages(crm)]).toEqual([1, 0]);
  });

  test('an abort while the job runs leaves the job, which is read later', async () => {
    await using crm = await start({ leads: 30, bulkPolls: 20 });
    const controller = new AbortController();
    const replica = createReplica();
    const reason = new Error('stop');
    let cursor: Cursor | null = null;
    const request = {
      object: 'Lead',
      lane: 'full' as const,
      fields: ['Title'],
      since: null,
      until: new Date(crm.clock.now()),
      held: (references: Parameters<Replica['held']>[0]) => replica.held(references),
      events: [],
      signal: controller.signal,
    };
    const pulling = (async () => {
      for await (const batch of crm.openWith({}).pull(request)) {
        ({ cursor } = batch);
        controller.abort(reason);
      }
    })();
    await expect(pulling).rejects.toBe(reason);
    await pull(crm, replica, { since: cursor, fields: ['Title'] });
    expectAllOnce(crm, replica);
    expect(jobs(crm)).toBe(1);
  });
});
