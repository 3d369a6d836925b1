import type { Reader } from '../soql/columns.ts';
import type { FieldAccess } from '../store/access.ts';
import type { Field } from './field.ts';
import type { SObject } from './sobject.ts';

type Wire = Record<string, unknown>;

const SOAP_TYPES: Partial<Record<Field['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
};

function traits(field: Field): Wire {
  const { type, filterable, custom, nillable, referenceTo, relationshipName } = field;
  return {
    aggregatable: filterable && type !== 'boolean',
    aiPredictionField: false,
    autoNumber: field.displayFormat !== null,
    byteLength: field.length * (type === 'id' || type === 'reference' ? 1 : 3),
    calculated: field.formula !== null,
    calculatedFormula: field.formula,
    cascadeDelete: false,
    caseSensitive: false,
    compoundFieldName: field.compoundFieldName,
    controllerName: null,
    createable: field.createable,
    custom,
    defaultValue: field.defaultValue,
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultValue !== null || !nillable,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: type === 'int' ? field.precision : 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: field.externalId,
    extraTypeInfo: null,
    filterable,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable: filterable && type !== 'double' && type !== 'datetime' && type !== 'currency',
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: type === 'id' || field.externalId || type === 'email',
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.nameField,
    namePointing: referenceTo.length > 1,
    nillable,
    permissionable: field.permissionable,
    polymorphicForeignKey: referenceTo.length > 1,
    precision: ['double', 'currency', 'percent'].includes(type) ? field.precision : 0,
    referenceTo,
    relationshipName,
  };
}

function describeField(field: Field, editable: boolean): Wire {
  return {
    ...traits(field),
    createable: field.createable && editable,
    picklistValues: field.values.map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
    queryByDistance: false,
    referenceTargetField: null,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: field.restricted,
    scale: field.scale,
    searchPrefilterable: false,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    sortable: field.filterable,
    type: field.type,
    unique: field.unique,
    updateable: field.updateable && editable,
    writeRequiresMasterRead: false,
  };
}

function addresses({ name }: SObject, version: string): Record<string, string> {
  const sobject = `/services/data/v${version}/sobjects/${name}`;
  return {
    compactLayouts: `${sobject}/describe/compactLayouts`,
    rowTemplate: `${sobject}/{ID}`,
    approvalLayouts: `${sobject}/describe/approvalLayouts`,
    listviews: `${sobject}/listviews`,
    describe: `${sobject}/describe`,
    quickActions: `${sobject}/quickActions`,
    layouts: `${sobject}/describe/layouts`,
    sobject,
  };
}

/** As the global list and the head of a describe tell it. */
export function describeBasics(object: SObject, version: string, access: FieldAccess): Wire {
  const { createable, updateable, deletable, undeletable, mergeable, replicateable } = object.flags;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable,
    custom: object.custom,
    customSetting: false,
    deepCloneable: false,
    deletable,
    deprecatedAndHidden: false,
    feedEnabled: mergeable,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: true,
    mergeable,
    mruEnabled: mergeable,
    name: object.name,
    queryable: true,
    replicateable,
    retrieveable: true,
    searchable: mergeable,
    triggerable: true,
    undeletable,
    updateable: updateable && access.writable(object),
    urls: addresses(object, version),
  };
}

/** The record type of objects that have none. */
export const MASTER_RECORD_TYPE = '012000000000000AAA';

function masterRecordType({ name }: SObject, version: string): Wire {
  return {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId: MASTER_RECORD_TYPE,
    urls: { layout: `/services/data/v${version}/sobjects/${name}/describe/layouts/${MASTER_RECORD_TYPE}` },
  };
}

/** What this reader may know of an object: fields without access are not there at all. */
export function describeObject(
  { org, userId }: Reader,
  object: SObject,
  { version, instance }: { version: string; instance: string },
): Wire {
  const visible = object.fields().filter((field) => org.access.readable(userId, object, field));
  return {
    actionOverrides: [],
    ...describeBasics(object, version, org.access),
    childRelationships: object.children.map(({ relationshipName, childSObject, field, cascades }) => ({
      cascadeDelete: cascades,
      childSObject,
      deprecatedAndHidden: false,
      field,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName,
      restrictedDelete: false,
    })),
    compactLayoutable: true,
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    fields: visible.map((field) => describeField(field, org.access.editable(userId, object, field))),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: object.name === 'User' ? [{ name: 'UserAlt' }] : [],
    networkScopeFieldName: null,
    recordTypeInfos: [masterRecordType(object, version)],
    searchLayoutable: true,
    sobjectDescribeOption: 'FULL',
    urls: {
      ...addresses(object, version),
      uiDetailTemplate: `${instance}/{ID}`,
      uiEditTemplate: `${instance}/{ID}/e`,
      uiNewRecord: `${instance}/${object.keyPrefix}/e`,
    },
    supportedScopes: [{ label: `All ${object.labelPlural.toLowerCase()}`, name: 'everything' }],
  };
}
