import type { Tx } from '../db/tx.ts';
import type { Row, RowRejection } from './read-row.ts';

export type RowOutcome =
  | { readonly outcome: 'created' | 'updated' | 'unchanged' }
  | { readonly outcome: 'rejected'; readonly rejection: RowRejection };

/** What writing rows has changed. */
export interface Written {
  /** By place; a row that is not here was known already. */
  readonly outcomes: ReadonlyMap<number, RowOutcome>;
  readonly developerIds: readonly string[];
  readonly domains: readonly string[];
}

export interface WriteTimes {
  readonly now: Date;
  /** When usage was so whose row does not say it. */
  readonly seenAt: Date;
}

/** Rows of one kind that are distinct by what they are told by. */
export type Writer = (tx: Tx, rows: readonly Row[], times: WriteTimes) => Promise<Written>;
