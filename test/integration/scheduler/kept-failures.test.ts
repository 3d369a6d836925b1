import { expect, test } from 'vitest';
import { openQueue } from '../../../src/scheduler/queue.ts';
import { type Look, startWorker } from '../../../src/scheduler/worker.ts';
import { AppError } from '../../../src/model/errors.ts';
import { testDatabase } from '../../support/database.ts';
import { eventually } from '../../support/queue-worker.ts';

test('of a job that fails the queue keeps code and place, and no value of a row', async () => {
  await using db = await testDatabase();
  const orgId = await db.org('acme');
  const clash = (): Promise<unknown> =>
    db.database.transaction(orgId, (tx) =>
      tx.query(
        `insert into developer_signups (org_id, email) values ($1, 'jane@district.example'), ($1, 'jane@district.example')`,
        [orgId],
      ),
    );
  const plain: Look = async () => {
    await clash();
    return null;
  };
  const wrapped: Look = async () => {
    const cause = await clash().catch((error: unknown) => error);
    throw new AppError('database-unavailable', 'It was away.', { recovery: 'retry', remedy: 'Wait.', cause });
  };
  const nobody: Look = async () => null;
  const queue = await openQueue({ url: db.url, log: () => undefined });
  const slots = { sync: 1, asked: 1, live: 1, hints: 1, rescore: 1, import: 1 };
  const looks = { sync: plain, asked: wrapped, live: nobody, hints: nobody, rescore: nobody, import: nobody };
  await startWorker({ queue, looks, slots, log: () => undefined, signal: new AbortController().signal });
  for (const kind of ['sync', 'asked'] as const) await queue.wake({ kind, orgId, subjectId: kind, tickAt: null });
  const kept = await eventually(async () => {
    const jobs = await db.sql<{ row: string }>(
      `select to_jsonb(j)::text as row from pgboss.job j where output is not null order by name`,
    );
    return jobs.length === 2 ? jobs.map(({ row }) => row) : null;
  });
  await queue.stop(1_000);
  expect(kept[0]).toContain('database-unavailable: It was away.');
  expect(kept[1]).toMatch(/unexpected: \w+ in /u);
  for (const row of kept) expect(row).not.toContain('jane');
});
