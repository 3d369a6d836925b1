import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../../src/ingest/file/format.ts';
import { readCsv } from '../../../src/ingest/file/read-csv.ts';
import { readDocument, readNdjson } from '../../../src/ingest/file/read-json.ts';
import { peek, readText } from '../../../src/ingest/file/read-text.ts';
import type { SourceRow } from '../../../src/ingest/source-row.ts';

/** The bytes of a file in pieces of a size. */
async function* pieces(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function allOf(rows: AsyncIterable<SourceRow>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const row of rows) all.push('value' in row ? row.value : row.rejection.code);
  return all;
}

const csv = async (content: string | Uint8Array, size = 64) =>
  allOf(readCsv('signups', readText(pieces(content, size))));

describe('a CSV file', () => {
  const ada = { email: 'ada@acme.example', full_name: 'Ada' };

  it.each([
    ['commas', 'email,full_name\nada@acme.example,Ada\n'],
    ['semicolons', 'email;full_name\nada@acme.example;Ada\n'],
    ['tabs', 'email\tfull_name\nada@acme.example\tAda\n'],
    ['a byte order mark', '\ufeffemail,full_name\nada@acme.example,Ada\n'],
    ['the ends of lines of Windows', 'email,full_name\r\nada@acme.example,Ada\r\n'],
    ['no end of the last line', 'email,full_name\nada@acme.example,Ada'],
    ['names in capitals, with blanks', ' Email , Full_Name\nada@acme.example,Ada\n'],
    ['empty lines', '\n\nemail,full_name\n\nada@acme.example,Ada\n\n'],
    ['quotes', '"email","full_name"\n"ada@acme.example","Ada"\n'],
  ])('with %s', async (_, content) => {
    for (const size of [1, 7, 1000]) expect(await csv(content, size)).toEqual([ada]);
  });

  it('with what cannot be read of it, in its place', async () => {
    const content = [
      'email,full_name',
      'a@acme.example,A',
      'b@acme.example,B,more',
      'c@acme.example,"C" and 5" more',
      'd@acme.example',
      'e@acme.example,"one',
      'and two, ""quoted"""',
      'f@acme.example,"F',
      'g@acme.example,"G"',
      'h@acme.example,',
    ].join('\n');
    expect(await csv(content)).toEqual([
      { email: 'a@acme.example', full_name: 'A' },
      'columns',
      { email: 'c@acme.example', full_name: '"C" and 5" more' },
      'columns',
      { email: 'e@acme.example', full_name: 'one\nand two, "quoted"' },
      'quotes',
      { email: 'h@acme.example' },
    ]);
  });

  it('gives back whatever text was written into it, wherever the pieces end', async () => {
    const cell = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed() && text !== '');
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), async (cells, size) => {
        const lines = cells.map((text) => `a@acme.example,${quoted(text)}`);
        const read = await csv(['email,full_name', ...lines].join('\n'), size);
        expect(read).toEqual(cells.map((full_name) => ({ email: 'a@acme.example', full_name })));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a column that there is not', 'email,full_nam\n', 'import-columns', 'Did you mean full_name?'],
    ['a column twice', 'email,email\n', 'import-columns', 'stands there twice'],
    ['none that it needs', 'full_name\nAda\n', 'import-columns', 'email is missing'],
    ['no header', 'ada@acme.example,Ada\n', 'import-columns', 'column 1'],
    ['nothing', '', 'import-columns', 'empty'],
    ['a quote without an end', 'email,full_name\na@acme.example,"A\n', 'import-unreadable', 'never closed'],
    [
      'one that takes the rest',
      `email,full_name\na@acme.example,"${'x\n'.repeat(600_000)}`,
      'import-unreadable',
      'never',
    ],
  ])('with %s is refused as a whole', async (_, content, code, message) => {
    const failure = await csv(content, 100_000).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, recovery: 'fix-config', message: expect.stringContaining(message) });
  });

  it('in another encoding is refused instead of losing letters', async () => {
    const latin1 = Buffer.from('email,full_name\na@acme.example,J\u00fcrgen\n', 'latin1');
    for (const size of [1, 1000]) await expect(csv(latin1, size)).rejects.toMatchObject({ code: 'import-unreadable' });
  });
});

describe('JSON', () => {
  const text = (content: string, size = 3) => readText(pieces(content, size));

  it('by lines, with the one that is none in its place', async () => {
    const lines = ['{"a":1}', '', '{"a":', '  {"a":"\u00fc\ud83d\ude00"}  ', '[1]'];
    expect(await allOf(readNdjson(text(lines.join('\r\n'))))).toEqual([
      { a: 1 },
      'not-json',
      { a: '\u00fc\ud83d\ude00' },
      [1],
    ]);
    await expect(allOf(readNdjson(text('x'.repeat(1_100_000), 100_000)))).rejects.toMatchObject({
      code: 'import-unreadable',
    });
  });

  it('as one document', async () => {
    for (const content of ['[{"a":1},2]', '{"rows":[{"a":1},2]}'])
      expect(await allOf(readDocument(text(content)))).toEqual([{ a: 1 }, 2]);
    for (const content of ['{"a":1}', '[', '']) {
      await expect(allOf(readDocument(text(content)))).rejects.toMatchObject({ code: 'import-unreadable' });
    }
  });
});

it('a format is told by the name, else by how the file begins', () => {
  expect(['a.csv', 'a.TSV', 'a.ndjson', 'b/a.jsonl', 'a.json'].map((name) => formatOf(name, ''))).toEqual([
    'csv',
    'csv',
    'ndjson',
    'ndjson',
    'json',
  ]);
  expect(['\n [', ' {', 'email'].map((beginning) => formatOf('-', beginning))).toEqual(['json', 'ndjson', 'csv']);
});

it('whoever peeks gives all of it back, and closes what is left', async () => {
  let isClosed = false;
  async function* texts(): AsyncGenerator<string, void, void> {
    try {
      yield* ['a', 'b', 'c', 'd'];
    } finally {
      isClosed = true;
    }
  }
  const { beginning, all } = await peek(texts(), (text) => text.length >= 2);
  expect(beginning).toBe('ab');
  for await (const text of all) {
    expect(text).toBe('ab');
    break;
  }
  expect(isClosed).toBe(true);
});
