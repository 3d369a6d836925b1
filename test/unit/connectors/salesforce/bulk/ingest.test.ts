import { describe, expect, test } from 'vitest';
import { fitsTable, tablesOf } from '../../../../../connectors/salesforce/bulk/ingest.ts';
import { fateOf, tableErrors } from '../../../../../connectors/salesforce/fate.ts';
import { salesforce } from '../../../../../connectors/salesforce/index.ts';
import {
  ConnectorError,
  type Fields,
  type PushChange,
  type PushOutcome,
} from '../../../../../src/connector-sdk/index.ts';
import type { SalesforceSandboxOptions } from '../../../../../src/sandbox/salesforce/index.ts';
import { startSalesforce, type SalesforceCrm } from '../../../../support/connector-salesforce.ts';

const score = 'Leadloop_Score__c';
const reasons = 'Leadloop_Reasons__c';
const never = (): AbortSignal => new AbortController().signal;

/** An organisation with our fields, in which no two people have one address. */
async function start(leads: number, special: SalesforceSandboxOptions = {}): Promise<SalesforceCrm> {
  const crm = await startSalesforce({ leads }, { duplicateRule: 'off', ...special });
  await crm.open().ensureFields('Lead', salesforce.ownedFields['Lead'] ?? [], never());
  return crm;
}

function changesOf(ids: readonly string[], fields: (at: number) => Fields): readonly PushChange[] {
  return ids.map((externalId, at) => ({ key: `key-${at}`, externalId, fields: fields(at) }));
}

function push(crm: SalesforceCrm, changes: readonly PushChange[]): Promise<readonly PushOutcome[]> {
  return crm.openWith({}).push({ object: 'Lead', changes, signal: never() });
}

/** One outcome for each change, in their order, and none that claims what is not. */
function expectHonest(crm: SalesforceCrm, changes: readonly PushChange[], outcomes: readonly PushOutcome[]): void {
  expect(outcomes.map(({ key }) => key)).toEqual(changes.map(({ key }) => key));
  outcomes.forEach((outcome, at) => {
    const { externalId = '', fields = {} } = changes[at] ?? {};
    if (outcome.status !== 'applied') return;
    for (const [name, value] of Object.entries(fields)) {
      const shown = value === null ? null : String(value);
      expect([externalId, name, crm.value(externalId, name)]).toEqual([externalId, name, shown]);
    }
  });
}

const statuses = (outcomes: readonly PushOutcome[]): ReadonlySet<string> =>
  new Set(outcomes.map(({ status }) => status));
const jobs = (crm: SalesforceCrm): number => crm.sandbox.requests.count('POST', /\/jobs\/ingest$/);
const collections = (crm: SalesforceCrm): number => crm.sandbox.requests.count('PATCH', /\/composite\/sobjects/);

describe('a table', () => {
  const columns = ['A', 'B', 'C'];
  const rows = [
    { id: '00Q1', fields: { A: 1, B: 'say "hi",\nthen go' } },
    { id: '00Q2', fields: { B: null, C: true } },
    { id: '00Q3', fields: { A: '' } },
  ];

  test('has one list of columns; empty leaves, #N/A clears, everything is quoted (trap 13)', () => {
    expect([...tablesOf(columns, rows, 1e6)]).toEqual([
      '"Id","A","B","C"\n"00Q1","1","say ""hi"",\nthen go",""\n"00Q2","","#N/A","true"\n"00Q3","#N/A","",""\n',
    ]);
  });

  test('that is too large is cut between rows, each part with its header', () => {
    const parts = [...tablesOf(columns, rows, 40)];
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(part.startsWith('"Id","A","B","C"\n"00Q')).toBe(true);
    expect([...tablesOf(columns, [], 40)]).toEqual([]);
  });

  test('cannot say what means something else there, or what is too long', () => {
    expect(fitsTable({ id: '00Q1', fields: { A: '#N/A' } })).toBe(false);
    expect(fitsTable({ id: '00Q1', fields: { A: 'x'.repeat(32_001) } })).toBe(false);
    expect(fitsTable({ id: '00Q1', fields: { A: 'x'.repeat(32_000), B: null } })).toBe(true);
  });
});

describe('what a table says of a row that failed', () => {
  test.for<readonly [string, string | null, readonly string[]]>([
    ['REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:Company --', 'REQUIRED_FIELD_MISSING', ['Company']],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION:Hot: see a:b, c: -- ', 'FIELD_CUSTOM_VALIDATION_EXCEPTION', []],
    ['A_B:two\nlines:Title,Phone --', 'A_B', ['Title', 'Phone']],
    ['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW', []],
    [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:my.Trigger: execution of X caused by: Y:--',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      [],
    ],
    ['something went wrong', null, []],
    ['', null, []],
  ])('%j', ([text, code, fields]) => {
    expect(tableErrors(text)).toEqual(code === null ? [] : [{ statusCode: code, fields }]);
  });

  test('has the same fate as in a call', () => {
    const text = "INVALID_FIELD:Failed to deserialize field at col 3. Due to, 'x' is not a valid value:CloseDate --";
    expect(fateOf(tableErrors(text))).toMatchObject({ kind: 'rejected', field: 'CloseDate' });
    expect(fateOf(tableErrors('UNABLE_TO_LOCK_ROW:unable to obtain:--'))).toMatchObject({ kind: 'deferred' });
    expect(fateOf(tableErrors('ENTITY_IS_DELETED:entity is deleted:--')).kind).toBe('missing');
  });
});

