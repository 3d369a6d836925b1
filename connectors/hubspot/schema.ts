import {
  PermissionError,
  RequestError,
  type EnsuredField,
  type FieldSchema,
  type FieldSpec,
  type FieldType,
} from 'leadloop/connector-sdk';
import { createGroup, createProperty, listProperties, setOptions } from './endpoints.ts';
import { schemaAgeMs } from './limits.ts';
import { objectNamed } from './objects.ts';
import { ownerSchema } from './owners.ts';
import type { Session } from './session.ts';
import type { WireOption, WireProperty } from './wire.ts';

/** The properties of an object, as of an hour ago at most; forms and e-mail events have none. */
export async function describe(session: Session, object: string, signal: AbortSignal): Promise<readonly FieldSchema[]> {
  const { source } = objectNamed(object);
  if (source === 'owners') return ownerSchema;
  if (source !== 'crm') return [];
  return schemaWithin(session, object, {
    maxAgeMs: schemaAgeMs,
    list: () => listProperties(session.client, object, signal),
  });
}

interface Listing {
  readonly maxAgeMs: number;
  readonly list: () => Promise<readonly WireProperty[]>;
}

/** What is cached if it is younger than that, else what is listed now. */
function schemaWithin(
  { context }: Session,
  object: string,
  { maxAgeMs, list }: Listing,
): Promise<readonly FieldSchema[]> {
  return context.cache.through(`schema:${object}`, maxAgeMs, async () =>
    (await list()).map((property) => fieldSchema(property)),
  );
}

/** Pure. */
function fieldSchema(property: WireProperty): FieldSchema {
  return {
    name: property.name,
    label: property.label,
    type: fieldType(property),
    options: sortedOptions(property).map(({ value }) => value),
    readOnly: property.modificationMetadata?.readOnlyValue ?? false,
    calculated: property.calculated ?? false,
    custom: property.hubspotDefined !== true,
  };
}

/** `json`, `object_coordinates`, `phone_number` and what may come later are text to us. */
function fieldType({ type, fieldType }: Pick<WireProperty, 'type' | 'fieldType'>): FieldType {
  switch (type) {
    case 'number':
    case 'date':
    case 'datetime':
      return type;
    case 'bool':
      return 'boolean';
    case 'enumeration':
      return fieldType === 'checkbox' ? 'options' : 'option';
    default:
      return 'text';
  }
}

function sortedOptions({ options = [] }: Pick<WireProperty, 'options'>): readonly WireOption[] {
  return options.toSorted((a, b) => (a.displayOrder ?? 0) - (b.displayOrder ?? 0));
}

/** All our properties are in it: what is not in it is not ours. */
const group = { name: 'leadloop', label: 'Leadloop' };

/** DATA: our types → HubSpot's (docs, properties: type and fieldType). */
const wireTypes: Readonly<Record<FieldType, Pick<WireProperty, 'type' | 'fieldType'>>> = {
  text: { type: 'string', fieldType: 'text' },
  number: { type: 'number', fieldType: 'number' },
  boolean: { type: 'bool', fieldType: 'booleancheckbox' },
  date: { type: 'date', fieldType: 'date' },
  datetime: { type: 'datetime', fieldType: 'date' },
  option: { type: 'enumeration', fieldType: 'select' },
  options: { type: 'enumeration', fieldType: 'checkbox' },
};

