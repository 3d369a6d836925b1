import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { PullBatch } from '../../../src/connector-sdk/index.ts';
import type { EngagementEvent } from '../../../src/model/engagement.ts';
import { emptyPage } from '../../../src/model/records.ts';
import { idle, readAhead } from '../../../src/pull/read-ahead.ts';

const closed: EngagementEvent = {
  externalId: 'Task:1',
  type: 'call',
  occurredAt: new Date('2026-11-20T12:00:00Z'),
  quantity: 1,
  contactIds: ['7'],
  email: null,
  detail: null,
};

/** Pages that came while an earlier batch was being committed, as the one batch that they become. */
async function joined(pages: readonly Partial<PullBatch>[]): Promise<PullBatch> {
  const all = [{}, ...pages];
  async function* source(): AsyncGenerator<PullBatch, void, void> {
    for (const [index, page] of all.entries()) {
      yield { ...emptyPage, cursor: `${index}`, done: index === all.length - 1, ...page };
      await Promise.resolve();
    }
  }
  const batches: PullBatch[] = [];
  for await (const batch of readAhead(source(), { records: 100, waiting: 10, idleMs: 60_000 })) {
    if (batch !== idle) batches.push(batch);
    await setImmediate();
  }
  const [, batch, ...others] = batches;
  if (batch === undefined || others.length > 0) throw new Error(`${batches.length} batches`);
  return batch;
}

describe('readAhead', () => {
  test('pages that are joined keep the last page’s cursor', async () => {
    expect(await joined([{}, {}])).toMatchObject({ cursor: '2', done: true });
  });

  test('an event that a later page withdraws is gone', async () => {
    const batch = await joined([{ events: [closed] }, { withdrawn: ['Task:1'] }]);
    expect(batch).toMatchObject({ events: [], withdrawn: ['Task:1'] });
  });

  test('an event that a later page tells again counts', async () => {
    const batch = await joined([{ withdrawn: ['Task:1', 'Task:2'] }, { events: [closed] }]);
    expect(batch.events).toEqual([closed]);
    expect(batch.withdrawn).not.toContain('Task:1');
  });

  test('whoever waits for a page is let go now and then, and gets the page when it comes', async () => {
    const page = Promise.withResolvers<PullBatch>();
    async function* source(): AsyncGenerator<PullBatch, void, void> {
      yield await page.promise;
    }
    const batches = readAhead(source(), { records: 1, waiting: 10, idleMs: 1 });
    expect([await batches.next(), await batches.next()]).toEqual([
      { done: false, value: idle },
      { done: false, value: idle },
    ]);
    const late: PullBatch = { ...emptyPage, cursor: 'late', done: true };
    page.resolve(late);
    const rest = await Array.fromAsync(batches);
    expect(rest.filter((batch) => batch !== idle)).toEqual([late]);
  });

  test.each([
    { size: 1, most: 11 },
    { size: 6, most: 3 },
    { size: 60, most: 2 },
  ])('of pages with $size events $most are read before a batch is taken', async ({ size, most }) => {
    let read = 0;
    async function* source(): AsyncGenerator<PullBatch, void, void> {
      for (; read < 100;) {
        read += 1;
        yield {
          ...emptyPage,
          events: Array.from({ length: size }, () => closed),
          cursor: `${read}`,
          done: read === 100,
        };
        await Promise.resolve();
      }
    }
    const batches = readAhead(source(), { records: 1, waiting: 10, idleMs: 60_000 });
    await batches.next();
    for (let turn = 0; turn < 100; turn += 1) await setImmediate();
    // The first page is in the batch that was taken.
    expect(read).toBe(most);
    await batches.return();
  });
});
