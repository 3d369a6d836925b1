import { rowOfLine, type SourceRow } from '../source-row.ts';
import { unreadable } from './import-error.ts';

/** Characters of one line. */
const maxLine = 1_000_000;
/** Characters of a file that is read as a whole. */
const maxDocument = 200_000_000;

/** Empty lines are none. @throws AppError `import-unreadable` (fix-config) */
export async function* readNdjson(texts: AsyncIterable<string>): AsyncGenerator<SourceRow, void, void> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLine) throw unreadable('A line of the file has no end.', 'Write one row a line.');
    for (const line of lines) if (line.trim() !== '') yield rowOfLine(line);
  }
  if (rest.trim() !== '') yield rowOfLine(rest);
}

/** A list of rows, or { "rows": […] }. @throws AppError `import-unreadable` (fix-config) */
export async function* readDocument(texts: AsyncIterable<string>): AsyncGenerator<SourceRow, void, void> {
  let whole = '';
  for await (const text of texts) {
    whole += text;
    if (whole.length > maxDocument)
      throw unreadable(
        'The file is too large to be read as one JSON document.',
        'Write one row a line (NDJSON), or CSV.',
      );
  }
  for (const value of listOf(parsed(whole))) yield { value };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('The file is no JSON document.', 'Mend it, or say what it is: --format csv or --format ndjson.');
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows)) return value.rows;
  throw unreadable('The file holds no list of rows.', 'Write a list, or { "rows": […] }.');
}
