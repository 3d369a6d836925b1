import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from '../../../src/http/api/rejected/csv.ts';
import { rawValue } from '../../../src/http/api/rejected/raw-value.ts';

test.for(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])('%j is a text to a spreadsheet', (value) => {
  expect(csvLine([value])).toBe(`"'${value}"\r\n`);
});

test('quotes, commas and lines stay within their cell', () => {
  expect(csvLine(['a "b"', 'c,d', 'e\nf', null, 7, -7])).toBe('"a ""b""","c,d","e\nf",,7,-7\r\n');
});

test('whatever is written is read again as it was, and begins with no sign of a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (values) => {
      const cells = read(csvLine(values));
      expect(
        cells.map((cell, at) => (cell.startsWith("'") && !values[at]!.startsWith("'") ? cell.slice(1) : cell)),
      ).toEqual(values);
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});

/** As RFC 4180 has it. */
function read(line: string): string[] {
  return [...line.slice(0, -2).matchAll(/"((?:[^"]|"")*)"(?:,|$)/gu)].map(([, cell = '']) =>
    cell.replaceAll('""', '"'),
  );
}

test('the raw value is what the field held, whatever it was; several fields are told together', () => {
  const fields = { email: 'x', firstname: 'Ada', lastname: null, tags: ['a', 'b'], age: 7 };
  expect(rawValue({ field: 'email', fields })).toBe('x');
  expect(rawValue({ field: 'firstname, lastname', fields })).toBe('Ada');
  expect(rawValue({ field: 'tags, age', fields })).toBe('["a","b"], 7');
  expect(rawValue({ field: 'lastname', fields })).toBeNull();
  expect(rawValue({ field: '', fields })).toBeNull();
  expect(rawValue({ field: 'toString', fields })).toBeNull();
});
