import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { bodyObject, parameter, textOf } from '../input.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord } from '../store/record.ts';
import { readRecord, type WireRecord } from '../wire.ts';
import { batchAnswer, missingObjects, shuffled } from './batch-answer.ts';
import { batchCreate, batchUpdate, batchUpsert, requireUniqueProperty } from './batch-write.ts';
import { readInputs } from './batch-inputs.ts';
import { tableOf } from './objects.ts';

function lookUp(table: ObjectTable, id: string, idProperty: string | undefined): CrmRecord | undefined {
  if (idProperty === undefined) return table.get(Number(id));
  const owner = table.unique.owner(idProperty, idProperty === 'email' ? id.toLowerCase() : id);
  return owner === undefined ? undefined : table.get(owner);
}

function batchRead(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'read');
  const body = bodyObject(request);
  const archived = parameter(request, 'archived') === 'true';
  const idProperty = textOf(body['idProperty']);
  if (idProperty !== undefined && idProperty !== 'email') requireUniqueProperty(table, idProperty);
  const properties = Array.isArray(body['properties']) ? body['properties'].map(String) : undefined;
  const results: WireRecord[] = [];
  const missing: string[] = [];
  const ids = new Set(readInputs(body, 'id').map((input) => input.id ?? ''));
  for (const id of ids) {
    const record = lookUp(table, id, idProperty);
    if (record === undefined || (record.archivedAt !== undefined) !== archived) missing.push(id);
    else results.push(readRecord(core.store, table, record, properties));
  }
  const errors = missing.length > 0 ? [missingObjects(table, missing)] : [];
  const answer = batchAnswer(shuffled(results), errors, core.clock.now());
  return reply.code(errors.length > 0 ? 207 : 200).send(answer);
}

/** 204 also for ids that do not exist. */
function batchArchive(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'write');
  for (const { id } of readInputs(bodyObject(request), 'id')) {
    const record = table.get(Number(id));
    if (record !== undefined && record.archivedAt === undefined) core.store.archive(table, record);
  }
  return reply.code(204).send();
}

export function batchRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    const base = `/crm/objects/${version}/:objectType/batch`;
    app.post(`${base}/read`, (request, reply) => batchRead(core, request, reply));
    app.post(`${base}/create`, (request, reply) => batchCreate(core, request, reply));
    app.post(`${base}/update`, (request, reply) => batchUpdate(core, request, reply));
    app.post(`${base}/upsert`, (request, reply) => batchUpsert(core, request, reply));
    app.post(`${base}/archive`, (request, reply) => batchArchive(core, request, reply));
  }
}
