import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { notFound } from '../errors.ts';
import { canonicalId, makeId } from '../ids.ts';
import { param } from '../input.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import { wireValue } from '../soql/render.ts';
import { compileSoql, matching } from '../soql/select.ts';
import { DATA, objectParam, readerOf, version } from './context.ts';

/** Columns of the only list view an object has: everything in it, by name. */
const SHOWN = ['Name', 'Title', 'Company', 'Email', 'Status', 'StageName', 'CloseDate', 'SystemModstamp', 'Id'];
const MAX_ROWS = 25;

interface ListView {
  id: string;
  object: SObject;
  label: string;
  developerName: string;
  soql: string;
}

function listViewOf({ org, userId }: Reader, object: SObject): ListView {
  const names = SHOWN.filter((name) => org.access.visible(userId, object, name) !== undefined);
  const order = object.field('Name') === undefined ? 'Id' : 'Name';
  return {
    id: makeId('00B', org.allObjects().indexOf(object) + 1),
    object,
    label: `All ${object.labelPlural}`,
    developerName: `All${object.name}`,
    soql: `SELECT ${names.join(', ')} FROM ${object.name} ORDER BY ${order} ASC NULLS FIRST, Id ASC NULLS FIRST`,
  };
}

/** A list view by its id, which the query plan can name too. */
export function findListView(reader: Reader, id: string): ListView | undefined {
  return reader.org
    .allObjects()
    .map((object) => listViewOf(reader, object))
    .find((view) => view.id === canonicalId(id));
}

function columns({ object, soql }: ListView): Record<string, unknown>[] {
  const names = /^SELECT (.*) FROM/.exec(soql)?.[1]?.split(', ') ?? [];
  return names.map((name, at) => {
    const sorted = at === 0;
    return {
      ascendingLabel: 'Z-A',
      descendingLabel: 'A-Z',
      fieldNameOrPath: name,
      hidden: name === 'Id' || name === 'SystemModstamp',
      label: object.field(name)?.label ?? name,
      searchable: false,
      selectListItem: name,
      sortDirection: sorted ? 'ascending' : null,
      sortIndex: sorted ? 0 : null,
      sortable: object.field(name)?.filterable ?? false,
      type: object.field(name)?.type ?? 'string',
    };
  });
}

function head(view: ListView, of: string): Record<string, unknown> {
  const url = `/services/data/v${of}/sobjects/${view.object.name}/listviews/${view.id}`;
  const { id, label, developerName } = view;
  return {
    describeUrl: `${url}/describe`,
    developerName,
    id,
    label,
    resultsUrl: `${url}/results`,
    soqlCompatible: true,
    url,
  };
}

function describe(view: ListView): Record<string, unknown> {
  const orderBy = ['Name', 'Id']
    .filter((name) => view.soql.includes(`${name} ASC`))
    .map((fieldNameOrPath) => ({ fieldNameOrPath, nullsPosition: 'first', sortDirection: 'ascending' }));
  return {
    columns: columns(view),
    id: view.id,
    orderBy,
    query: view.soql,
    relatedEntityId: null,
    scope: null,
    scopeEntityId: null,
    sobjectType: view.object.name,
    whereCondition: { conditions: [], conjunction: 'and' },
  };
}

function results(core: Core, view: ListView): Record<string, unknown> {
  const reader = readerOf(core);
  const selection = compileSoql(reader, view.soql);
  const rows = matching(reader, { ...selection, limit: MAX_ROWS }, false);
  const { developerName, id, label } = view;
  return {
    columns: columns(view),
    developerName,
    done: true,
    id,
    label,
    records: rows.map((row) => ({
      columns: selection.paths.map(({ field }) => ({
        fieldNameOrPath: field.name,
        value: wireValue(reader.org, row, field),
      })),
    })),
    size: rows.length,
  };
}

export function listViewRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/sobjects/:object/listviews`;
  const one = (request: FastifyRequest): ListView => {
    const view = findListView(readerOf(core), param(request, 'id'));
    if (view === undefined || view.object !== objectParam(core, request)) throw notFound();
    return view;
  };
  app.get(base, (request) => {
    const view = listViewOf(readerOf(core), objectParam(core, request));
    const listviews = [head(view, version(request))];
    return { done: true, listviews, nextRecordsUrl: null, size: listviews.length, sobjectType: view.object.name };
  });
  app.get(`${base}/:id`, (request) => head(one(request), version(request)));
  app.get(`${base}/:id/describe`, (request) => describe(one(request)));
  app.get(`${base}/:id/results`, (request) => results(core, one(request)));
}
