import { stripVTControlCharacters } from 'node:util';

/** A value on one line. What comes from a CRM may hold control characters, which must not reach a terminal. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (value instanceof Date) return instant(value);
  if (Array.isArray(value)) return value.map(shown).join(', ');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return printable(text);
}

export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/gu, ' ');
}

/** `2026-11-22 10:05`, in UTC as everywhere. */
export function instant(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `12,500` */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** `45 s`, `3 min`, `2 h 10 min`: as much as one needs to decide whether to wait. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

export type Column = 'left' | 'right';

/** Rows with aligned columns, two spaces apart. Colours do not count as width. */
export function table(rows: readonly (readonly string[])[], columns: readonly Column[] = []): string {
  const width = (text: string): number => stripVTControlCharacters(text).length;
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(width(cell), most[index] ?? 0)),
    [],
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return columns[index] === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

export function indented(text: string, by = 2): string {
  return text.replaceAll(/^(?=.)/gmu, ' '.repeat(by));
}

/** Blocks that have something to say, with a blank line between them. */
export function blocks(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
