import type { Tx } from '../tx.ts';

/** What this transaction reads from here on takes one core of the database, however much it is: the others are for who waits. */
export async function inBackground(tx: Tx): Promise<void> {
  await tx.query(`select set_config('max_parallel_workers_per_gather', '0', true)`);
}
