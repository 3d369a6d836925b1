/** PURE. What whoever sent rows is told of them. */
import type { RowOutcome } from './written.ts';

export interface IngestAnswer {
  readonly received: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Rows that were left out, by their place from 0. */
  readonly rejected: readonly {
    readonly index: number;
    readonly field: string | null;
    readonly code: string;
    readonly message: string;
  }[];
  /** What came of each row, in order. */
  readonly outcomes: readonly RowOutcome['outcome'][];
}

export function answerOf(outcomes: readonly RowOutcome[]): IngestAnswer {
  const count = (word: RowOutcome['outcome']): number => outcomes.filter(({ outcome }) => outcome === word).length;
  return {
    received: outcomes.length,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    rejected: outcomes.flatMap((one, index) => (one.outcome === 'rejected' ? [{ index, ...one.rejection }] : [])),
    outcomes: outcomes.map(({ outcome }) => outcome),
  };
}
