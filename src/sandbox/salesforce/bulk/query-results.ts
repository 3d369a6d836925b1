import { restError } from '../errors.ts';
import { isAggregate } from '../soql/aggregate.ts';
import type { Path, Reader } from '../soql/columns.ts';
import { matching, type Selection } from '../soql/select.ts';
import type { Row } from '../store/table.ts';
import { bulkDateTime } from '../time.ts';
import { csvLine, type CsvFormat } from './csv.ts';

/** Rows of one chunk of the primary key; chunks come back in any order. */
const CHUNK = 500;

function refuse(message: string): never {
  throw restError(400, 'API_ERROR', message);
}

/** What the bulk query does not do. */
export function checkBulkQuery(selection: Selection): void {
  if (isAggregate(selection)) refuse('Aggregate Relationships not supported in Bulk Query');
  if (selection.offset > 0) refuse('OFFSET is not supported in Bulk Query');
  if (selection.children.length > 0) refuse('Subqueries are not supported in Bulk Query');
  const compound = selection.paths.find(({ field }) => field.type === 'address');
  if (compound !== undefined) refuse(`Compound Address fields not supported in Bulk Query: ${compound.field.name}`);
}

/** Without ORDER BY there is no order: the last chunk of keys comes first. */
export function bulkRows(reader: Reader, selection: Selection, withHidden: boolean): Row[] {
  const rows = matching(reader, selection, withHidden);
  if (selection.order !== undefined) return rows;
  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, at) =>
    rows.slice(at * CHUNK, (at + 1) * CHUNK),
  );
  return chunks.toReversed().flat();
}

function nameOf({ relationships, field }: Path): string {
  return [...relationships, field.name].join('.');
}

function cell({ field, read }: Path, row: Row): string {
  const value = read(row);
  if (value === null) return '';
  if (typeof value !== 'number') return String(value);
  if (field.type === 'datetime') return bulkDateTime(value);
  // Numbers that are no int keep their decimal point.
  return field.type !== 'int' && Number.isInteger(value) ? `${value}.0` : String(value);
}

/** One page; every page begins with the header. */
export function bulkPage(selection: Selection, rows: readonly Row[], format: CsvFormat): string {
  const lines = [csvLine(selection.paths.map(nameOf), format)];
  for (const row of rows)
    lines.push(
      csvLine(
        selection.paths.map((path) => cell(path, row)),
        format,
      ),
    );
  return lines.join('');
}
