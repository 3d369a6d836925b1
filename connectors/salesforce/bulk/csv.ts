import { TransientError } from 'leadloop/connector-sdk';

// PURE: RFC 4180, the format of Bulk API 2.0 in both directions.

/** What came is not all that was sent: worth asking for again. */
export class BrokenResultsError extends TransientError {}

/** Everything is quoted: an empty cell, a number and a line break mean the same to everybody then. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
}

/**
 * The rows of a table, the header among them, as they come in: chunks may end inside a cell, a character or a pair of
 * quotes. NUL bytes are dropped, for no text of Postgres may have one. A blank line is no row.
 * @throws BrokenResultsError where the text is no whole table.
 */
export async function* csvRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[], void, void> {
  // Drops a byte order mark.
  const decoder = new TextDecoder();
  const parser = createParser();
  let width: number | null = null;
  const checked = (row: readonly string[]): readonly string[] => {
    width ??= row.length;
    if (row.length !== width)
      throw new BrokenResultsError('A row of a table from Salesforce has too few or many cells.');
    return row;
  };
  for await (const chunk of chunks) {
    for (const row of parser.push(withoutNul(decoder.decode(chunk, { stream: true })))) yield checked(row);
  }
  for (const row of parser.push(withoutNul(decoder.decode()))) yield checked(row);
  for (const row of parser.end()) yield checked(row);
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

interface Parser {
  /** The rows that `text` completes. */
  push(text: string): Iterable<readonly string[]>;
  /** The last row, where no line break follows it. */
  end(): Iterable<readonly string[]>;
}

/** Where in a cell the text stands. `closed`: behind a quote that ends the cell, unless another one follows. */
type Place = 'start' | 'plain' | 'quoted' | 'closed' | 'over';

function createParser(): Parser {
  let row: string[] = [];
  let cell = '';
  let place: Place = 'start';

  /** Takes what stands at `at` inside quotes, or behind them; returns where it ends. */
  const takeQuoted = (text: string, at: number): number => {
    if (place === 'closed') {
      const isDoubled = text[at] === '"';
      if (isDoubled) cell += '"';
      place = isDoubled ? 'quoted' : 'over';
      return isDoubled ? at + 1 : at;
    }
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    cell += text.slice(at, end);
    if (quote !== -1) place = 'closed';
    return quote === -1 ? end : quote + 1;
  };
  /** Takes what stands at `at` before a separator, or behind the quotes, where nothing but a CR may be. */
  const takePlain = (text: string, at: number, end: number): void => {
    const part = text.slice(at, end);
    if (place === 'over' ? part !== '' && part !== '\r' : part.includes('"')) throw broken();
    if (place === 'over' || part === '') return;
    cell += part;
    place = 'plain';
  };
  const finishCell = (isLast: boolean): void => {
    row.push(isLast && place === 'plain' && cell.endsWith('\r') ? cell.slice(0, -1) : cell);
    cell = '';
    place = 'start';
  };
  const finishRow = (): readonly (readonly string[])[] => {
    const isBlank = row.length === 0 && (place === 'start' || (place === 'plain' && cell === '\r'));
    finishCell(true);
    const finished = row;
    row = [];
    return isBlank ? [] : [finished];
  };

  return {
    *push(text) {
      const ends = separators(text);
      for (let at = 0; at < text.length;) {
        if (place === 'start' && text[at] === '"') {
          place = 'quoted';
          at += 1;
        } else if (place === 'quoted' || place === 'closed') {
          at = takeQuoted(text, at);
        } else {
          const end = ends(at);
          takePlain(text, at, end);
          if (text[end] === ',') finishCell(false);
          else if (text[end] === '\n') yield* finishRow();
          at = end + 1;
        }
      }
    },
    end() {
      if (place === 'quoted') throw broken();
      return place === 'start' && row.length === 0 ? [] : finishRow();
    },
  };
}

/** Finds the next comma or line break, or the end of the text. */
function separators(text: string): (from: number) => number {
  const separator = /[,\n]/g;
  return (from) => {
    separator.lastIndex = from;
    return separator.exec(text)?.index ?? text.length;
  };
}

function broken(): BrokenResultsError {
  return new BrokenResultsError('A table from Salesforce breaks off, or has a quote in the wrong place.');
}
