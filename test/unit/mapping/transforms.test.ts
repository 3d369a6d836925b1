import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, isInvalid } from '../../../src/mapping/convert.ts';
import { parseTransforms } from '../../../src/mapping/parse.ts';
import { compileTransforms } from '../../../src/mapping/transforms.ts';
import type { Transform } from '../../../src/model/mapping.ts';
import type { FieldValue } from '../../../src/model/values.ts';

/** Runs transforms, written as in YAML, on the values of the `from` fields. */
const run = (raw: unknown, ...values: readonly FieldValue[]) => {
  const { transforms, problems } = parseTransforms(raw);
  expect(problems).toEqual([]);
  return compileTransforms(transforms)(values);
};
const invalid = (reason: string) => ({ invalid: reason });

describe('transforms', () => {
  it.each<[unknown, FieldValue, unknown]>([
    ['trim', '  a b ', 'a b'],
    ['trim', '   ', null],
    ['trim', 7, '7'],
    ['trim', [' a ', ' '], ['a']],
    ['lower', 'ADA@X.ORG', 'ada@x.org'],
    ['upper', 'ca', 'CA'],
    ['title', 'JANE o’neil-smith', 'Jane O’Neil-Smith'],
    ['title', "children's services", "Children's Services"],
    ['title', 'Ronald McDonald', 'Ronald McDonald'],
    ['number', '12,500', 12_500],
    ['number', '-1,234,567.5', -1_234_567.5],
    ['number', ' 12.50 ', 12.5],
    ['number', '1e3', 1000],
    ['number', '.5', 0.5],
    ['number', 72, 72],
    ['number', '12,5', invalid('is not a number')],
    ['number', '12,500 students', invalid('is not a number')],
    ['number', '1e999', invalid('is not a number')],
    ['number', true, invalid('is not a number')],
    ['integer', '12.0', 12],
    ['integer', '12.7', invalid('is not a whole number')],
    ['integer', 'many', invalid('is not a number')],
    ['integer', '99999999999999999999', invalid('is not a whole number')],
    // hubspot.md §7, trap 14: "false" must not become true
    ['boolean', 'false', false],
    ['boolean', '0', false],
    ['boolean', 'No', false],
    ['boolean', 0, false],
    ['boolean', 'TRUE', true],
    ['boolean', ' yes ', true],
    ['boolean', 1, true],
    ['boolean', true, true],
    ['boolean', 2, invalid('is neither true nor false')],
    ['boolean', 'perhaps', invalid('is neither true nor false')],
    ['datetime', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['datetime', '2026-11-22T10:00:00.57+0200', '2026-11-22T08:00:00.570Z'],
    ['datetime', '2026-11-22 10:00', '2026-11-22T10:00:00.000Z'],
    ['datetime', '2026-11-22T10:00:00-05:30', '2026-11-22T15:30:00.000Z'],
    ['datetime', '2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['datetime', 1_795_341_600_000, '2026-11-22T10:00:00.000Z'],
    ['datetime', '1795341600000', '2026-11-22T10:00:00.000Z'],
    ['datetime', '2026-02-30', invalid('is not a date')],
    ['datetime', '2026-13-01', invalid('is not a date')],
    ['datetime', '2026-11-22T24:10:00Z', invalid('is not a date')],
    ['datetime', '2026-11-22T10:60:00Z', invalid('is not a date')],
    ['datetime', '2026-11-22T10:00:61Z', invalid('is not a date')],
    ['datetime', '0050-01-01', invalid('is not a date')],
    ['datetime', '0099-12-31T23:59:59-00:00', invalid('is not a date')],
    ['datetime', '999999999999999', invalid('is not a date')],
    ['datetime', 'tomorrow', invalid('is not a date')],
    ['date', '2026-11-22T23:30:00-05:00', '2026-11-23'],
    ['date', 'never', invalid('is not a date')],
    ['state', 'California', 'CA'],
    ['state', 'ca', 'CA'],
    ['state', ' north  carolina ', 'NC'],
    ['state', 'D.C.', 'DC'],
    ['state', 'Washington, DC', 'DC'],
    ['state', 'Puerto Rico', 'PR'],
    ['state', 'Bavaria', invalid('is not a US state or territory')],
    ['state', 'constructor', invalid('is not a US state or territory')],
    ['domain', 'https://www.Example.org:8080/a?b', 'example.org'],
    ['domain', 'Ada@School.K12.CA.us', 'school.k12.ca.us'],
    ['domain', 'example.org.', 'example.org'],
    ['domain', 'localhost', invalid('holds no domain')],
    ['domain', `${'a'.repeat(60)}.`.repeat(5) + 'org', invalid('holds no domain')],
    [{ truncate: 2 }, '😀😀😀', '😀😀'],
    [{ split: ',' }, 'a,b', 'a'],
    [{ split: ',', index: -1 }, 'a,b', 'b'],
    [{ split: ',', index: 5 }, 'a,b', null],
    [{ regex: '(\\d+)' }, 'about 12 people', '12'],
    [{ regex: '(\\d+) (\\w+)', group: 2 }, '12 people', 'people'],
    [{ regex: '(\\d+)' }, 'some', null],
    [{ regex: '(a)', group: 5 }, 'a', null],
    [{ values: { Ja: 'yes' } }, ' ja ', 'yes'],
    [{ values: { Ja: 'yes' } }, 'nein', null],
    [{ values: { a: 'b' } }, 'constructor', null],
    [{ values: { a: 'b' }, otherwise: 'other' }, 'x', 'other'],
    [{ values: { a: 'b' }, otherwise: 'keep' }, 'x', 'x'],
    [{ values: { a: 'b' } }, ['a', 'c'], ['b']],
    [{ contains: 'DEMO' }, 'Request a demo', true],
    [{ contains: 'demo' }, 'Newsletter', false],
    [{ contains: 'demo' }, ['x', 'Demo'], true],
    [{ matches: '^demo' }, 'Demo form', true],
    [{ matches: '^demo' }, 'A demo', false],
    ['integer', ['1', '2'], invalid('is a list; add `{ concat: ", " }` or `coalesce` before')],
    ['state', ['CA', 'Bavaria'], invalid('is not a US state or territory')],
    ['coalesce', ['', 'b'], 'b'],
    [{ concat: ' + ' }, ['a', 'b'], 'a + b'],
    [undefined, 'as it is', 'as it is'],
  ])('%o turns %o into %o', (raw, value, expected) => {
    expect(run(raw, value)).toEqual(expected);
  });

  it('leaves blanks out of a concat', () => {
    expect(run(['trim', { concat: ' ' }], ' Ada ', null, '', 'Lovelace')).toBe('Ada Lovelace');
    expect(run([{ concat: ' ' }], null, '')).toBeNull();
  });

  it('takes the first known value, also where nobody says coalesce', () => {
    expect(run(['coalesce'], null, '', 'c', 'd')).toBe('c');
    expect(run([], null, 'b')).toBe('b');
    expect(run([])).toBeNull();
  });

  it('translates every field before it takes the first that means something', () => {
    const decision = [{ values: { UNQUALIFIED: 'disqualified', opportunity: 'opportunity' } }, 'coalesce'];
    expect(run(decision, 'OPEN', 'opportunity')).toBe('opportunity');
    expect(run(decision, 'UNQUALIFIED', 'opportunity')).toBe('disqualified');
    expect(run(decision, 'OPEN', 'lead')).toBeNull();
  });

  it('stops at the first value that is invalid', () => {
    expect(run(['integer', 'coalesce'], null, 'x', '5')).toEqual(invalid('is not a number'));
  });

  it('keeps a blank blank: what is not said is not turned into an answer', () => {
    for (const raw of [
      'trim',
      'boolean',
      'integer',
      'state',
      { contains: 'demo' },
      { matches: '.' },
      { values: { '': 'x' } },
    ]) {
      expect(run(raw, null)).toBeNull();
      expect(run(raw, '')).toBeNull();
      expect(run(raw, [])).toBeNull();
    }
  });

  it('lets a broken pattern match nothing', () => {
    expect(compileTransforms([{ name: 'regex', pattern: '(', group: 1 }])(['a'])).toBeNull();
    expect(compileTransforms([{ name: 'matches', pattern: '(' }])(['a'])).toBe(false);
  });

  const text = fc.string({ unit: 'binary' });
  const value = fc.oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(text),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  const transform: fc.Arbitrary<Transform> = fc.oneof(
    fc
      .constantFrom(
        ...([
          'trim',
          'lower',
          'upper',
          'title',
          'integer',
          'number',
          'boolean',
          'date',
          'datetime',
          'coalesce',
          'state',
          'domain',
        ] as const),
      )
      .map((name) => ({ name })),
    fc.record({ name: fc.constant('values' as const), map: fc.dictionary(text, text), otherwise: fc.option(text) }),
    fc.record({ name: fc.constant('regex' as const), pattern: text, group: fc.nat(3) }),
    fc.record({ name: fc.constant('split' as const), separator: text, index: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ name: fc.constant('concat' as const), separator: text }),
    fc.record({ name: fc.constant('truncate' as const), length: fc.nat(9) }),
    fc.record({ name: fc.constant('contains' as const), text }),
    fc.record({ name: fc.constant('matches' as const), pattern: text }),
  );

  it('are total: any values through any transforms give a value or a reason, and never throw', () => {
    fc.assert(
      fc.property(fc.array(transform, { maxLength: 4 }), fc.array(value, { maxLength: 3 }), (transforms, values) => {
        const result = compileTransforms(transforms)(values);
        if (isInvalid(result)) expect(result.invalid.length).toBeGreaterThan(0);
        else
          expect(
            result === null || Array.isArray(result) || ['string', 'number', 'boolean'].includes(typeof result),
          ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('read back every instant that they write', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(instantOf(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });
});
