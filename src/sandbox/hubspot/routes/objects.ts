import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { malformedJson, objectNotFound } from '../errors.ts';
import { objectType } from '../object-types.ts';
import {
  afterParameter,
  bodyObject,
  isObject,
  limitParameter,
  listParameter,
  parameter,
  type JsonObject,
} from '../input.ts';
import { requireScopes } from '../pipeline.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord } from '../store/record.ts';
import {
  conflict,
  conflictingOwner,
  createRecord,
  invalidValues,
  NO_PROPERTIES,
  prepareWrite,
  updateRecord,
} from '../store/write.ts';
import { createdRecord, readRecord, withAssociations, writtenRecord, type WireRecord } from '../wire.ts';
import { associateAll, readAssociationInputs } from './association-inputs.ts';

interface ObjectParams {
  objectType: string;
  id: string;
}

/** limit of object lists: default 10, at most 100 (objects documentation). */
const LIST_LIMIT = { fallback: 10, max: 100 };

export function tableOf(core: Core, request: FastifyRequest, access: 'read' | 'write'): ObjectTable {
  const type = objectType((request.params as ObjectParams).objectType);
  requireScopes(request, access === 'read' ? type.readScopes : type.writeScopes);
  return core.store.table(type);
}

function sentProperties(body: JsonObject): JsonObject {
  const properties = body['properties'] ?? {};
  if (!isObject(properties)) throw malformedJson('Cannot deserialize value of type `java.util.LinkedHashMap`');
  return properties;
}

/** By record id, a merged-away id included, or by a unique property. */
export function findRecord(table: ObjectTable, id: string, idProperty: string | undefined): CrmRecord | undefined {
  if (idProperty === undefined || idProperty === 'hs_object_id') return table.resolve(Number(id));
  const owner = table.unique.owner(idProperty, id.toLowerCase()) ?? table.unique.owner(idProperty, id);
  return owner === undefined ? undefined : table.get(owner);
}

function liveRecord(table: ObjectTable, request: FastifyRequest, archived = false): CrmRecord {
  const record = findRecord(table, (request.params as ObjectParams).id, parameter(request, 'idProperty'));
  if (record === undefined || (record.archivedAt !== undefined) !== archived) throw objectNotFound();
  return record;
}

function list(core: Core, request: FastifyRequest): unknown {
  const table = tableOf(core, request, 'read');
  const limit = limitParameter(request, LIST_LIMIT);
  const archived = parameter(request, 'archived') === 'true';
  const properties = listParameter(request, 'properties');
  const associations = listParameter(request, 'associations') ?? [];
  const results: WireRecord[] = [];
  let more = false;
  for (const record of table.from(afterParameter(request))) {
    if ((record.archivedAt !== undefined) !== archived) continue;
    if (results.length === limit) {
      more = true;
      break;
    }
    const wire = readRecord(core.store, table, record, properties);
    results.push(withAssociations(core.store, { table, record, wire }, associations));
  }
  if (!more) return { results };
  const after = String(Number(results.at(-1)?.id) + 1);
  return { results, paging: { next: { after, link: nextLink(request, after) } } };
}

/** Repeats the call with its host and query; the comma of a property list comes back as %2C (recorded). */
function nextLink(request: FastifyRequest, after: string): string {
  const url = new URL(request.url, 'https://api.hubapi.com');
  url.searchParams.set('after', after);
  return url.href;
}

function get(core: Core, request: FastifyRequest): unknown {
  const table = tableOf(core, request, 'read');
  const record = liveRecord(table, request, parameter(request, 'archived') === 'true');
  const wire = readRecord(core.store, table, record, listParameter(request, 'properties'));
  return withAssociations(core.store, { table, record, wire }, listParameter(request, 'associations') ?? []);
}

function create(core: Core, request: FastifyRequest): { path: string; wire: WireRecord } {
  const table = tableOf(core, request, 'write');
  const body = bodyObject(request);
  const prepared = prepareWrite(table, NO_PROPERTIES, sentProperties(body));
  if (prepared.problems.length > 0) throw invalidValues(prepared.problems);
  const existing = conflictingOwner(table, prepared.changes, undefined);
  if (existing !== undefined) throw conflict(table, existing.id);
  const record = createRecord(core.store, table, prepared.changes, core.store.stamp());
  associateAll(core.store, table, record, readAssociationInputs(body['associations']));
  return { path: `${request.url}/${record.id}`, wire: createdRecord(core.store, table, record) };
}

function patch(core: Core, request: FastifyRequest): unknown {
  const table = tableOf(core, request, 'write');
  const record = liveRecord(table, request);
  const prepared = prepareWrite(table, record.properties, sentProperties(bodyObject(request)));
  if (prepared.problems.length > 0) throw invalidValues(prepared.problems);
  const existing = conflictingOwner(table, prepared.changes, record.id);
  if (existing !== undefined) throw conflict(table, existing.id);
  updateRecord(core.store, { table, record, at: core.store.stamp() }, prepared, core.rules);
  return writtenRecord(core.store, table, record, prepared.named);
}

export function objectRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    const base = `/crm/objects/${version}/:objectType`;
    app.get(base, (request) => list(core, request));
    app.get(`${base}/:id`, (request) => get(core, request));
    app.post(base, (request, reply) => {
      const { path, wire } = create(core, request);
      return reply.code(201).header('Location', `https://api.hubapi.com${path}`).send(wire);
    });
    app.patch(`${base}/:id`, (request) => patch(core, request));
    app.delete(`${base}/:id`, (request, reply) => {
      const table = tableOf(core, request, 'write');
      // Deleting an unknown object answers 204 all the same (recorded on tickets and tasks).
      const record = table.get(Number((request.params as ObjectParams).id));
      if (record !== undefined && record.archivedAt === undefined) core.store.archive(table, record);
      return reply.code(204).send();
    });
  }
}
