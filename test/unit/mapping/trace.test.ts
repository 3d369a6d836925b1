import { expect, test } from 'vitest';
import { traceRules } from '../../../src/mapping/trace.ts';
import type { InRule, MappingDefinition } from '../../../src/model/mapping.ts';
import type { SourceRecord } from '../../../src/model/records.ts';

const record: SourceRecord = {
  object: 'people',
  externalId: '1',
  modifiedAt: new Date(0),
  fields: { first: 'Ada', last: 'Lovelace', size: 'many', blank: null },
  mergedIds: [],
  companyId: null,
  successor: null,
};

function traced(...rules: (Partial<InRule> & Pick<InRule, 'from' | 'to'>)[]) {
  const usual = { transform: [], onInvalid: 'null', blank: 'keep', conflict: 'crm' } as const;
  const definition: MappingDefinition = {
    objects: { people: { in: rules.map((rule) => ({ ...usual, ...rule })), out: [] } },
    counters: {
      website_visits: 'events',
      content_downloads: 'events',
      email_opens: 'events',
      email_clicks: 'events',
      demo_requested: 'events',
    },
    events: [],
  };
  return traceRules(definition, record);
}

test('each rule tells what it reads and what it makes of it', () => {
  expect(traced({ from: ['first', 'last'], to: 'name', transform: [{ name: 'concat', separator: ' ' }] })).toEqual([
    { to: 'name', raw: ['Ada', 'Lovelace'], value: 'Ada Lovelace', outcome: 'set', reason: null },
  ]);
});

test('a blank says nothing or clears, and what the record does not carry says nothing', () => {
  const found = traced(
    { from: ['blank'], to: 'title' },
    { from: ['blank'], to: 'industry', blank: 'clear' },
    { from: ['nowhere'], to: 'state', blank: 'clear' },
    { from: [], to: 'owner' },
  );
  expect(found.map(({ outcome }) => outcome)).toEqual(['blank', 'cleared', 'blank', 'blank']);
});

test('what cannot be converted says why, without the value', () => {
  const [nulled, rejecting, unknown] = traced(
    { from: ['size'], to: 'enrollment' },
    { from: ['size'], to: 'employee_count', onInvalid: 'reject' },
    { from: ['size'], to: '' as never },
  );
  expect(nulled).toMatchObject({ outcome: 'invalid', reason: 'size is not a number (for enrollment)' });
  expect(rejecting).toMatchObject({ outcome: 'rejects', value: null });
  expect(unknown).toMatchObject({ outcome: 'invalid', value: null });
  expect([nulled, rejecting].map((one) => one!.reason).join()).not.toContain('many');
});
