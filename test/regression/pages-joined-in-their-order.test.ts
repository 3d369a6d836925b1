// Wrong: of pages that were joined, a restored record stayed deleted, and an event counted for whom it had named before.
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PullBatch } from '../../src/connector-sdk/index.ts';
import { emptyPage, type SourceRecord } from '../../src/model/records.ts';
import { idle, readAhead } from '../../src/pull/read-ahead.ts';

/** Two pages that came while an earlier batch was being committed. */
async function joined(first: Partial<PullBatch>, second: Partial<PullBatch>): Promise<PullBatch | undefined> {
  const pages = [{}, first, second].map((page, at) => ({ ...emptyPage, cursor: `${at}`, done: at === 2, ...page }));
  async function* source(): AsyncGenerator<PullBatch, void, void> {
    yield* pages;
  }
  const batches: PullBatch[] = [];
  for await (const batch of readAhead(source(), { records: 100, waiting: 1_000, idleMs: 60_000 })) {
    if (batch !== idle) batches.push(batch);
    await setImmediate();
  }
  expect(batches).toHaveLength(2);
  return batches[1];
}

const alive: SourceRecord = {
  object: 'Lead',
  externalId: '00Q1',
  modifiedAt: new Date('2026-11-20T12:00:00Z'),
  fields: {},
  mergedIds: [],
  companyId: null,
  successor: null,
};
const dead = { object: 'Lead', externalId: '00Q1', reason: 'archived', mergedInto: null } as const;

test('a record that was deleted and restored is there', async () => {
  expect((await joined({ tombstones: [dead] }, { records: [alive] }))?.tombstones).toEqual([]);
  expect((await joined({ records: [alive] }, { tombstones: [dead] }))?.tombstones).toEqual([dead]);
});

test('a call that has moved from a lead to its contact is the contact’s alone', async () => {
  const call = { externalId: 'Task:1', type: 'call', quantity: 1, email: null, detail: null } as const;
  const occurredAt = new Date('2026-11-20T12:00:00Z');
  const batch = await joined(
    { events: [{ ...call, occurredAt, contactIds: ['00Q1'] }] },
    { events: [{ ...call, occurredAt, contactIds: ['0031'] }] },
  );
  expect(batch?.events.map(({ contactIds }) => contactIds)).toEqual([['0031']]);
});
