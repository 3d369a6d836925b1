/** PURE. Rows of one batch that mean the same thing become one: the last word counts. */
import type { Row } from './read-row.ts';
import type { IngestKind } from './rows.ts';

export interface FoldedRow {
  readonly row: Row;
  /** The places in the batch that it stands for. */
  readonly places: readonly number[];
}

/** What a row is told by, as the tables have it. */
const identities: Readonly<Record<IngestKind, (row: Row) => readonly unknown[]>> = {
  signups: ({ email }) => [email],
  usage: ({ email, captured_at }) => [email, captured_at ?? null],
  companies: ({ domain }) => [domain],
  stakeholders: ({ company_domain, external_id, full_name }) => [
    company_domain,
    external_id ?? null,
    ...(typeof external_id === 'string' ? [] : [String(full_name).toLowerCase()]),
  ],
  'expansion-signals': ({ company_domain, external_id, signal_type, signal_date, signal_title }) => [
    company_domain,
    external_id ?? null,
    ...(typeof external_id === 'string' ? [] : [signal_type, signal_date ?? null, String(signal_title).toLowerCase()]),
  ],
};

/** A snapshot is whole, so the last one counts; of the others, the last one that names a field. */
export function foldRows(
  kind: IngestKind,
  rows: readonly { readonly row: Row; readonly place: number }[],
): FoldedRow[] {
  const folded = new Map<string, { row: Row; places: number[] }>();
  for (const { row, place } of rows) {
    const key = JSON.stringify(identities[kind](row));
    const known = folded.get(key);
    if (known === undefined) {
      folded.set(key, { row, places: [place] });
      continue;
    }
    known.row = kind === 'usage' ? row : { ...known.row, ...row };
    known.places.push(place);
  }
  return [...folded.values()];
}
