import type { InRule, MappingDefinition, OutRule } from '../../../src/model/mapping.ts';
import type { FieldSchema, SourceRecord } from '../../../src/model/records.ts';
import type { Fields } from '../../../src/model/values.ts';

export const inRule = (from: string | readonly string[], to: InRule['to'], more: Partial<InRule> = {}): InRule => ({
  from: typeof from === 'string' ? [from] : from,
  to,
  transform: [],
  onInvalid: 'null',
  blank: 'keep',
  conflict: 'crm',
  ...more,
});

export const outRule = (from: OutRule['from'], to: string, more: Partial<OutRule> = {}): OutRule => ({
  from,
  to,
  write: 'always',
  values: null,
  ...more,
});

const eventsOnly: MappingDefinition['counters'] = {
  website_visits: 'events',
  content_downloads: 'events',
  email_opens: 'events',
  email_clicks: 'events',
  demo_requested: 'events',
};

/** One object, contacts, with these rules; counters come from events. */
export const aMapping = (
  rules: { readonly in?: readonly InRule[]; readonly out?: readonly OutRule[] },
  more: Partial<MappingDefinition> = {},
): MappingDefinition => ({
  objects: { contacts: { in: rules.in ?? [], out: rules.out ?? [] } },
  counters: eventsOnly,
  events: [],
  ...more,
});

export const aRecord = (fields: Fields, more: Partial<SourceRecord> = {}): SourceRecord => ({
  object: 'contacts',
  externalId: '101',
  modifiedAt: new Date('2026-11-22T12:00:00Z'),
  fields,
  mergedIds: [],
  companyId: null,
  successor: null,
  ...more,
});

export const aField = (name: string, more: Partial<FieldSchema> = {}): FieldSchema => ({
  name,
  label: name,
  type: 'text',
  options: [],
  readOnly: false,
  calculated: false,
  custom: false,
  ...more,
});
