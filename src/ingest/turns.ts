import { AppError } from '../model/errors.ts';
import type { OrgId } from '../model/values.ts';

export interface TurnLimits {
  /** Organisations whose rows are taken in at once: the pool has connections for everybody else, too. */
  readonly parallel: number;
  /** Rows of one organisation that wait, at most: they are in memory. */
  readonly mostRows: number;
  /** Whoever has waited so long is sent away: the sender may not be there any more. */
  readonly waitMs: number;
}

/** Runs `work`, which takes in so many rows, when it is the organisation's turn. */
export type InTurn = <T>(orgId: OrgId, rows: number, work: () => Promise<T>) => Promise<T>;

const defaults: TurnLimits = { parallel: 2, mostRows: 200_000, waitMs: 30_000 };

interface Waiting {
  readonly rows: number;
  readonly begin: () => void;
}

/**
 * The turns at taking rows in, in this process. An organisation's calls would wait for each other in the database in any case,
 * each with a connection of the pool; here they wait without. Organisations take turns, whoever has many calls or few.
 * @throws AppError `ingest-busy` (retry)
 */
export function ingestTurns({ parallel, mostRows, waitMs }: TurnLimits = defaults): InTurn {
  const busy = new Set<OrgId>();
  // In the order in which they are next.
  const queues = new Map<OrgId, Waiting[]>();

  const beginNext = (): void => {
    for (const [orgId, queue] of queues) {
      if (busy.size >= parallel) return;
      if (busy.has(orgId)) continue;
      const next = queue.shift();
      if (queue.length === 0) queues.delete(orgId);
      if (next === undefined) continue;
      busy.add(orgId);
      next.begin();
    }
  };

  /** What else waits of the organisation is behind the others now. */
  const end = (orgId: OrgId): void => {
    busy.delete(orgId);
    const queue = queues.get(orgId);
    queues.delete(orgId);
    if (queue !== undefined) queues.set(orgId, queue);
  };

  const turn = (orgId: OrgId, rows: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(orgId) ?? [];
      const held = queue.reduce((sum, one) => sum + one.rows, 0);
      if (queue.length > 0 && held + rows > mostRows) {
        reject(tooBusy());
        return;
      }
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(tooBusy());
      }, waitMs);
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const waiting = { rows, begin };
      queue.push(waiting);
      queues.set(orgId, queue);
      beginNext();
    });

  return async (orgId, rows, work) => {
    await turn(orgId, rows);
    try {
      return await work();
    } finally {
      end(orgId);
      beginNext();
    }
  };
}

function tooBusy(): AppError {
  return new AppError('ingest-busy', 'Too many rows are waiting to be taken in; these are not.', {
    recovery: 'retry',
    remedy:
      'Send them again in a while, a few calls at a time: calls of one organisation are taken in one after the other.',
  });
}
