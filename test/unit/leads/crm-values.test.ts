import { expect, test, vi } from 'vitest';
import { TransientError } from '../../../src/connector-sdk/errors.ts';
import { type CrmPlace, CrmValues, keyOf, type ReadCrm } from '../../../src/leads/crm-values.ts';

const row: CrmPlace = {
  connectionId: 'connection-1',
  connection: 'acme-hubspot',
  object: 'contacts',
  externalId: '51',
  wanted: { leadloop_score: 42, leadloop_tier: 'warm' },
  runEndedAt: new Date('2026-11-22T10:00:00Z'),
};
const answer = {
  object: 'contacts',
  externalId: '51',
  modifiedAt: new Date(0),
  fields: { leadloop_score: 42 },
  mergedIds: [],
  companyId: null,
  successor: null,
};

function values(read: ReadCrm) {
  const clock = { now: new Date('2026-11-22T10:00:05Z') };
  return { clock, values: new CrmValues(read, () => clock.now) };
}

test('reads the fields that we write, once for a page, a run and a minute', async () => {
  const read = vi.fn<ReadCrm>(async () => [answer]);
  const { clock, values: crm } = values(read);
  const first = await crm.of('org', [row]);
  expect(first.values.get(keyOf(row))).toEqual({ leadloop_score: 42 });
  expect(read).toHaveBeenCalledWith('org', 'acme-hubspot', {
    object: 'contacts',
    ids: ['51'],
    fields: ['leadloop_score', 'leadloop_tier'],
  });
  await crm.of('org', [row]);
  expect(read).toHaveBeenCalledTimes(1);
  await crm.of('org', [{ ...row, runEndedAt: new Date('2026-11-22T10:00:10Z') }]);
  expect(read).toHaveBeenCalledTimes(2);
  clock.now = new Date('2026-11-22T10:01:06Z');
  await crm.of('org', [row]);
  expect(read).toHaveBeenCalledTimes(3);
});

test('a CRM that does not answer is a problem to show, not a failure of the page', async () => {
  const { values: crm } = values(async () => {
    throw new TransientError('no route to the CRM');
  });
  expect(await crm.of('org', [row])).toEqual({ values: new Map(), readAt: null, problem: 'no route to the CRM' });
});

test('a CRM that does not answer hides nothing of another one', async () => {
  const other = { ...row, connectionId: 'connection-2', connection: 'acme-salesforce', object: 'Lead' };
  const { values: crm } = values(async (_org, connection) => {
    if (connection === 'acme-hubspot') throw new TransientError('no route to the CRM');
    return [answer];
  });
  const back = await crm.of('org', [row, other]);
  expect([...back.values.keys()]).toEqual([keyOf(other)]);
  expect(back.problem).toBe('no route to the CRM');
});

test('a record that is gone from the CRM has no values, and is not asked for again with each look', async () => {
  const read = vi.fn<ReadCrm>(async () => []);
  const { clock, values: crm } = values(read);
  const gone = await crm.of('org', [row]);
  expect([gone.values.size, gone.readAt]).toEqual([0, clock.now]);
  await crm.of('org', [row]);
  expect(read).toHaveBeenCalledTimes(1);
  clock.now = new Date('2026-11-22T10:01:06Z');
  await crm.of('org', [row]);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a CRM that takes too long is told of in our words, and a fault of ours is thrown with none of its own', async () => {
  const { values: slow } = values(async () => {
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  });
  expect((await slow.of('org', [row])).problem).toBe('The CRM takes too long to answer.');
  const { values: faulty } = values(async () => {
    throw new TypeError('fields of nobody@school.example are undefined');
  });
  await expect(faulty.of('org', [row])).rejects.toThrow(TypeError);
});