describe('a mass push', () => {
  test('is one job, whatever the number of changes, with one outcome for each', async () => {
    await using crm = await start(450);
    const changes = changesOf(crm.ids(), (at) => ({ [score]: at % 100, [reasons]: `line\n"${at}", é` }));
    expect(changes.length).toBeGreaterThan(400);
    const connector = crm.openWith({});
    await connector.describe('Lead', never());
    await connector.account(never());
    const before = crm.calls();
    const outcomes = await connector.push({ object: 'Lead', changes, signal: never() });
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
    // Begin, upload, close, two looks, two tables.
    expect(crm.calls() - before).toBe(7);
    expect(outcomes[3]).toMatchObject({ fields: { [score]: 3 } });
  });

  test('up to 200 changes are a call, as before', async () => {
    await using crm = await start(200);
    const changes = changesOf(crm.ids().slice(0, 200), () => ({ [score]: 5 }));
    expectHonest(crm, changes, await push(crm, changes));
    expect([jobs(crm), collections(crm)]).toEqual([0, 1]);
  });

  test('nulls clear, and what a change does not name stays (trap 13)', async () => {
    await using crm = await start(240);
    const ids = crm.ids();
    await push(
      crm,
      changesOf(ids, () => ({ [score]: 7, [reasons]: 'because' })),
    );
    const changes = changesOf(ids, (at) =>
      at === 0 ? { [reasons]: null } : at % 2 === 0 ? { [score]: 8 } : { [score]: null, [reasons]: 'now' },
    );
    const outcomes = await push(crm, changes);
    expectHonest(crm, changes, outcomes);
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expect([crm.value(ids[0]!, score), crm.value(ids[0]!, reasons)]).toEqual(['7', null]);
    expect([crm.value(ids[2]!, score), crm.value(ids[2]!, reasons)]).toEqual(['8', 'because']);
  });

  test('rows that fail are named with their field, and the others are written (trap 7)', async () => {
    await using crm = await start(260, {
      validationRules: [{ object: 'Lead', where: "Title = 'Forbidden'", message: 'No: never', field: 'Title' }],
    });
    const ids = crm.ids();
    const rule = ids[5]!;
    const lock = ids[6]!;
    const row = crm.sandbox.org.find(rule)!;
    crm.sandbox.org.silently(row, { Title: 'Forbidden' });
    crm.sandbox.org.locks.hold(lock, 1);
    const changes = changesOf(ids, (at) => (at === 7 ? { Leadloop_Tier__c: 'lukewarm' } : { [score]: 9 }));
    const outcomes = await push(crm, changes);
    expectHonest(crm, changes, outcomes);
    expect(outcomes[5]).toMatchObject({ status: 'rejected', field: 'Title' });
    expect(JSON.stringify(outcomes[5])).not.toContain('No: never');
    expect(outcomes[6]).toMatchObject({ status: 'deferred', retryAfterMs: 30_000 });
    expect(outcomes[7]).toMatchObject({ status: 'rejected', field: 'Leadloop_Tier__c' });
    expect(outcomes.filter(({ status }) => status === 'applied')).toHaveLength(ids.length - 3);
    expect(collections(crm)).toBe(0);
  });

  test.for([
    ['alert', 'applied'],
    ['block', 'rejected'],
  ] as const)('a duplicate rule that is an %s has its say in a call: %s', async ([duplicateRule, status]) => {
    await using crm = await start(230, { duplicateRule });
    const ids = crm.ids();
    for (const id of ids.slice(0, 3)) crm.edit(id, 'Email', 'same@example.com');
    const changes = changesOf(ids, () => ({ [score]: 4 }));
    const outcomes = await push(crm, changes);
    expectHonest(crm, changes, outcomes);
    expect(statuses(outcomes.slice(0, 3))).toEqual(new Set([status]));
    expect(collections(crm)).toBe(1);
  });

  test('records that are converted, merged, deleted or unknown say so', async () => {
    await using crm = await start(240);
    const [converted = '', winner = '', loser = '', gone = '', ...others] = crm.ids();
    const { externalId: contact } = await crm.convert(converted);
    await crm.merge(winner, loser);
    await crm.archive(gone);
    const unknown = '00Q000000000000AAA';
    const changes = changesOf([converted, loser, gone, unknown, 'no id', ...others], () => ({ [score]: 3 }));
    const outcomes = await push(crm, changes);
    expectHonest(crm, changes, outcomes);
    expect(outcomes.slice(0, 5)).toMatchObject([
      { status: 'gone', mergedInto: contact },
      { status: 'gone', mergedInto: winner },
      { status: 'gone', mergedInto: null },
      { status: 'gone', mergedInto: null },
      { status: 'rejected' },
    ]);
    expect(statuses(outcomes.slice(5))).toEqual(new Set(['applied']));
  });

  test('a record that is named twice gets its last value', async () => {
    await using crm = await start(220);
    const ids = crm.ids();
    const changes = [
      ...changesOf(ids, () => ({ [score]: 1 })),
      { key: 'again', externalId: ids[0]!, fields: { [score]: 2 } },
    ];
    const outcomes = await push(crm, changes);
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expect(outcomes).toHaveLength(changes.length);
    expect(crm.value(ids[0]!, score)).toBe('2');
  });

  test('text that means "clear" in a table is written as text', async () => {
    await using crm = await start(220);
    const changes = changesOf(crm.ids(), (at) => ({ [reasons]: at === 0 ? '#N/A' : 'plain' }));
    expectHonest(crm, changes, await push(crm, changes));
    expect([jobs(crm), collections(crm)]).toEqual([1, 1]);
  });

  test('no lead gets another owner', async () => {
    await using crm = await start(220);
    const owners = (): readonly unknown[] => crm.ids().map((id) => crm.value(id, 'OwnerId'));
    const before = owners();
    await push(
      crm,
      changesOf(crm.ids(), () => ({ [score]: 3 })),
    );
    expect(owners()).toEqual(before);
  });
});

