import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenResultsError, csvLine, csvRows } from '../../../../../connectors/salesforce/bulk/csv.ts';

async function* chunks(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  for (const part of parts) yield await Promise.resolve(part);
}

function read(text: string | Uint8Array, cuts: readonly number[] = []): Promise<(readonly string[])[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  const parts = [0, ...ends].map((start, index) => bytes.slice(start, ends[index] ?? bytes.length));
  return Array.fromAsync(csvRows(chunks(parts)));
}

/** Any text but NUL bytes, byte order marks and lone surrogates, with much of what is special. */
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ', 'é', '😀', '\u2028') }),
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\0\uFEFF]/g, '')),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));

/** As another writer may put it: quotes only where they are needed, and any line break. */
function written(rows: readonly (readonly string[])[], lineEnd: string, isSparing: boolean): string {
  if (!isSparing) return rows.map((row) => csvLine(row).slice(0, -1) + lineEnd).join('');
  const plain = (text: string): boolean => text !== '' && !/[",\r\n]/.test(text);
  return rows
    .map((row) => row.map((text) => (plain(text) ? text : csvLine([text]).slice(0, -1))).join(','))
    .join(lineEnd);
}

describe('csvRows', () => {
  test('any table comes back, however it is written and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        async (rows, lineEnd, isSparing, cuts) => {
          expect(await read(written(rows, lineEnd, isSparing), cuts)).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('each byte may be a chunk of its own', async () => {
    const rows = [
      ['Id', 'Note'],
      ['1', 'a "quoted" line\r\nand another, with 😀'],
    ];
    const text = rows.map(csvLine).join('');
    expect(await read(text, [...new TextEncoder().encode(text).keys()])).toEqual(rows);
  });

  test.for<readonly [string, string, readonly (readonly string[])[]]>([
    ['a byte order mark', '\uFEFF"Id"\n"1"\n', [['Id'], ['1']]],
    ['NUL bytes', '"I\0d"\n"\0"\n', [['Id'], ['']]],
    [
      'no line break at the end',
      'Id,Name\n1,',
      [
        ['Id', 'Name'],
        ['1', ''],
      ],
    ],
    ['blank lines', 'Id\r\n\r\n1\n\n', [['Id'], ['1']]],
    [
      'a header without quotes over quoted rows (recorded)',
      '"sf__Id",Name\n"","x"',
      [
        ['sf__Id', 'Name'],
        ['', 'x'],
      ],
    ],
    [
      'blank cells',
      '"",""\n,\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['nothing', '', []],
  ])('%s', async ([, text, rows]) => {
    expect(await read(text)).toEqual(rows);
    expect(await read(text, [...text.split('').keys()])).toEqual(rows);
  });

  test.for([
    ['that ends within quotes', '"Id"\n"1'],
    ['that ends within a row', '"Id","Name"\n"1"'],
    ['with a row that is too long', '"Id"\n"1","2"\n'],
    ['with text behind quotes', '"Id"x\n'],
    ['with a quote in the middle', 'I"d\n'],
  ])('a table %s is broken, wherever it is cut', async ([, text = '']) => {
    await expect(read(text)).rejects.toBeInstanceOf(BrokenResultsError);
    await expect(read(text, [...text.split('').keys()])).rejects.toBeInstanceOf(BrokenResultsError);
  });

  test('the rest is let go when it is not wanted', async () => {
    let isLeft = false;
    const endless = async function* (): AsyncGenerator<Uint8Array, void, void> {
      try {
        for (;;) yield await Promise.resolve(new TextEncoder().encode('a,b\n'));
      } finally {
        isLeft = true;
      }
    };
    const rows = csvRows(endless());
    await rows.next();
    await rows.return();
    expect(isLeft).toBe(true);
  });
});
