import type { Tx } from '../db/tx.ts';
import type { ScoringContext } from '../pull/pipeline.ts';

export interface TouchedSignups {
  readonly developerIds: readonly string[];
  readonly domains: readonly string[];
}

/** Stands in until the pipe of product-led growth has landed: scores nothing. */
export async function updateSignups(
  _tx: Tx,
  _context: ScoringContext,
  _touched: TouchedSignups,
): Promise<{ readonly scored: number }> {
  return { scored: 0 };
}
