import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type CsvError, parse } from 'csv-parse';
import { type IngestKind, rowForms } from '../rows.ts';
import { unknownField } from '../read-row.ts';
import type { SourceRow } from '../source-row.ts';
import { unreadable, wrongColumns } from './import-error.ts';
import { peek } from './read-text.ts';

/** Characters of a record: a quote that is never closed takes the rest of the file for one value. */
const maxRecordSize = 1_000_000;
const maxHeader = 100_000;

/**
 * Rows of a CSV file whose first line names the fields; `,`, `;` or a tab stands between them. An empty cell says nothing.
 * @throws AppError `import-columns`, `import-unreadable` (fix-config)
 */
export async function* readCsv(
  kind: IngestKind,
  texts: AsyncGenerator<string, void, void>,
): AsyncGenerator<SourceRow, void, void> {
  const { beginning, all } = await peek(texts, (text) => /\S[^\n]*\n/u.test(text) || text.length > maxHeader);
  const skipped: number[] = [];
  const parser = parse({
    delimiter: delimiterOf(beginning),
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRecordSize,
    on_skip: (error) => noteSkipped(error, skipped),
  });
  // A fault of the file comes out of the parser.
  pipeline(Readable.from(all, { objectMode: false }), parser).catch(() => undefined);
  let names: readonly string[] | null = null;
  let place = 0;
  for await (const record of parser as AsyncIterable<string[]>) {
    for (; skipped[0] === place; skipped.shift()) yield brokenQuotes;
    place += 1;
    if (names === null) names = columnsOf(kind, record);
    else yield rowOf(names, record);
  }
  for (const _ of skipped) yield brokenQuotes;
  if (names === null) throw wrongColumns('The file is empty.', 'The first line names the fields.');
}

const brokenQuotes: SourceRow = {
  rejection: { field: null, code: 'quotes', message: 'the quotes of the line do not match' },
};

/** One entry a record, however many faults it has: how many records came before it. */
function noteSkipped(error: CsvError | undefined, skipped: number[]): undefined {
  if (error?.code === 'CSV_MAX_RECORD_SIZE')
    throw unreadable('A value of the file has no end.', 'Look for a quote that is opened and not closed.');
  const place = Number(error?.['records'] ?? 0);
  if (skipped.at(-1) !== place) skipped.push(place);
}

/** Of the header: the one that stands there most often. */
function delimiterOf(beginning: string): string {
  const [header = ''] = beginning.trimStart().split('\n');
  const times = (delimiter: string): number => header.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (times(next) > times(best) ? next : best));
}

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
  const value: Record<string, string> = {};
  names.forEach((name, index) => {
    const cell = record[index];
    if (cell !== undefined && cell !== '') value[name] = cell;
  });
  return { value };
}
