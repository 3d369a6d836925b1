import type { FastifyInstance } from 'fastify';
import type { Core } from '../core.ts';
import { notFound } from '../errors.ts';
import { makeId } from '../ids.ts';
import { param } from '../input.ts';
import type { Field } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import { DATA, objectParam, readerOf } from './context.ts';

type Wire = Record<string, unknown>;

/** The record type of objects that have none. */
const MASTER = '012000000000000AAA';
/** Layouts besides the assigned one; only Salesforce defines such names. */
const NAMED: Readonly<Record<string, string>> = { useralt: 'User' };

function item(field: Field, editable: boolean): Wire {
  const component = { displayLines: 1, tabOrder: 0, type: 'Field', value: field.name };
  return {
    editableForNew: editable && field.createable,
    editableForUpdate: editable && field.updateable,
    label: field.label,
    layoutComponents: [component],
    placeholder: false,
    required: field.required,
  };
}

/** One section of two columns. */
function section({ org, userId }: Reader, object: SObject): Wire {
  const items = object
    .fields()
    .filter((field) => field.type !== 'id' && org.access.readable(userId, object, field))
    .map((field) => item(field, org.access.editable(userId, object, field)));
  const rows = Array.from({ length: Math.ceil(items.length / 2) }, (_, at) => items.slice(2 * at, 2 * at + 2));
  return {
    columns: 2,
    heading: `${object.label} Information`,
    layoutRows: rows.map((layoutItems) => ({ layoutItems, numItems: layoutItems.length })),
    rows: rows.length,
    tabOrder: 'LeftToRight',
    useCollapsibleSection: false,
    useHeading: false,
  };
}

function relatedList({ relationshipName, childSObject, field }: SObject['children'][number]): Wire {
  return {
    accessLevelRequiredForCreate: null,
    buttons: [],
    columns: [],
    custom: false,
    field,
    label: relationshipName,
    limitRows: 5,
    name: relationshipName,
    sobject: childSObject,
    sort: [],
  };
}

/** Nobody designed a page: every object shows all it has. */
function layouts(reader: Reader, object: SObject): Wire {
  const id = makeId('00h', reader.org.allObjects().indexOf(object) + 1);
  const sections = [section(reader, object)];
  const layout = {
    buttonLayoutSection: { detailButtons: [] },
    detailLayoutSections: sections,
    editLayoutSections: sections,
    feedView: null,
    highlightsPanelLayoutSection: null,
    id,
    multirowEditLayoutSections: [],
    offlineLinks: [],
    quickActionList: { quickActionListItems: [] },
    relatedContent: null,
    relatedLists: object.children.map(relatedList),
    saveOptions: [],
  };
  const mapping = {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    developerName: 'Master',
    layoutId: id,
    master: true,
    name: 'Master',
    picklistsForRecordType: [],
    recordTypeId: MASTER,
  };
  return { layouts: [layout], recordTypeMappings: [mapping], recordTypeSelectorRequired: [false] };
}

function compactLayouts({ name }: SObject): Wire {
  const system = {
    actions: [],
    fieldItems: [],
    id: null,
    imageItems: [],
    label: 'System Default',
    name: 'SYSTEM',
    objectType: name,
  };
  const mapping = {
    available: true,
    compactLayoutId: null,
    compactLayoutName: 'SYSTEM',
    recordTypeId: MASTER,
    recordTypeName: 'Master',
  };
  return { compactLayouts: [system], defaultCompactLayoutId: null, recordTypeCompactLayoutMappings: [mapping] };
}

export function layoutRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/sobjects/:object/describe`;
  app.get(`${base}/layouts`, (request) => layouts(readerOf(core), objectParam(core, request)));
  app.get(`${base}/namedLayouts/:name`, (request) => {
    const object = objectParam(core, request);
    if (NAMED[param(request, 'name').toLowerCase()] !== object.name) throw notFound();
    return layouts(readerOf(core), object);
  });
  app.get(`${base}/compactLayouts`, (request) => compactLayouts(objectParam(core, request)));
  // No approval process was ever defined.
  app.get(`${base}/approvalLayouts`, (request) => {
    objectParam(core, request);
    return { approvalLayouts: [] };
  });
}
