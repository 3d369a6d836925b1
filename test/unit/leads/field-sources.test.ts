import { expect, test } from 'vitest';
import { fieldSources, type SpeakingRecord } from '../../../src/leads/field-sources.ts';

const person: SpeakingRecord = {
  connection: 'acme-hubspot',
  object: 'contacts',
  externalId: '51',
  mapped: { name: 'Ada Lovelace', title: 'Director', enrollment: null },
  fields: { firstname: 'Ada', lastname: 'Lovelace', jobtitle: 'Director' },
  rules: [
    { from: ['firstname', 'lastname'], to: 'name' },
    { from: ['jobtitle'], to: 'title' },
  ],
};
const other: SpeakingRecord = {
  ...person,
  connection: 'acme-salesforce',
  externalId: '00Q',
  mapped: { title: 'Teacher' },
};

test('each value names the record that says it, in its own fields, and who says something else', () => {
  expect(fieldSources({ name: 'Ada Lovelace', title: 'Teacher' }, [person, other], { hasSignup: false })).toEqual([
    {
      field: 'name',
      value: 'Ada Lovelace',
      source: 'record',
      said: {
        connection: 'acme-hubspot',
        object: 'contacts',
        externalId: '51',
        value: 'Ada Lovelace',
        from: [
          { name: 'firstname', raw: 'Ada' },
          { name: 'lastname', raw: 'Lovelace' },
        ],
      },
      others: [],
    },
    {
      field: 'title',
      value: 'Teacher',
      source: 'record',
      said: expect.objectContaining({ externalId: '00Q' }) as object,
      others: [expect.objectContaining({ externalId: '51', value: 'Director' })],
    },
  ]);
});

test('what no record says was counted, came with a signup, or is kept from before', () => {
  const sourceOf = (values: Record<string, string | number>, hasSignup: boolean) =>
    fieldSources(values, [person], { hasSignup })[0]?.source;
  expect(sourceOf({ email_opens: 3 }, true)).toBe('events');
  expect(sourceOf({ email: 'ada@acme.example' }, true)).toBe('signup');
  expect(sourceOf({ email: 'ada@acme.example' }, false)).toBe('kept');
});

test('a field without a value is not told', () => {
  expect(fieldSources({ name: null, title: '' }, [person], { hasSignup: false })).toEqual([]);
});
