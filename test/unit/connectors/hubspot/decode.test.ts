import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decoderFor, decodeValue } from '../../../../connectors/hubspot/decode.ts';
import { objectNamed } from '../../../../connectors/hubspot/objects.ts';
import { encodeValue } from '../../../../connectors/hubspot/push.ts';
import type { FieldSchema, FieldType } from '../../../../src/connector-sdk/index.ts';

describe('decodeValue (trap 14)', () => {
  test.for<readonly [FieldType, string | null, unknown]>([
    ['text', ' as it is ', ' as it is '],
    ['text', null, null],
    ['text', '', null],
    ['number', '', null],
    ['number', '0', 0],
    ['number', '-12.50', -12.5],
    ['number', '1.2E3', 1_200],
    ['number', '1,200', undefined],
    ['number', '12 apples', undefined],
    ['number', '0x10', undefined],
    ['number', 'Infinity', undefined],
    ['number', '9007199254740993', undefined],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean', 'yes', undefined],
    ['boolean', '0', undefined],
    ['date', '2026-02-28', '2026-02-28'],
    ['date', '2026-02-31', undefined],
    ['date', '1772236800000', '2026-02-28'],
    ['date', '28/02/2026', undefined],
    ['datetime', '2026-02-28T10:00:00Z', '2026-02-28T10:00:00.000Z'],
    ['datetime', '2026-02-28T10:00:00.123Z', '2026-02-28T10:00:00.123Z'],
    ['datetime', '2026-02-28T10:00:00+02:00', '2026-02-28T08:00:00.000Z'],
    ['datetime', '1772272800000', '2026-02-28T10:00:00.000Z'],
    ['datetime', 'yesterday', undefined],
    ['datetime', '2026-13-45T10:00:00Z', undefined],
    ['option', 'NEW', 'NEW'],
    ['options', 'a;b', ['a', 'b']],
    ['options', 'a', ['a']],
  ])('%s %j is %j', ([type, text, expected]) => {
    expect(decodeValue(type, text)).toEqual(expected);
  });

  test('any text is read or refused, never thrown at, and never becomes a number that is none', () => {
    const types = fc.constantFrom<FieldType>('text', 'number', 'boolean', 'date', 'datetime', 'option', 'options');
    const property = fc.property(
      types,
      fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)),
      (type, text) => {
        const value = decodeValue(type, text);
        expect(value === undefined || value === null || !Number.isNaN(value)).toBe(true);
      },
    );
    fc.assert(property);
  });

  test('what is written comes back as it was', () => {
    const numbers = fc.oneof(fc.integer(), fc.double({ noNaN: true, min: -1e15, max: 1e15 }));
    fc.assert(
      fc.property(numbers, (value) => {
        // HubSpot has no minus zero.
        expect(decodeValue('number', encodeValue(value))).toBe(value === 0 ? 0 : value);
      }),
    );
    for (const value of [true, false]) expect(decodeValue('boolean', encodeValue(value))).toBe(value);
    expect(decodeValue('options', encodeValue(['a', 'b']))).toEqual(['a', 'b']);
    expect(decodeValue('number', encodeValue(null))).toBeNull();
  });
});

describe('decoderFor', () => {
  const schema = [
    { name: 'visits', type: 'number' },
    { name: 'jobtitle', type: 'text' },
  ].map(
    (field): FieldSchema =>
      ({ label: '', options: [], readOnly: false, calculated: false, custom: false, ...field }) as FieldSchema,
  );
  const decode = decoderFor(objectNamed('contacts'), ['visits', 'jobtitle', 'unknown'], schema);
  const properties = { visits: '3', jobtitle: null, lastmodifieddate: '2026-11-22T10:00:00Z', email: 'not asked for' };

  test('a record has the fields that were asked for, and no other', () => {
    expect(decode({ id: '51', properties }).record).toEqual({
      object: 'contacts',
      externalId: '51',
      modifiedAt: new Date('2026-11-22T10:00:00Z'),
      fields: { visits: 3, jobtitle: null },
      mergedIds: [],
      successor: null,
      companyId: null,
    });
  });

  test('merged ids and the primary company come without being asked for', () => {
    const { record } = decode({
      id: '51',
      properties: { ...properties, hs_merged_object_ids: '7;9', associatedcompanyid: '77' },
    });
    expect(record).toMatchObject({ mergedIds: ['7', '9'], companyId: '77' });
  });

  test('a value that does not fit is left out with its reason, and the record goes on', () => {
    const { record, rejected } = decode({ id: '51', properties: { ...properties, visits: 'many' } });
    expect(record?.fields).toEqual({ visits: null, jobtitle: null });
    expect(rejected).toMatchObject([
      { externalId: '51', field: 'visits', stage: 'decode', effect: 'null', fields: { visits: 'many' } },
    ]);
  });

  test('a record without an id or a date is rejected', () => {
    expect(decode({ id: '', properties })).toMatchObject({
      record: null,
      rejected: [{ code: 'no-id', effect: 'reject' }],
    });
    expect(decode({ id: '5', properties: {} })).toMatchObject({
      record: null,
      rejected: [{ code: 'no-modified-date', effect: 'reject' }],
    });
  });
});
