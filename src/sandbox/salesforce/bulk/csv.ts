const DELIMITERS = { COMMA: ',', BACKQUOTE: '`', CARET: '^', PIPE: '|', SEMICOLON: ';', TAB: '\t' } as const;
const ENDINGS = { LF: '\n', CRLF: '\r\n' } as const;

/** How a job spells its CSV. */
export interface CsvFormat {
  readonly columnDelimiter: keyof typeof DELIMITERS;
  readonly lineEnding: keyof typeof ENDINGS;
}

export const PLAIN: CsvFormat = { columnDelimiter: 'COMMA', lineEnding: 'LF' };

/** What a job asks for; undefined if there is no such format. */
export function csvFormat({ columnDelimiter, lineEnding }: Readonly<Record<string, unknown>>): CsvFormat | undefined {
  const delimiter = columnDelimiter ?? PLAIN.columnDelimiter;
  const ending = lineEnding ?? PLAIN.lineEnding;
  if (typeof delimiter !== 'string' || !Object.hasOwn(DELIMITERS, delimiter)) return undefined;
  if (typeof ending !== 'string' || !Object.hasOwn(ENDINGS, ending)) return undefined;
  return {
    columnDelimiter: delimiter as CsvFormat['columnDelimiter'],
    lineEnding: ending as CsvFormat['lineEnding'],
  };
}

/** Most values have nothing to double. */
function quoted(value: string): string {
  return value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`;
}

/** Bulk results quote every value; an empty one is null. */
export function csvLine(values: readonly string[], { columnDelimiter, lineEnding } = PLAIN): string {
  return values.map(quoted).join(DELIMITERS[columnDelimiter]) + ENDINGS[lineEnding];
}

/** The header as it came in, behind columns of the vendor's. */
export function headLine(own: readonly string[], columns: readonly string[], format: CsvFormat): string {
  const { columnDelimiter, lineEnding } = format;
  return [...own.map((name) => `"${name}"`), ...columns].join(DELIMITERS[columnDelimiter]) + ENDINGS[lineEnding];
}

/** A quoted cell from its opening quote: the text and where it ends. */
function quotedCell(text: string, start: number): { cell: string; end: number } {
  let cell = '';
  let at = start + 1;
  while (at < text.length) {
    const close = text.indexOf('"', at);
    if (close === -1) return { cell: cell + text.slice(at), end: text.length };
    cell += text.slice(at, close);
    if (text[close + 1] !== '"') return { cell, end: close + 1 };
    cell += '"';
    at = close + 2;
  }
  return { cell, end: at };
}

function plainCell(text: string, start: number, separator: RegExp): { cell: string; end: number } {
  separator.lastIndex = start;
  const end = separator.exec(text)?.index ?? text.length;
  return { cell: text.slice(start, end).replace(/\r$/, ''), end };
}

/** RFC 4180, with LF or CRLF. */
export function parseCsv(text: string, { columnDelimiter } = PLAIN): string[][] {
  const delimiter = DELIMITERS[columnDelimiter];
  const separator = new RegExp(`[\\n\\${delimiter}]`, 'g');
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
    line.push(cell);
    at = text[end] === '\r' ? end + 1 : end;
    if (text[at] === delimiter && at + 1 === text.length) line.push('');
    if (text[at] !== delimiter || at + 1 === text.length) {
      lines.push(line);
      line = [];
    }
    at += 1;
  }
  return lines;
}
