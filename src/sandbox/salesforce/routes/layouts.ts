import type { FastifyInstance } from 'fastify';
import type { Core } from '../core.ts';
import { notFound } from '../errors.ts';
import { makeId } from '../ids.ts';
import { param } from '../input.ts';
import { MASTER_RECORD_TYPE } from '../schema/describe.ts';
import type { Field } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import { DATA, objectParam, readerOf } from './context.ts';

type Wire = Record<string, unknown>;

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
function layout(reader: Reader, object: SObject): Wire {
  const sections = [section(reader, object)];
  return {
    buttonLayoutSection: { detailButtons: [] },
    detailLayoutSections: sections,
    editLayoutSections: sections,
    feedView: null,
    highlightsPanelLayoutSection: null,
    id: makeId('00h', reader.org.allObjects().indexOf(object) + 1),
    multirowEditLayoutSections: [],
    offlineLinks: [],
    quickActionList: { quickActionListItems: [] },
    relatedContent: null,
    relatedLists: object.children.map(relatedList),
    saveOptions: [],
  };
}

function layouts(reader: Reader, object: SObject): Wire {
  const one = layout(reader, object);
  const mapping = {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    developerName: 'Master',
    layoutId: one['id'],
    master: true,
    name: 'Master',
    picklistsForRecordType: [],
    recordTypeId: MASTER_RECORD_TYPE,
  };
  return { layouts: [one], recordTypeMappings: [mapping], recordTypeSelectorRequired: [false] };
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
    recordTypeId: MASTER_RECORD_TYPE,
    recordTypeName: 'Master',
  };
  return { compactLayouts: [system], defaultCompactLayoutId: null, recordTypeCompactLayoutMappings: [mapping] };
}

export function layoutRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/sobjects/:object/describe`;
  app.get(`${base}/layouts`, (request) => layouts(readerOf(core), objectParam(core, request)));
  app.get(`${base}/layouts/:recordType`, (request) => {
    if (param(request, 'recordType') !== MASTER_RECORD_TYPE) throw notFound();
    return layout(readerOf(core), objectParam(core, request));
  });
  app.get(`${base}/namedLayouts/:name`, (request) => {
    const object = objectParam(core, request);
    if (NAMED[param(request, 'name').toLowerCase()] !== object.name) throw notFound();
    return layouts(readerOf(core), object);
  });
  app.get(`${base}/compactLayouts`, (request) => compactLayouts(objectParam(core, request)));
  // Nobody defined quick actions or approval processes.
  app.get(`${DATA}/sobjects/:object/quickActions`, (request) => {
    objectParam(core, request);
    return [];
  });
  app.get(`${base}/approvalLayouts`, (request) => {
    objectParam(core, request);
    return { approvalLayouts: [] };
  });
}
