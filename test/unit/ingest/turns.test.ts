import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ingestTurns } from '../../../src/ingest/turns.ts';

const limits = { parallel: 2, mostRows: 100, waitMs: 10_000 };

/** Calls that end when the test says so. */
function desk(inTurn: ReturnType<typeof ingestTurns>) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    call: (orgId: string, name: string, rows = 1) =>
      inTurn(orgId, rows, async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return name;
      }),
    end: async (name: string): Promise<void> => {
      ends.get(name)?.();
      await delay(1);
    },
  };
}

test('one of an organisation at a time, two in all, and whoever has few calls does not wait for those of others', async () => {
  const { call, begun, end } = desk(ingestTurns(limits));
  const calls = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((name) => call(name.slice(0, 1), name));
  await delay(1);
  expect(begun).toEqual(['a1', 'b1']);
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'c1']);
  for (const name of ['c1', 'b1', 'a2', 'b2', 'a3']) await end(name);
  expect(await Promise.all(calls)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
  expect(begun).toHaveLength(6);
});

test('a call that fails gives its turn away', async () => {
  const inTurn = ingestTurns(limits);
  await expect(inTurn('a', 1, () => Promise.reject(new Error('struck down')))).rejects.toThrow('struck down');
  expect(await inTurn('a', 1, async () => 'next')).toBe('next');
});

test('rows beyond what may wait are refused at once; a call that is larger than that waits alone', async () => {
  const { call, end } = desk(ingestTurns(limits));
  const first = call('a', 'first');
  const large = call('a', 'large', 101);
  await expect(call('a', 'more')).rejects.toMatchObject({ code: 'ingest-busy', recovery: 'retry' });
  const other = call('b', 'other', 100);
  for (const name of ['first', 'large', 'other']) await end(name);
  expect(await Promise.all([first, large, other])).toEqual(['first', 'large', 'other']);
});

test('who has waited too long is sent away, and is never begun', async () => {
  const { call, begun, end } = desk(ingestTurns({ ...limits, waitMs: 20 }));
  const first = call('a', 'first');
  await expect(call('a', 'late')).rejects.toMatchObject({ code: 'ingest-busy' });
  await end('first');
  await first;
  const next = call('a', 'next');
  await delay(1);
  await end('next');
  await next;
  expect(begun).toEqual(['first', 'next']);
});
