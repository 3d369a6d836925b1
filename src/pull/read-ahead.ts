import type { PullBatch } from '../connector-sdk/connector.ts';

/**
 * Reads pages while the last batch is being committed, and joins small pages until `records` have come: the CRM sends 100
 * at a time, a transaction is cheapest at several hundred. A fault of the source comes after what was read before it.
 */
export async function* readAhead(
  pages: AsyncGenerator<PullBatch, void, void>,
  limit: { readonly records: number; readonly pages: number },
): AsyncGenerator<PullBatch, void, void> {
  const waiting: PullBatch[] = [];
  let failure: { readonly error: unknown } | null = null;
  let ended = false;
  let wakeConsumer = () => {};
  let wakeProducer = () => {};

  const produce = async () => {
    try {
      for await (const page of pages) {
        waiting.push(page);
        wakeConsumer();
        while (waiting.length >= limit.pages && !ended) await new Promise<void>((resolve) => (wakeProducer = resolve));
        if (ended) return;
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      wakeConsumer();
    }
  };
  const producing = produce();

  try {
    for (;;) {
      while (waiting.length === 0 && !ended) await new Promise<void>((resolve) => (wakeConsumer = resolve));
      const joined = joinPages(waiting, limit.records);
      wakeProducer();
      if (joined !== null) yield joined;
      else if (ended) break;
    }
    if (failure !== null) throw (failure as { error: unknown }).error;
  } finally {
    ended = true;
    wakeProducer();
    await producing;
  }
}

/** Takes pages from the front of the queue until `records` are together. The last page's cursor stands for all of them. */
function joinPages(queue: PullBatch[], records: number): PullBatch | null {
  let joined = queue.shift() ?? null;
  while (joined !== null && joined.records.length < records) {
    const next = queue.shift();
    if (next === undefined) break;
    joined = {
      records: [...joined.records, ...next.records],
      rejected: [...joined.rejected, ...next.rejected],
      tombstones: [...joined.tombstones, ...next.tombstones],
      events: [...joined.events, ...next.events],
      cursor: next.cursor,
      done: next.done,
    };
  }
  return joined;
}
