import type { Tx } from '../tx.ts';

/**
 * Takes the organisation's turn at scoring its signups, until the transaction ends. Two batches about one company would each
 * score it without what the other one brings. To be taken before any lead is locked: whoever waits here holds none.
 */
export async function lockProductScores(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('product scores:' || $1, 0))`, [tx.orgId]);
}

/** A turn that is shared with others who bring nothing in: they score only what is there, and nobody changes it meanwhile. */
export async function shareProductScores(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(hashtextextended('product scores:' || $1, 0))`, [tx.orgId]);
}
