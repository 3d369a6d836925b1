import { lockProductScores } from '../db/queries/lock-product-scores.ts';
import type { Tx } from '../db/tx.ts';
import { updateSignups } from '../plg/update-signups.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { type FoldedRow, foldRows } from './fold-rows.ts';
import type { ReadRow } from './read-row.ts';
import type { IngestKind } from './rows.ts';
import { writeCompanies, writeSignals, writeStakeholders } from './write-companies.ts';
import { writeSignups, writeUsage } from './write-people.ts';
import type { RowOutcome, Writer, WriteTimes, Written } from './written.ts';

/** The most rows of one call: what a transaction may hold up. */
export const maxRows = 10_000;

export interface Incoming {
  readonly kind: IngestKind;
  readonly rows: readonly ReadRow[];
  /** When usage was so whose row does not say it; left out = now. */
  readonly seenAt?: Date;
}

export interface Ingested {
  /** One for each row, in order. */
  readonly outcomes: readonly RowOutcome[];
  /** Signups that were scored again. */
  readonly scored: number;
}

const writers: Readonly<Record<IngestKind, Writer>> = {
  signups: writeSignups,
  usage: writeUsage,
  companies: writeCompanies,
  stakeholders: writeStakeholders,
  'expansion-signals': writeSignals,
};

/**
 * Takes rows in and scores whom they touch, in the caller's transaction. Rows that say what is known already write nothing;
 * a row that cannot be used is left out with its reason, and the others land. Of rows that mean the same thing the last one
 * counts, and each has the outcome of all.
 */
export async function ingestRows(
  tx: Tx,
  context: ScoringContext,
  { kind, rows, seenAt = context.at }: Incoming,
): Promise<Ingested> {
  const usable = rows.flatMap((read, place) => ('row' in read ? [{ row: read.row, place }] : []));
  const folded = foldRows(kind, usable);
  const written = await write(tx, kind, folded, { now: context.at, seenAt });
  const outcomes = rows.map((read): RowOutcome =>
    'rejection' in read ? { outcome: 'rejected', rejection: read.rejection } : { outcome: 'unchanged' },
  );
  for (const [index, outcome] of written.outcomes) {
    for (const place of folded[index]?.places ?? []) outcomes[place] = outcome;
  }
  const { developerIds, domains } = written;
  const isTouched = developerIds.length + domains.length > 0;
  const { scored } = isTouched ? await updateSignups(tx, context, { developerIds, domains }) : { scored: 0 };
  return { outcomes, scored };
}

async function write(tx: Tx, kind: IngestKind, folded: readonly FoldedRow[], times: WriteTimes): Promise<Written> {
  if (folded.length === 0) return { outcomes: new Map(), developerIds: [], domains: [] };
  // Scoring takes its turn in any case; taken first, two calls at once wait for each other instead of colliding.
  await lockProductScores(tx);
  const rows = folded.map(({ row }) => row);
  return writers[kind](tx, rows, times);
}
