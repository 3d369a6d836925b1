import { setTimeout as sleep } from 'node:timers/promises';
import type { Wake } from '../../src/daemon.ts';
import { openQueue } from '../../src/scheduler/queue.ts';
import { startWorker } from '../../src/scheduler/worker.ts';
import { looksOf } from '../../src/work.ts';
import type { Loop } from './loop.ts';

/** The queue of a daemon and its worker, in this process. */
export interface QueueWorker extends AsyncDisposable {
  readonly wake: Wake;
}

export async function startQueueWorker({ db, services }: Pick<Loop<unknown>, 'db' | 'services'>): Promise<QueueWorker> {
  const ending = new AbortController();
  const queue = await openQueue({ url: db.url, log: () => undefined });
  const looks = looksOf(services, { onReport: () => undefined, onRescored: async () => undefined });
  const slots = { sync: 1, asked: 2, live: 1, hints: 1, rescore: 1, import: 1 };
  await startWorker({ queue, looks, slots, log: () => undefined, signal: ending.signal });
  return {
    wake: (wakeup) => queue.wake(wakeup),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await queue.stop(1_000);
    },
  };
}

/** Asks until the answer is one, for 20 s. */
export async function eventually<Answer>(ask: () => Promise<Answer | null | undefined>): Promise<Answer> {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined) return answer;
    if (Date.now() > end) throw new Error('it never came');
    await sleep(100);
  }
}
