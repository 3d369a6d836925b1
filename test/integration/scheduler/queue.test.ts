import { expect, onTestFinished, test } from 'vitest';
import { openQueue, type Queue } from '../../../src/scheduler/queue.ts';
import type { Wakeup, WakeupKind } from '../../../src/scheduler/wakeup.ts';
import { until } from '../../support/daemon.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

async function open({ url }: TestDatabase): Promise<Queue> {
  const queue = await openQueue({ url, log: () => undefined });
  onTestFinished(() => queue.stop(0));
  return queue;
}

const wakeup = (kind: WakeupKind, subjectId: string, orgId = 'org-1'): Wakeup => ({
  kind,
  orgId,
  subjectId,
  tickAt: null,
});

/** Work that ends when the test says so. */
function bench() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    look: async ({ subjectId }: Wakeup) => {
      begun.push(subjectId);
      await new Promise<void>((resolve) => ends.set(subjectId, resolve));
    },
    end: (subjectId: string) => ends.get(subjectId)?.(),
    endAll: () => ends.forEach((end) => end()),
  };
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 500));

test('processes that start at once on a database without a queue all get theirs', async () => {
  await using db = await testDatabase({ isEmpty: true });
  const queues = await Promise.all(Array.from({ length: 4 }, () => open(db)));
  expect(await queues[0]!.wake(wakeup('sync', 'one'))).toBe(true);
  expect(await queues[3]!.wake(wakeup('sync', 'one'))).toBe(false);
  await Promise.all(queues.map((queue) => queue.stop(1_000)));
});

test('a wake-up beside one that waits is one; beside one that is looked at it counts for hints alone', async () => {
  await using db = await testDatabase();
  const queue = await open(db);
  for (const kind of ['sync', 'hints', 'rescore', 'import'] as const) {
    expect([await queue.wake(wakeup(kind, kind)), await queue.wake(wakeup(kind, kind))]).toEqual([true, false]);
    expect(await queue.wake(wakeup(kind, `another ${kind}`))).toBe(true);
  }
  const { look, begun, endAll } = bench();
  for (const kind of ['sync', 'hints'] as const) await queue.work(kind, 2, look);
  await until('all is looked at', async () => begun.length === 4);
  expect(await queue.wake(wakeup('sync', 'sync'))).toBe(false);
  expect(await queue.wake(wakeup('hints', 'hints'))).toBe(true);
  expect(await queue.wake(wakeup('hints', 'hints'))).toBe(false);
  // What came meanwhile waits for the end of the look: two of one connection would only stand in each other's way.
  await moment();
  expect(begun).toHaveLength(4);
  endAll();
  await until('what came meanwhile is looked at', async () => begun.length === 5);
  expect(begun.at(-1)).toBe('hints');
  endAll();
  await queue.stop(5_000);
});

test('twenty connections of one organisation do not keep the only one of another waiting', async () => {
  await using db = await testDatabase();
  const queues = [await open(db), await open(db)];
  for (let n = 0; n < 20; n += 1) await queues[0]!.wake(wakeup('sync', `many-${n}`, 'org-many'));
  await queues[0]!.wake(wakeup('sync', 'single', 'org-single'));
  const { look, begun, endAll } = bench();
  for (const queue of queues) await queue.work('sync', 8, look);
  // Nothing of the twenty ends, and yet it has its turn: four of an organisation run at once, over all processes.
  await until('the single one is looked at', async () => begun.includes('single'));
  await moment();
  // Those who ask in the same moment may take some too many; of the sixteen places they leave most.
  expect(begun.filter((id) => id !== 'single').length).toBeLessThan(13);
  await until('all have had their turn', async () => {
    endAll();
    return begun.length === 21;
  });
  expect(new Set(begun).size).toBe(21);
  endAll();
  await Promise.all(queues.map((queue) => queue.stop(5_000)));
});

test('what a process gives back at its end, another one takes up', async () => {
  await using db = await testDatabase();
  const first = await open(db);
  const { look, begun } = bench();
  await first.work('sync', 1, look);
  await first.wake(wakeup('sync', 'one'));
  await until('it is looked at', async () => begun.length === 1);
  const second = await open(db);
  const other = bench();
  await second.work('sync', 1, other.look);
  await moment();
  expect(other.begun).toEqual([]);
  // It does not end within its grace.
  await first.stop(500);
  await until('the other one has it', async () => other.begun.length === 1, 20_000);
  other.endAll();
  await second.stop(5_000);
  expect(await db.sql(`select name from pgboss.job where state in ('created', 'retry', 'active')`)).toEqual([]);
});

test('what fails is tried again, and what succeeds is not', async () => {
  await using db = await testDatabase();
  const queue = await open(db);
  const seen: string[] = [];
  await queue.work('import', 1, async ({ subjectId }) => {
    seen.push(subjectId);
    if (subjectId === 'bad' && seen.filter((id) => id === 'bad').length < 3) throw new Error('struck down');
  });
  await queue.wake(wakeup('import', 'bad'));
  await queue.wake(wakeup('import', 'good'));
  await until('both are done', async () => seen.length === 4, 30_000);
  await moment();
  expect(seen.toSorted()).toEqual(['bad', 'bad', 'bad', 'good']);
  await queue.stop(5_000);
});
