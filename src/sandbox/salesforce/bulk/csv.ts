/** Bulk results quote every value; an empty one is null. */
export function csvLine(values: readonly string[]): string {
  return `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`;
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

function plainCell(text: string, start: number): { cell: string; end: number } {
  const separator = /[,\n]/g;
  separator.lastIndex = start;
  const end = separator.exec(text)?.index ?? text.length;
  return { cell: text.slice(start, end).replace(/\r$/, ''), end };
}

/** RFC 4180, with LF or CRLF. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    line.push(cell);
    at = text[end] === '\r' ? end + 1 : end;
    if (text[at] === ',' && at + 1 === text.length) line.push('');
    if (text[at] !== ',' || at + 1 === text.length) {
      lines.push(line);
      line = [];
    }
    at += 1;
  }
  return lines;
}
