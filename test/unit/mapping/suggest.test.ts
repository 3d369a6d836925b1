import { describe, expect, test } from 'vitest';
import { suggestRules, wordsOf } from '../../../src/mapping/suggest.ts';
import type { InRule, MappingDefinition } from '../../../src/model/mapping.ts';
import type { FieldSchema, ObjectKind } from '../../../src/model/records.ts';

const nothing: MappingDefinition = {
  objects: {},
  counters: {
    website_visits: 'events',
    content_downloads: 'events',
    email_opens: 'events',
    email_clicks: 'events',
    demo_requested: 'events',
  },
  events: [],
};

function field(name: string, label: string, type: FieldSchema['type'] = 'text'): FieldSchema {
  return { name, label, type, options: [], readOnly: false, calculated: false, custom: true };
}

function rule(to: InRule['to'], ...from: string[]): InRule {
  return { from, to, transform: [], onInvalid: 'null', blank: 'keep', conflict: 'crm' };
}

interface Given {
  readonly fields: readonly FieldSchema[];
  readonly mapped?: readonly InRule[];
  readonly kind?: ObjectKind;
  readonly usual?: readonly InRule[];
}

function suggested({ fields, mapped = [], kind = 'lead', usual = [] }: Given): Record<string, string> {
  const defaultMapping = { ...nothing, objects: { people: { in: usual, out: [] } } };
  const found = suggestRules({ object: 'people', kind, fields, mapped, defaultMapping });
  return Object.fromEntries(found.map((one) => [one.rule.to, `${one.rule.from.join('+')} by ${one.because}`]));
}

describe('suggestions', () => {
  test('are what the connector does by itself, as far as the CRM has the fields', () => {
    const usual = [rule('name', 'first', 'last', 'gone'), rule('title', 'no_such_field')];
    expect(suggested({ usual, fields: [field('first', 'First'), field('last', 'Last')] })).toEqual({
      name: 'first+last by default',
    });
  });

  test('are found by API name and by label, whatever case and suffix', () => {
    const fields = [
      field('StudentCount__c', 'Pupils on roll', 'number'),
      field('x_17__c', 'Job Title'),
      field('EmailAddress', 'Primary'),
    ];
    expect(suggested({ fields })).toEqual({
      enrollment: 'StudentCount__c by name',
      title: 'x_17__c by label',
      email: 'EmailAddress by name',
    });
  });

  test('leave what is mapped already, each field is offered once, and counters are no guess', () => {
    const fields = [
      field('title', 'Title'),
      field('website_visits', 'Website visits', 'number'),
      field('state', 'State'),
    ];
    expect(suggested({ fields, mapped: [rule('title', 'title')] })).toEqual({ state: 'state by name' });
    expect(suggested({ fields: [field('company', 'Company')], mapped: [rule('name', 'company')] })).toEqual({});
  });

  test('do not offer a type that the field does not take, nor a company’s field to a person', () => {
    expect(suggested({ fields: [field('enrollment', 'Enrollment', 'boolean')] })).toEqual({});
    const stage = [field('funding_stage', 'Funding stage')];
    expect(suggested({ fields: stage })).toEqual({});
    expect(suggested({ fields: stage, kind: 'company' })).toEqual({ funding_stage: 'funding_stage by name' });
  });

  test('bring the transform that the field needs', () => {
    const fields = [field('state_code', 'State'), field('students', 'Students')];
    const found = suggestRules({ object: 'people', kind: 'lead', fields, mapped: [], defaultMapping: nothing });
    const transforms = Object.fromEntries(
      found.map((one) => [one.rule.to, one.rule.transform.map(({ name }) => name)]),
    );
    expect(transforms).toEqual({ state: ['state'], enrollment: ['integer'] });
  });
});

test('a name falls apart into its words', () => {
  expect(wordsOf('StudentCount__c')).toEqual(['student', 'count']);
  expect(wordsOf('hs_analytics-source')).toEqual(['hs', 'analytics', 'source']);
});
