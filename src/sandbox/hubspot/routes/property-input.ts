import { validationError } from '../errors.ts';
import { isObject, textOf, type JsonObject } from '../input.ts';
import type { PropertyDefinition, PropertyOption } from '../schema/definition.ts';

/** Which field may show which type (properties documentation). */
const FIELD_TYPES: Record<string, readonly string[]> = {
  bool: ['booleancheckbox', 'calculation_equation'],
  enumeration: ['select', 'radio', 'checkbox', 'booleancheckbox', 'calculation_equation'],
  date: ['date'],
  datetime: ['date'],
  number: ['number', 'calculation_equation'],
  string: ['text', 'textarea', 'html', 'file', 'phonenumber', 'calculation_equation'],
  phone_number: ['phonenumber'],
};

const REQUIRED = ['name', 'label', 'type', 'fieldType', 'groupName'] as const;
const MAX_NAME = 100;

export function checkName(name: string): void {
  if (/^[a-z][a-z0-9_]*$/.test(name) && name.length <= MAX_NAME) return;
  throw validationError(
    `Property name '${name}' is not valid: names must contain only lowercase letters, numbers, and underscores. ` +
      `They must start with a letter and have at most ${MAX_NAME} characters`,
    { context: { name: [name] } },
  );
}

function checkFieldType(type: string, fieldType: string): void {
  if (FIELD_TYPES[type]?.includes(fieldType) === true) return;
  throw validationError(`Property type '${type}' cannot have field type '${fieldType}'`);
}

function readOptions(raw: unknown): PropertyOption[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isObject).map((option, index) => ({
    label: textOf(option['label']) ?? '',
    value: textOf(option['value']) ?? '',
    ...(typeof option['description'] === 'string' ? { description: option['description'] } : {}),
    displayOrder: typeof option['displayOrder'] === 'number' ? option['displayOrder'] : index,
    hidden: option['hidden'] === true,
  }));
}

function optionsOf(type: string, raw: unknown): PropertyOption[] {
  const options = readOptions(raw);
  if (type !== 'bool' || options.length > 0) return options;
  return [
    { label: 'True', value: 'true', displayOrder: 0, hidden: false },
    { label: 'False', value: 'false', displayOrder: 1, hidden: false },
  ];
}

/** What a create asks for, as it will be stored. */
export function readDefinition(input: JsonObject, at: string): PropertyDefinition {
  const missing = REQUIRED.filter((name) => typeof input[name] !== 'string' || input[name] === '');
  if (missing.length > 0) {
    throw validationError(
      `Invalid input JSON on line 1, column 1. Some required fields were not set: [${missing.join(', ')}]`,
    );
  }
  const [name, label, type, fieldType, groupName] = REQUIRED.map((key) => String(input[key]));
  if (name === undefined || label === undefined || type === undefined) throw validationError('validation error');
  checkName(name);
  checkFieldType(type, fieldType ?? '');
  const calculated = fieldType === 'calculation_equation';
  return {
    updatedAt: at,
    createdAt: at,
    name,
    label,
    type,
    fieldType: fieldType ?? '',
    description: textOf(input['description']) ?? '',
    groupName: groupName ?? '',
    options: optionsOf(type, input['options']),
    createdUserId: '1001',
    updatedUserId: '1001',
    displayOrder: typeof input['displayOrder'] === 'number' ? input['displayOrder'] : -1,
    calculated,
    externalOptions: false,
    archived: false,
    hasUniqueValue: input['hasUniqueValue'] === true,
    hidden: input['hidden'] === true,
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: calculated },
    formField: input['formField'] === true,
    dataSensitivity: textOf(input['dataSensitivity']) ?? 'non_sensitive',
  };
}

/** The fields of a PATCH; `options` replaces the whole list, what is left out stays. */
export function patchDefinition(current: PropertyDefinition, input: JsonObject, at: string): PropertyDefinition {
  const text = (key: 'label' | 'description' | 'groupName' | 'type' | 'fieldType'): string =>
    textOf(input[key]) ?? current[key];
  checkFieldType(text('type'), text('fieldType'));
  return {
    ...current,
    updatedAt: at,
    label: text('label'),
    description: text('description'),
    groupName: text('groupName'),
    type: text('type'),
    fieldType: text('fieldType'),
    options: input['options'] === undefined ? current.options : readOptions(input['options']),
    displayOrder: typeof input['displayOrder'] === 'number' ? input['displayOrder'] : current.displayOrder,
    hidden: typeof input['hidden'] === 'boolean' ? input['hidden'] : current.hidden,
    formField: typeof input['formField'] === 'boolean' ? input['formField'] : current.formField,
  };
}
