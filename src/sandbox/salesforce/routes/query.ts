import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { restError } from '../errors.ts';
import { header, param, parameter } from '../input.ts';
import { explain } from '../soql/explain.ts';
import { malformed } from '../soql/parse.ts';
import { compileSoql, type Selection } from '../soql/select.ts';
import { DATA, readerOf, version } from './context.ts';
import { findListView } from './list-views.ts';

function batchSize(request: FastifyRequest): number | undefined {
  const size = /batchSize\s*=\s*(\d+)/i.exec(header(request, 'sforce-query-options') ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}

/** What `columns=true` adds; the vendor's own command line asks for it. */
function columnMetadata({ object, paths }: Selection): Record<string, unknown> {
  return {
    columnMetadata: paths.map(({ field, relationships }) => ({
      aggregate: false,
      apexType: field.type,
      booleanType: field.type === 'boolean',
      columnName: [...relationships, field.name].join('.'),
      custom: field.custom,
      displayName: field.name,
      foreignKeyName: null,
      insertable: field.createable,
      joinColumns: [],
      numberType: ['int', 'double', 'currency', 'percent'].includes(field.type),
      textType: ['string', 'textarea', 'email', 'phone', 'url', 'picklist'].includes(field.type),
      updatable: field.updateable,
    })),
    entityName: object.name,
    groupBy: false,
    idSelected: paths.some(({ field }) => field.type === 'id'),
    keyPrefix: object.keyPrefix,
  };
}

/** The plan of a statement, or of the list view an id names. */
function plan(core: Core, wanted: string): unknown {
  const reader = readerOf(core);
  if (/\s/.test(wanted)) return explain(reader, compileSoql(reader, wanted));
  const view = findListView(reader, wanted);
  if (view === undefined) throw restError(400, 'INVALID_ID', `invalid report or list view id: ${wanted}`);
  return explain(reader, compileSoql(reader, view.soql));
}

function query(core: Core, request: FastifyRequest, withHidden: boolean): unknown {
  const explained = parameter(request, 'explain');
  if (explained !== undefined && !withHidden) return plan(core, explained);
  const soql = parameter(request, 'q');
  if (soql === undefined || soql === '') throw malformed('unexpected token: <EOF>');
  const reader = readerOf(core);
  const selection = compileSoql(reader, soql);
  if (parameter(request, 'columns') === 'true') return columnMetadata(selection);
  const wish = { version: version(request), batchSize: batchSize(request), withHidden };
  return core.world.answers.first(reader, selection, wish);
}

export function queryRoutes(app: FastifyInstance, core: Core): void {
  app.get(`${DATA}/query`, (request) => query(core, request, false));
  app.get(`${DATA}/queryAll`, (request) => query(core, request, true));
  for (const name of ['query', 'queryAll']) {
    app.get(`${DATA}/${name}/:locator`, (request) =>
      core.world.answers.next(param(request, 'locator'), version(request)),
    );
  }
}