type Order = Parameters<SalesforceCrm['sandbox']['faults']['activate']>[0];

describe('a mass push on a bad day', () => {
  test.for<readonly [string, Order]>([
    ['the job fails', { name: 'bulk-job-fails' }],
    ['no right to Bulk', { name: 'api-disabled', path: '/jobs/ingest' }],
  ])('%s: every change goes by calls', async ([, order]) => {
    await using crm = await start(420);
    crm.sandbox.faults.activate(order);
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    const outcomes = await push(crm, changes);
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
    expect(collections(crm)).toBe(Math.ceil(changes.length / 200));
  });

  test('what a table of outcomes says before it breaks off is believed, the rest goes by calls', async () => {
    await using crm = await start(420);
    crm.sandbox.faults.activate({ name: 'truncated-json', path: 'Results' });
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    const outcomes = await push(crm, changes);
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
    expect(collections(crm)).toBe(Math.ceil(changes.length / 2 / 200));
  });

  test('a job that never ends is stopped, and every change goes by calls', async () => {
    await using crm = await start(220, { bulkPolls: 1e9 });
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    const outcomes = await push(crm, changes);
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
  });

  test.for<readonly [string, Order]>([
    ['the answer to the upload is lost', { name: 'applied-but-reset', path: '/batches$', count: 1 }],
    ['the upload is lost', { name: 'socket-reset', path: '/batches$', count: 1 }],
    [
      'the answer to the close is lost',
      { name: 'applied-but-reset', path: '/jobs/ingest/', method: 'PATCH', count: 1 },
    ],
    ['a look at the job fails', { name: '503-html', path: '/jobs/ingest/', method: 'GET', count: 1 }],
    ['a table of outcomes breaks off', { name: 'truncated-body', path: 'successfulResults', count: 1 }],
    ['the session ends on the way', { name: 'session-expired', path: '/jobs/ingest', method: 'PUT', count: 1 }],
  ])('%s: it is one job all the same', async ([, order]) => {
    await using crm = await start(300);
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    crm.sandbox.faults.activate(order);
    crm.clock.advance(1);
    const { connector } = crm.openRenewable();
    const outcomes = await connector.push({ object: 'Lead', changes, signal: never() });
    expect(statuses(outcomes)).toEqual(new Set(['applied']));
    expectHonest(crm, changes, outcomes);
    expect([jobs(crm), collections(crm)]).toEqual([1, 0]);
  });

  test('a line that is down ends it with an error that says so, and all may be sent again', async () => {
    await using crm = await start(220);
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    crm.sandbox.faults.activate({ name: 'socket-reset', path: '/jobs/ingest/' });
    const answer = await push(crm, changes).catch((error: unknown) => error);
    expect(answer).toBeInstanceOf(ConnectorError);
    expect(answer).toMatchObject({ recovery: 'retry' });
    crm.mend();
    expectHonest(crm, changes, await push(crm, changes));
  });

  test('an abort ends it soon, and stops the job', async () => {
    await using crm = await start(220, { bulkPolls: 1e9 });
    const changes = changesOf(crm.ids(), () => ({ [score]: 6 }));
    const controller = new AbortController();
    const reason = new Error('stop');
    const pushing = crm.openWith({}).push({ object: 'Lead', changes, signal: controller.signal });
    await expect.poll(() => crm.sandbox.requests.count('GET', /\/jobs\/ingest\//)).toBeGreaterThan(0);
    controller.abort(reason);
    await expect(pushing).rejects.toBe(reason);
    await expect.poll(() => crm.sandbox.requests.count('PATCH', /\/jobs\/ingest\//)).toBe(2);
  });
});
