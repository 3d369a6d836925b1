import type { Tx } from '../tx.ts';

/**
 * Tells the planner how the rows of the loop are distributed. After the first rows of an empty database this decides between
 * linear and quadratic time; later autovacuum keeps up by itself. Some 100 ms, and it holds nobody up.
 */
export async function refreshStatistics(tx: Tx): Promise<void> {
  await tx.query('select refresh_statistics()');
}
