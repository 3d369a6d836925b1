import type { PullBatch } from '../connector-sdk/connector.ts';

/**
 * Reads pages while the last batch is being committed, and joins small pages until `records` have come: the CRM sends 100
 * at a time, a transaction is cheapest at several hundred. No more than `waiting` records and events wait, and one page: a page
 * may have a hundred of them or thousands. A fault of the source comes after what was read before it. Each time that nothing has come
 * for `idleMs`, the caller gets `idle` and may do something else: a CRM may take half an hour for a page.
 */
export async function* readAhead(
  pages: AsyncGenerator<PullBatch, void, void>,
  limit: { readonly records: number; readonly waiting: number; readonly idleMs: number },
): AsyncGenerator<PullBatch | typeof idle, void, void> {
  const queue: PullBatch[] = [];
  const reading = { isOver: false, failure: null as { readonly error: unknown } | null };
  const arrival = signalling();
  const departure = signalling();

  const read = async (): Promise<void> => {
    try {
      for await (const page of pages) {
        queue.push(page);
        arrival.notify();
        while (sizeOf(queue) >= limit.waiting && !reading.isOver) await departure.next();
        if (reading.isOver) return;
      }
    } catch (error) {
      reading.failure = { error };
    } finally {
      reading.isOver = true;
      arrival.notify();
    }
  };
  const done = read();

  try {
    for (;;) {
      while (queue.length === 0 && !reading.isOver) {
        const timer = setTimeout(() => arrival.notify(), limit.idleMs);
        await arrival.next();
        clearTimeout(timer);
        if (queue.length === 0 && !reading.isOver) yield idle;
      }
      const batch = joinPages(queue, limit.records);
      departure.notify();
      if (batch === null) break;
      yield batch;
    }
    if (reading.failure !== null) throw reading.failure.error;
  } finally {
    reading.isOver = true;
    departure.notify();
    await done;
  }
}

/** Nothing has come for a while. */
export const idle = Symbol('idle');

/** An empty page takes room, too. */
function sizeOf(pages: readonly PullBatch[]): number {
  return pages.reduce((sum, { records, events }) => sum + Math.max(1, records.length + events.length), 0);
}

/** Something that one side waits for and the other announces. */
function signalling(): { next(): Promise<void>; notify(): void } {
  let waiting = Promise.withResolvers<void>();
  return {
    next: () => waiting.promise,
    notify() {
      waiting.resolve();
      waiting = Promise.withResolvers();
    },
  };
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
      tombstones: joinedTombstones(joined, next),
      ...joinedEvents(joined, next),
      links: [...joined.links, ...next.links],
      cursor: next.cursor,
      done: next.done,
    };
  }
  return joined;
}

/** What was deleted in the earlier page and is alive in the later one was restored between the two. */
function joinedTombstones(earlier: PullBatch, later: PullBatch): PullBatch['tombstones'] {
  const alive = new Set(later.records.map(({ externalId }) => externalId));
  return [...earlier.tombstones.filter(({ externalId }) => !alive.has(externalId)), ...later.tombstones];
}

/**
 * What the later page says of an event holds: a task may be closed and opened again between the two, or move from a lead to its
 * contact.
 */
function joinedEvents(earlier: PullBatch, later: PullBatch): Pick<PullBatch, 'events' | 'withdrawn'> {
  const withdrawn = new Set(later.withdrawn);
  const told = new Set(later.events.map(({ externalId }) => externalId));
  return {
    events: [
      ...earlier.events.filter(({ externalId }) => !withdrawn.has(externalId) && !told.has(externalId)),
      ...later.events,
    ],
    withdrawn: [...earlier.withdrawn.filter((id) => !told.has(id)), ...later.withdrawn],
  };
}
