/** PURE. A row as it arrived: a value, or why there is none. */
import { type ReadRow, readRow, type RowRejection } from './read-row.ts';
import type { IngestKind } from './rows.ts';

export type SourceRow = { readonly value: unknown } | { readonly rejection: RowRejection };

/** One line of NDJSON. */
export function rowOfLine(line: string): SourceRow {
  try {
    return { value: JSON.parse(line) };
  } catch {
    return { rejection: { field: null, code: 'not-json', message: 'the line is no JSON' } };
  }
}

export function readSource(kind: IngestKind, source: SourceRow, now: Date): ReadRow {
  return 'value' in source ? readRow(kind, source.value, now) : source;
}
