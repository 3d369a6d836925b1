import { describe, expect, test } from 'vitest';
import { decodeValue, decoderFor } from '../../../../connectors/salesforce/decode.ts';
import { fateOf } from '../../../../connectors/salesforce/fate.ts';
import { followMerges } from '../../../../connectors/salesforce/merges.ts';
import { objectNamed } from '../../../../connectors/salesforce/objects.ts';
import { fieldSchema } from '../../../../connectors/salesforce/schema.ts';

describe('decodeValue', () => {
  test.for([
    ['text', 'as it is', 'as it is'],
    ['text', '', null],
    ['number', 12.5, 12.5],
    ['number', '0.0', 0],
    ['number', 'twelve', undefined],
    ['boolean', true, true],
    ['boolean', 'false', false],
    ['options', 'a;b', ['a', 'b']],
    ['datetime', '2026-11-22T10:11:12.000+0000', '2026-11-22T10:11:12.000Z'],
    ['datetime', '2026-11-22T10:11:12+02:00', '2026-11-22T08:11:12.000Z'],
    ['datetime', '2026-11-22', undefined],
    ['date', '2026-11-22', '2026-11-22'],
    ['date', '2026-02-30', undefined],
    ['text', { street: 'Main' }, undefined],
  ] as const)('%s %j is %j', ([type, sent, value]) => {
    expect(decodeValue(type, sent)).toEqual(value);
  });
});

describe('decoderFor', () => {
  const schema = ['Title', 'NumberOfEmployees'].flatMap((name) => {
    const type = name === 'Title' ? 'string' : 'int';
    return fieldSchema({ name, label: name, type, updateable: true }) ?? [];
  });
  const decode = decoderFor(objectNamed('Contact'), ['Title', 'NumberOfEmployees', 'Nowhere__c'], schema);

  test('a contact knows its company, and only fields that exist are there', () => {
    const row = {
      Id: '0031',
      SystemModstamp: '2026-11-22T10:00:00.000+0000',
      AccountId: '0011',
      Title: 'CTO',
      NumberOfEmployees: 7,
    };
    expect(decode(row).record).toMatchObject({
      externalId: '0031',
      companyId: '0011',
      fields: { Title: 'CTO', NumberOfEmployees: 7 },
    });
    expect(Object.keys(decode(row).record?.fields ?? {})).toEqual(['Title', 'NumberOfEmployees']);
  });

  test('a value that does not fit is reported, and the record goes on', () => {
    const { record, rejected } = decode({ Id: '0031', SystemModstamp: '2026-11-22T10:00:00Z', NumberOfEmployees: 'x' });
    expect(record?.fields['NumberOfEmployees']).toBeNull();
    expect(rejected).toMatchObject([{ field: 'NumberOfEmployees', code: 'wrong-type', effect: 'null' }]);
  });

  test('a record without a stamp is left out', () => {
    expect(decode({ Id: '0031' })).toMatchObject({ record: null, rejected: [{ code: 'no-modified-date' }] });
  });
});

describe('fieldSchema', () => {
  test('formulas are calculated and cannot be written; compound fields are left out', () => {
    expect(
      fieldSchema({ name: 'F__c', label: 'F', type: 'double', calculated: true, updateable: false, custom: true }),
    ).toMatchObject({ type: 'number', calculated: true, readOnly: true, custom: true });
    expect(fieldSchema({ name: 'Address', label: 'A', type: 'address' })).toBeNull();
  });
});

describe('fateOf', () => {
  const error = (
    statusCode: string,
    fields: readonly string[] = [],
  ): { statusCode: string; fields: readonly string[] } => ({
    statusCode,
    fields,
  });

  test('a lock waits longer than Salesforce itself did', () => {
    expect(fateOf([error('UNABLE_TO_LOCK_ROW')])).toMatchObject({ kind: 'deferred', retryAfterMs: 30_000 });
  });
  test('what is gone or converted is looked for', () => {
    expect(fateOf([error('CANNOT_UPDATE_CONVERTED_LEAD')]).kind).toBe('missing');
    expect(fateOf([error('ENTITY_IS_DELETED')]).kind).toBe('missing');
  });
  test('a rule of the organisation stays, with its field', () => {
    expect(fateOf([error('FIELD_CUSTOM_VALIDATION_EXCEPTION', ['Title'])])).toEqual({
      kind: 'rejected',
      reason: 'Salesforce refused this record: FIELD_CUSTOM_VALIDATION_EXCEPTION.',
      field: 'Title',
    });
  });
});

describe('followMerges', () => {
  const merged = (Id: string, MasterRecordId: string): { Id: string; IsDeleted: true; MasterRecordId: string } => ({
    Id,
    IsDeleted: true,
    MasterRecordId,
  });
  const none = (): Promise<readonly never[]> => Promise.resolve([]);

  test('a chain of merges ends at the living record', async () => {
    const rows = [merged('b', 'c'), { Id: 'c', IsDeleted: false }];
    const asked: (readonly string[])[] = [];
    const read = (ids: readonly string[]): Promise<typeof rows> => {
      asked.push(ids);
      return Promise.resolve(rows.filter(({ Id }) => ids.includes(Id)));
    };
    const [followed] = await followMerges([merged('a', 'b')], [], read);
    expect(followed).toMatchObject({ survivor: { Id: 'c' }, absorbed: ['a', 'b'] });
    expect(asked).toEqual([['b'], ['c']]);
  });

  test('a circle and a hole have no survivor', async () => {
    expect(await followMerges([merged('a', 'b'), merged('b', 'a')], [], none)).toMatchObject([
      { survivor: null },
      { survivor: null },
    ]);
    expect(await followMerges([merged('a', 'z')], [], none)).toMatchObject([{ survivor: null, absorbed: ['a'] }]);
  });
});
