import { VendorError } from './errors.ts';

export interface ObjectType {
  /** Plural, as in paths and association keys. */
  readonly name: string;
  readonly singular: string;
  readonly typeId: string;
  /** Upper-case name in messages. */
  readonly legacyName: string;
  /** Start of association type names: meetings say `meeting_event_to_contact`. */
  readonly associationName: string;
  readonly modifiedProperty: string;
  readonly createdProperty: string;
  readonly defaultProperties: readonly string[];
  readonly readScopes: readonly string[];
  readonly writeScopes: readonly string[];
  readonly schemaScope: string;
}

const crm = (plural: string, action: string): string => `crm.objects.${plural}.${action}`;

interface Shape {
  name: string;
  singular: string;
  typeId: string;
  associationName?: string;
  defaults: readonly string[];
}

function recordType({ name, singular, typeId, defaults }: Shape): ObjectType {
  const modifiedProperty = name === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';
  return {
    name,
    singular,
    typeId,
    legacyName: singular.toUpperCase(),
    associationName: singular,
    modifiedProperty,
    createdProperty: 'createdate',
    defaultProperties: ['createdate', 'hs_object_id', modifiedProperty, ...defaults],
    readScopes: [crm(name, 'read')],
    writeScopes: [crm(name, 'write')],
    schemaScope: `crm.schemas.${name}`,
  };
}

/** Engagements need the contact scopes, e-mails their own as well (objects documentation, scope column). */
function engagementType({ name, singular, typeId, associationName = singular, defaults }: Shape): ObjectType {
  const own = name === 'emails' ? ['sales-email-read'] : [];
  return {
    name,
    singular,
    typeId,
    legacyName: singular.toUpperCase(),
    associationName,
    modifiedProperty: 'hs_lastmodifieddate',
    createdProperty: 'hs_createdate',
    defaultProperties: ['hs_createdate', 'hs_object_id', 'hs_lastmodifieddate', ...defaults],
    readScopes: [crm('contacts', 'read'), ...own],
    writeScopes: [crm('contacts', 'write'), ...own],
    schemaScope: 'crm.schemas.contacts',
  };
}

export const OBJECT_TYPES: readonly ObjectType[] = [
  recordType({
    name: 'contacts',
    singular: 'contact',
    typeId: '0-1',
    defaults: ['email', 'firstname', 'lastname'],
  }),
  recordType({ name: 'companies', singular: 'company', typeId: '0-2', defaults: ['domain', 'name'] }),
  recordType({
    name: 'deals',
    singular: 'deal',
    typeId: '0-3',
    defaults: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
  }),
  engagementType({ name: 'tasks', singular: 'task', typeId: '0-27', defaults: [] }),
  engagementType({ name: 'notes', singular: 'note', typeId: '0-46', defaults: [] }),
  engagementType({
    name: 'meetings',
    singular: 'meeting',
    typeId: '0-47',
    associationName: 'meeting_event',
    defaults: [],
  }),
  engagementType({ name: 'calls', singular: 'call', typeId: '0-48', defaults: [] }),
  engagementType({ name: 'emails', singular: 'email', typeId: '0-49', defaults: [] }),
];

const byAlias = new Map<string, ObjectType>();
for (const type of OBJECT_TYPES) {
  for (const alias of [type.name, type.singular, type.typeId]) byAlias.set(alias, type);
}

export function findObjectType(alias: string): ObjectType | undefined {
  return byAlias.get(alias.toLowerCase());
}

/** Paths take the plural, the singular, upper case and the type id (`contacts`, `CONTACT`, `0-1`). */
export function objectType(alias: string): ObjectType {
  const type = findObjectType(alias);
  if (type === undefined) {
    throw new VendorError(400, { status: 'error', message: `Unable to infer object type from: ${alias}` });
  }
  return type;
}
