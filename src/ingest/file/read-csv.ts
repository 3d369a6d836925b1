import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { AppError } from '../../model/errors.ts';
import { type IngestKind, rowForms } from '../rows.ts';
import { type RowRejection, unknownField } from '../read-row.ts';
import type { SourceRow } from '../source-row.ts';
import { unreadable, wrongColumns } from './import-error.ts';
import { peek } from './read-text.ts';

/** Characters of a record: a quote that is never closed takes the rest of the file for one value. */
const maxRecordSize = 1_000_000;
const maxHeader = 100_000;

/**
 * Rows of a CSV file whose first line names the fields; `,`, `;` or a tab stands between them. An empty cell says nothing. A
 * quote that stands where none belongs is taken as it is.
 * @throws AppError `import-columns`, `import-unreadable` (fix-config)
 */
export async function* readCsv(
  kind: IngestKind,
  texts: AsyncGenerator<string, void, void>,
): AsyncGenerator<SourceRow, void, void> {
  const { beginning, all } = await peek(texts, (text) => /\S[^\n]*\n/u.test(text) || text.length > maxHeader);
  let names: readonly string[] | null = null;
  for await (const record of recordsOf(all, delimiterOf(beginning))) {
    if (names === null) names = columnsOf(kind, record);
    else yield rowOf(names, record);
  }
  if (names === null) throw wrongColumns('The file is empty.', 'The first line names the fields.');
}

async function* recordsOf(
  texts: AsyncGenerator<string, void, void>,
  delimiter: string,
): AsyncGenerator<readonly string[], void, void> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordSize,
  });
  // A fault of the file comes out of the parser.
  pipeline(Readable.from(texts, { objectMode: false }), parser).catch(() => undefined);
  try {
    yield* parser as AsyncIterable<string[]>;
  } catch (error) {
    throw error instanceof CsvError ? withoutEnd(error) : error;
  }
}

/** All that can go wrong where quotes are taken as they are. */
function withoutEnd(error: CsvError): AppError {
  const line = typeof error['lines'] === 'number' ? ` before line ${error['lines']}` : '';
  return unreadable(`A quote is opened${line} and never closed.`, 'Close it, or double it where it is part of a text.');
}

/** Of the header: the one that stands there most often. */
function delimiterOf(beginning: string): string {
  const [header = ''] = beginning.trimStart().split('\n');
  const times = (delimiter: string): number => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (times(next) > times(best) ? next : best));
}

const brokenQuotes: RowRejection = {
  field: null,
  code: 'quotes',
  message: 'a quote is opened and not closed on its line, so that several lines are taken for one',
};

function columnsOf(kind: IngestKind, header: readonly string[]): readonly string[] {
  const { fields } = rowForms[kind];
  const known = Object.keys(fields);
  const names = header.map((name) => name.trim().toLowerCase());
  const problems = names.flatMap((name, index) => {
    if (!known.includes(name)) return [`column ${index + 1}: ${unknownField(name, known).message}`];
    return names.indexOf(name) < index ? [`column ${index + 1}: ${name} stands there twice.`] : [];
  });
  const missing = known.filter((name) => fields[name]?.isRequired === true && !names.includes(name));
  problems.push(...missing.map((name) => `${name} is missing.`));
  if (problems.length === 0) return names;
  throw wrongColumns(
    `The columns are not those of ${kind}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    `The first line names the fields: ${known.join(', ')}.`,
  );
}

function rowOf(names: readonly string[], record: readonly string[]): SourceRow {
  if (record.length !== names.length) {
    const message = `the line has ${record.length} values; the first line names ${names.length}`;
    return { rejection: { field: null, code: 'columns', message } };
  }
  // The parser leaves the quote in front of a text that does not end with it.
  if (record.some((cell) => cell.startsWith('"') && cell.includes('\n'))) return { rejection: brokenQuotes };
  const value: Record<string, string> = {};
  names.forEach((name, index) => {
    const cell = record[index];
    if (cell !== undefined && cell !== '') value[name] = cell;
  });
  return { value };
}
