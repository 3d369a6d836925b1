import { restErrors } from '../errors.ts';
import { isObject, textOf, type JsonObject } from '../input.ts';
import { field, lookup, systemFields, type Field, type FieldType } from './field.ts';
import type { SObjectDefinition } from './sobject.ts';

/** Metadata types and what describe calls them. */
const TYPES: Readonly<Record<string, FieldType>> = {
  Text: 'string',
  TextArea: 'textarea',
  LongTextArea: 'textarea',
  Number: 'double',
  Percent: 'percent',
  Currency: 'currency',
  Checkbox: 'boolean',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  Phone: 'phone',
  Url: 'url',
  Picklist: 'picklist',
};

export function refuse(code: string, message: string, fields: readonly string[]): never {
  throw restErrors(400, [{ code, message, fields }]);
}

function picklistValues(metadata: JsonObject): string[] {
  const set = isObject(metadata['valueSet']) ? metadata['valueSet'] : {};
  const definition = isObject(set['valueSetDefinition']) ? set['valueSetDefinition'] : {};
  const values = Array.isArray(definition['value']) ? definition['value'] : [];
  return values.flatMap((value: unknown) => (isObject(value) ? [textOf(value['valueName']) ?? ''] : []));
}

/** Demands of a type that are refused when they are missing. */
function checkMetadata(
  type: string,
  { length, precision, scale, visibleLines, valueSet, defaultValue }: JsonObject,
): void {
  const needs = (name: string, value: unknown): void => {
    if (value === undefined || value === null)
      refuse('FIELD_INTEGRITY_EXCEPTION', `Must specify '${name}' for a CustomField of type ${type}`, [name]);
  };
  if (type === 'Text') needs('length', length);
  if (type === 'LongTextArea') {
    needs('length', length);
    needs('visibleLines', visibleLines);
  }
  if (['Number', 'Percent', 'Currency'].includes(type)) {
    needs('precision', precision);
    needs('scale', scale);
  }
  if (type === 'Checkbox') needs('defaultValue', defaultValue);
  if (type === 'Picklist') needs('valueSet', valueSet);
}

function checkName(name: string): void {
  if (!/^[A-Za-z]\w*__c$/.test(name))
    refuse('FIELD_INTEGRITY_EXCEPTION', 'The custom field name you provided is not valid', ['FullName']);
}

/** A field as the Metadata type CustomField describes it. */
export function customField(name: string, metadata: JsonObject): Field {
  checkName(name);
  const typeName = textOf(metadata['type']) ?? '';
  const type = TYPES[typeName];
  if (type === undefined) refuse('INVALID_FIELD', `the sandbox knows no field type ${typeName}`, ['type']);
  checkMetadata(typeName, metadata);
  const number = (key: string): number | undefined => (typeof metadata[key] === 'number' ? metadata[key] : undefined);
  const valueSet = isObject(metadata['valueSet']) ? metadata['valueSet'] : {};
  return field(name, type, {
    label: textOf(metadata['label']) ?? name,
    length: number('length') ?? (type === 'string' || type === 'textarea' ? 255 : 80),
    precision: number('precision') ?? 18,
    scale: number('scale') ?? 0,
    required: metadata['required'] === true,
    externalId: metadata['externalId'] === true,
    unique: metadata['unique'] === true,
    values: picklistValues(metadata),
    restricted: valueSet['restricted'] === true,
  });
}

/** The name of a record is typed in, or a number the platform counts. */
function nameField(metadata: unknown): Field {
  const { type, displayFormat, label } = isObject(metadata) ? metadata : {};
  const name = { label: textOf(label) ?? 'Name', length: 80, nameField: true };
  if (type !== 'AutoNumber') return field('Name', 'string', name);
  const readOnly = { createable: false, updateable: false, permissionable: false, nillable: false };
  return field('Name', 'string', { ...name, ...readOnly, displayFormat: textOf(displayFormat) ?? '{0}' });
}

/** An object as the Metadata type CustomObject describes it. */
export function customObject(metadata: JsonObject, keyPrefix: string): SObjectDefinition {
  const name = textOf(metadata['fullName']) ?? '';
  checkName(name);
  const fields = (Array.isArray(metadata['fields']) ? metadata['fields'] : []).filter(isObject);
  return {
    name,
    keyPrefix,
    label: textOf(metadata['label']) ?? name,
    labelPlural: textOf(metadata['pluralLabel']) ?? name,
    fields: [
      ...systemFields(),
      lookup('OwnerId', ['Group', 'User'], { nillable: false, permissionable: false }),
      nameField(metadata['nameField']),
      ...fields.map((one) => customField(textOf(one['fullName']) ?? '', one)),
    ],
  };
}
