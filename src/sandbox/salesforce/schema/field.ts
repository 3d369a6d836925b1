export type FieldType =
  | 'id'
  | 'string'
  | 'picklist'
  | 'textarea'
  | 'phone'
  | 'url'
  | 'email'
  | 'reference'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'address';

/** dateTimes are milliseconds inside and text on the wire. */
export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters. */
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly filterable: boolean;
  readonly custom: boolean;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly nameField: boolean;
  /** A create without it is refused. */
  readonly required: boolean;
  /** Subject to field-level security. */
  readonly permissionable: boolean;
  readonly values: readonly string[];
  readonly restricted: boolean;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** The parts of a compound field. */
  readonly parts: readonly string[];
  readonly compoundFieldName: string | null;
  readonly defaultValue: Value;
  /** How the platform's own serial is shown, such as `A-{0000}`; null for what people type. */
  readonly displayFormat: string | null;
  /** Computed at each read, without moving any stamp. */
  readonly formula: string | null;
}

const TEXT_LIKE = new Set<FieldType>(['string', 'picklist', 'textarea', 'phone', 'url', 'email', 'reference', 'id']);
const DEFAULT_LENGTH: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  email: 80,
  phone: 40,
  picklist: 255,
};

function labelOf(name: string): string {
  return name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2');
}

/** A field that can be read, written and left empty, unless `rest` says otherwise. */
export function field(name: string, type: FieldType, rest: Partial<Field> = {}): Field {
  const custom = name.endsWith('__c');
  return {
    name,
    label: labelOf(name),
    type,
    length: TEXT_LIKE.has(type) ? (DEFAULT_LENGTH[type] ?? 255) : 0,
    precision: type === 'int' ? 0 : 18,
    scale: 0,
    nillable: type !== 'boolean' && rest.required !== true,
    createable: true,
    updateable: true,
    filterable: type !== 'address' && (type !== 'textarea' || (rest.length ?? 255) <= 255),
    custom,
    externalId: false,
    unique: false,
    nameField: false,
    required: false,
    permissionable: rest.required !== true,
    values: [],
    restricted: false,
    referenceTo: [],
    relationshipName: null,
    parts: [],
    compoundFieldName: null,
    defaultValue: type === 'boolean' ? false : null,
    displayFormat: null,
    formula: null,
    ...rest,
  };
}

const READ_ONLY = { createable: false, updateable: false, permissionable: false } as const;

export function readOnly(name: string, type: FieldType, rest: Partial<Field> = {}): Field {
  return field(name, type, { ...READ_ONLY, ...rest });
}

export function formula(name: string, type: FieldType, expression: string): Field {
  return field(name, type, { ...READ_ONLY, permissionable: true, formula: expression });
}

export function lookup(name: string, to: readonly string[], rest: Partial<Field> = {}): Field {
  return field(name, 'reference', { referenceTo: to, relationshipName: name.replace(/Id$/, ''), ...rest });
}

export function picklist(name: string, values: readonly string[], rest: Partial<Field> = {}): Field {
  return field(name, 'picklist', { values, ...rest });
}

export function fields(type: FieldType, length: number, ...names: string[]): Field[] {
  return names.map((name) => field(name, type, { length }));
}

const WHO = { createable: false, updateable: false, permissionable: false } as const;

/** What every record carries. */
export function systemFields(): Field[] {
  const stamp = (name: string): Field => readOnly(name, 'datetime', { nillable: false });
  return [
    readOnly('Id', 'id', { nillable: false }),
    readOnly('IsDeleted', 'boolean'),
    stamp('CreatedDate'),
    lookup('CreatedById', ['User'], { ...WHO, nillable: false }),
    stamp('LastModifiedDate'),
    lookup('LastModifiedById', ['User'], { ...WHO, nillable: false }),
    stamp('SystemModstamp'),
  ];
}

/** Street to country with the compound over them. */
export function address(prefix: string): Field[] {
  const compoundFieldName = `${prefix}Address`;
  const parts = ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => `${prefix}${part}`);
  const lengths = [255, 40, 80, 20, 80];
  return [
    ...parts.map((name, at) =>
      field(name, at === 0 ? 'textarea' : 'string', { length: lengths[at] ?? 80, compoundFieldName, filterable: true }),
    ),
    readOnly(compoundFieldName, 'address', { parts, filterable: false, permissionable: true }),
  ];
}
