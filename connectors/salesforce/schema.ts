import type { FieldSchema, FieldType, ObjectKind } from 'leadloop/connector-sdk';
import { describeObject } from './endpoints.ts';
import { schemaAgeMs } from './limits.ts';
import { objectNamed } from './objects.ts';
import { opportunitySchema } from './opportunities.ts';
import { ownerSchema } from './owners.ts';
import type { Session } from './session.ts';
import type { WireField } from './wire.ts';

/** The fields of an object as a mapping names them, as of an hour ago at most. */
export function describe(session: Session, object: string, signal: AbortSignal): Promise<readonly FieldSchema[]> {
  const known = uniform[objectNamed(object).kind];
  return known === undefined
    ? cachedSchema(session, object, { maxAgeMs: schemaAgeMs, signal })
    : Promise.resolve(known);
}

/** What looks the same in every CRM. */
const uniform: Readonly<Partial<Record<ObjectKind, readonly FieldSchema[]>>> = {
  owner: ownerSchema,
  opportunity: opportunitySchema,
};

/** The fields of an object that Salesforce shows to the integration user. */
export function cachedSchema(
  { client, context }: Session,
  object: string,
  { maxAgeMs, signal }: { readonly maxAgeMs: number; readonly signal: AbortSignal },
): Promise<readonly FieldSchema[]> {
  return context.cache.through(`schema:${object}`, maxAgeMs, async () => {
    const { fields } = await describeObject(client, object, signal);
    return fields.flatMap((field) => fieldSchema(field) ?? []);
  });
}

/** Pure; null = cannot be a value of ours: compound fields, whose parts are fields themselves, and files. */
export function fieldSchema(field: WireField): FieldSchema | null {
  if (['address', 'location', 'base64', 'complexvalue', 'anyType'].includes(field.type)) return null;
  const options = (field.picklistValues ?? []).filter(({ active }) => active !== false).map(({ value }) => value);
  return {
    name: field.name,
    label: field.label,
    type: fieldTypes[field.type] ?? 'text',
    options: ['picklist', 'multipicklist'].includes(field.type) ? options : [],
    readOnly: field.updateable !== true,
    calculated: field.calculated ?? false,
    custom: field.custom ?? field.name.endsWith('__c'),
  };
}

/** DATA: Salesforce's types → ours (docs, describe). What is not listed, and what may come later, is text. */
const fieldTypes: Readonly<Record<string, FieldType>> = {
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  date: 'date',
  datetime: 'datetime',
  picklist: 'option',
  multipicklist: 'options',
};
