/** PURE. Tables as text for spreadsheets (RFC 4180). */

/** Which first characters make a spreadsheet take a text for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const formula = /^[=+\-@\t\r\n]/u;

/** Spreadsheets read UTF-8 as such only after this. */
export const byteOrderMark = '\uFEFF';

/** One line. A text that would be run as a formula begins with an apostrophe, which spreadsheets take for "this is text". */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
