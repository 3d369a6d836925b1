export interface PropertyOption {
  label: string;
  value: string;
  description?: string;
  displayOrder: number;
  hidden: boolean;
}

/** A property as the properties API prints it. */
export interface PropertyDefinition {
  updatedAt: string;
  createdAt: string;
  name: string;
  label: string;
  type: string;
  fieldType: string;
  description: string;
  groupName: string;
  options: PropertyOption[];
  createdUserId?: string;
  updatedUserId?: string;
  displayOrder: number;
  calculated: boolean;
  externalOptions: boolean;
  archived?: boolean;
  archivedAt?: string;
  hasUniqueValue: boolean;
  hidden: boolean;
  hubspotDefined?: boolean;
  modificationMetadata: { archivable: boolean; readOnlyDefinition: boolean; readOnlyValue: boolean };
  formField: boolean;
  calculationFormula?: string;
  dataSensitivity: string;
}

/** What differs between two HubSpot-defined properties; the rest follows. */
export interface PropertySeed {
  name: string;
  type: string;
  fieldType: string;
  group: string;
  options?: readonly string[];
  readOnly?: boolean;
  calculated?: boolean;
  custom?: boolean;
}

type Kind = Pick<PropertySeed, 'type' | 'fieldType'>;

export const TEXT: Kind = { type: 'string', fieldType: 'text' };
export const NUMBER: Kind = { type: 'number', fieldType: 'number' };
/** HubSpot's own datetime properties carry fieldType `date` (recorded: createdate, closedate). */
export const DATETIME: Kind = { type: 'datetime', fieldType: 'date' };
export const BOOL: Kind = { type: 'bool', fieldType: 'booleancheckbox' };
export const SELECT: Kind = { type: 'enumeration', fieldType: 'select' };

/** Several properties of one kind and group at once. */
export function family(
  kind: Kind,
  group: string,
  names: string,
  rest: Omit<PropertySeed, 'name' | 'group' | keyof Kind> = {},
): PropertySeed[] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => ({ ...kind, ...rest, name, group }));
}

const SCHEMA_BIRTH = '2019-08-06T02:41:09.377Z';

function labelOf(name: string): string {
  const words = name.replace(/^hs_/, '').split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

function toOptions(values: readonly string[]): PropertyOption[] {
  return values.map((value, displayOrder) => ({ label: labelOf(value), value, displayOrder, hidden: false }));
}

export function fromSeed(seed: PropertySeed): PropertyDefinition {
  const own = seed.custom === true;
  return {
    updatedAt: SCHEMA_BIRTH,
    createdAt: SCHEMA_BIRTH,
    name: seed.name,
    label: labelOf(seed.name),
    type: seed.type,
    fieldType: seed.fieldType,
    description: '',
    groupName: seed.group,
    options: toOptions(seed.type === 'bool' ? ['true', 'false'] : (seed.options ?? [])),
    displayOrder: -1,
    calculated: seed.calculated ?? false,
    externalOptions: seed.name === 'hubspot_owner_id',
    hasUniqueValue: false,
    hidden: false,
    ...(own ? {} : { hubspotDefined: true }),
    modificationMetadata: {
      archivable: true,
      readOnlyDefinition: !own,
      readOnlyValue: seed.readOnly ?? seed.calculated ?? false,
    },
    formField: own,
    dataSensitivity: 'non_sensitive',
  };
}