/** Two calls where all is there; one more for the group and one for each property that is missing. */
export async function ensureFields(
  session: Session,
  object: string,
  fields: readonly FieldSpec[],
  signal: AbortSignal,
): Promise<readonly EnsuredField[]> {
  const ensure = { client: session.client, object, signal };
  const existing = new Map(
    (await listProperties(session.client, object, signal)).map((property) => [property.name, property]),
  );
  const ensured: EnsuredField[] = [];
  let hasGroup = [...existing.values()].some(({ groupName }) => groupName === group.name);
  for (const field of fields) {
    const property = existing.get(field.name);
    const status = await permitted(field, async () => {
      if (property !== undefined) return complete(ensure, field, property);
      if (!hasGroup) await makeGroup(ensure);
      hasGroup = true;
      return create(ensure, field);
    });
    ensured.push(status);
  }
  // Where nothing was made either, what is cached is older: whoever made it died before it could say so.
  const isMade = ensured.some(({ status }) => status === 'created');
  const list = (): Promise<readonly WireProperty[]> =>
    isMade ? listProperties(session.client, object, signal) : Promise.resolve([...existing.values()]);
  await schemaWithin(session, object, { maxAgeMs: 0, list });
  return ensured;
}

interface Ensure {
  readonly client: Session['client'];
  readonly object: string;
  readonly signal: AbortSignal;
}

async function permitted(field: FieldSpec, work: () => Promise<EnsuredField>): Promise<EnsuredField> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return ensuredAs(field, 'forbidden', error.remedy);
  }
}

/** Leaves a property alone that is not exactly ours; adds only the options that ours lacks. */
async function complete(
  { client, object, signal }: Ensure,
  field: FieldSpec,
  property: WireProperty,
): Promise<EnsuredField> {
  const difference = differenceOf(field, property);
  if (difference !== null) return ensuredAs(field, 'conflict', difference);
  const options = sortedOptions(property);
  const missing = field.options.filter((value) => !options.some((option) => option.value === value));
  if (missing.length === 0) return ensuredAs(field, 'present', '');
  const added = missing.map((value, index) => ({ ...option(value, options.length + index) }));
  await setOptions(client, object, { name: field.name, options: [...options, ...added] }, signal);
  return ensuredAs(field, 'present', `Added the options ${missing.join(', ')}.`);
}

function differenceOf(field: FieldSpec, property: WireProperty): string | null {
  const wanted = wireTypes[field.type];
  if (property.groupName !== group.name)
    return `A property of this name is in the group ${property.groupName}, so it is not ours.`;
  if (property.type === wanted.type && fieldType(property) === field.type) return null;
  return `The property is of type ${property.type}/${property.fieldType} instead of ${wanted.type}/${wanted.fieldType}.`;
}

async function makeGroup({ client, object, signal }: Ensure): Promise<void> {
  await createGroup(client, object, group, signal).catch(unlessExisting);
}

/** Two daemons may create the same one; HubSpot may also bring back an archived one, with the definition it had. */
async function create({ client, object, signal }: Ensure, field: FieldSpec): Promise<EnsuredField> {
  const created = await createProperty(client, object, wireProperty(field), signal).catch(unlessExisting);
  const properties = created === null ? await listProperties(client, object, signal) : [created];
  const property = properties.find(({ name }) => name === field.name);
  if (property === undefined)
    return ensuredAs(field, 'conflict', 'HubSpot holds this name but does not list the property.');
  const completed = await complete({ client, object, signal }, field, property);
  return completed.status === 'present' && created !== null ? ensuredAs(field, 'created', '') : completed;
}

function unlessExisting(error: unknown): null {
  if (error instanceof RequestError && error.status === 409) return null;
  throw error;
}

function wireProperty({
  name,
  label,
  description,
  type,
  options,
}: FieldSpec): WireProperty & { readonly description: string } {
  const values = type === 'boolean' ? ['true', 'false'] : options;
  return {
    name,
    label,
    description,
    groupName: group.name,
    ...wireTypes[type],
    options: values.map((value, index) => option(value, index)),
  };
}

function option(value: string, displayOrder: number): WireOption {
  const label = value === 'true' ? 'Yes' : value === 'false' ? 'No' : value;
  return { label, value, displayOrder, hidden: false };
}

function ensuredAs({ name }: FieldSpec, status: EnsuredField['status'], message: string): EnsuredField {
  return { field: name, status, message };
}
