import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { validationError } from '../errors.ts';
import { objectType, type ObjectType } from '../object-types.ts';
import { bodyObject, isObject, type JsonObject } from '../input.ts';
import { requireScopes } from '../pipeline.ts';
import { associationPair, isPrimaryType, typesOf } from '../store/association-types.ts';
import { associate, readTypeIds } from './association-inputs.ts';
import { batchAnswer, shuffled, type RowError } from './batch-answer.ts';

/** Inputs of one call (associations documentation). */
const MAX_READ = 1_000;
const MAX_CREATE = 2_000;

interface Ends {
  from: ObjectType;
  to: ObjectType;
}

interface AssociatedTo {
  toObjectId: number;
  associationTypes: { category: string; typeId: number; label: string | null }[];
}

interface ReadRow {
  from: { id: string };
  to: AssociatedTo[];
  paging?: { next: { after: string; link: string } };
}

function ends(request: FastifyRequest, access: 'readScopes' | 'writeScopes'): Ends {
  const { fromType, toType } = request.params as { fromType: string; toType: string };
  const [from, to] = [objectType(fromType), objectType(toType)];
  requireScopes(request, [...new Set([...from[access], ...to[access]])]);
  if (associationPair(from.name, to.name) === undefined) {
    throw validationError(`No association type between ${from.singular} and ${to.singular}`);
  }
  return { from, to };
}

function inputs(body: JsonObject, max: number): JsonObject[] {
  const raw = body['inputs'];
  if (!Array.isArray(raw)) return [];
  if (raw.length > max) {
    throw validationError(`The maximum number of inputs supported in a batch request is ${max}`);
  }
  return raw.filter(isObject);
}

/** A record without any is reported as an error row, not as an empty result (captured). */
function noAssociations(id: string, { from, to }: Ends): RowError {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${to.singular} is associated with ${from.singular} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [from.singular], toObjectType: [to.singular] },
  };
}

function readOne(core: Core, { from, to }: Ends, input: JsonObject, pageSize: number): ReadRow {
  const id = String(input['id']);
  const after = Number(input['after'] ?? 0);
  const links = core.store.associations.list(from.name, to.name, Number(id)).toSorted((a, b) => a.to - b.to);
  const rest = links.filter((link) => link.to >= after);
  const next = rest[pageSize];
  const link = `https://api.hubapi.com/crm/v4/objects/${from.name}/${id}/associations/${to.name}?after=${next?.to}`;
  return {
    from: { id },
    to: rest.slice(0, pageSize).map((found): AssociatedTo => ({
      toObjectId: found.to,
      associationTypes: typesOf(from.name, to.name, found.primary).map(({ typeId, label }) => ({
        category: 'HUBSPOT_DEFINED',
        typeId,
        label,
      })),
    })),
    ...(next === undefined ? {} : { paging: { next: { after: String(next.to), link } } }),
  };
}

function batchRead(core: Core, request: FastifyRequest, reply: FastifyReply, pageSize: number): FastifyReply {
  const types = ends(request, 'readScopes');
  const rows = inputs(bodyObject(request), MAX_READ).map((input) => readOne(core, types, input, pageSize));
  const errors = rows.filter((row) => row.to.length === 0).map((row) => noAssociations(row.from.id, types));
  const found = shuffled(rows.filter((row) => row.to.length > 0));
  return reply.code(errors.length > 0 ? 207 : 200).send(batchAnswer(found, errors, core.clock.now()));
}

interface Created {
  fromObjectTypeId: string;
  fromObjectId: number;
  toObjectTypeId: string;
  toObjectId: number;
  labels: string[];
}

function endError(core: Core, type: ObjectType, id: string): RowError | undefined {
  const { name, legacyName } = type;
  if (!/^\d+$/.test(id)) {
    const subCategory = 'crm.associations.INVALID_IDENTIFIER';
    const context = { id: [id] };
    return { status: 'error', category: 'VALIDATION_ERROR', subCategory, message: `${id} is not a valid ID`, context };
  }
  if (core.store.table(name).get(Number(id)) !== undefined) return undefined;
  return { status: 'error', category: 'VALIDATION_ERROR', message: `${legacyName}=${id} is not valid` };
}

function createOne(core: Core, { from, to }: Ends, input: JsonObject): Created | RowError {
  const fromId = isObject(input['from']) ? String(input['from']['id']) : '';
  const toId = isObject(input['to']) ? String(input['to']['id']) : '';
  const error = endError(core, from, fromId) ?? endError(core, to, toId);
  if (error !== undefined) return error;
  const primary = readTypeIds(input['types']).some((typeId) => isPrimaryType(from.name, to.name, typeId));
  const becamePrimary = associate(
    core.store,
    { type: from.name, id: Number(fromId) },
    { type: to.name, id: Number(toId) },
    primary,
  );
  return {
    fromObjectTypeId: from.typeId,
    fromObjectId: Number(fromId),
    toObjectTypeId: to.typeId,
    toObjectId: Number(toId),
    labels: becamePrimary ? ['Primary Company'] : [],
  };
}

function batchCreate(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const types = ends(request, 'writeScopes');
  const outcomes = inputs(bodyObject(request), MAX_CREATE).map((input) => createOne(core, types, input));
  const errors = outcomes.filter((outcome) => 'status' in outcome);
  const created = outcomes.filter((outcome) => !('status' in outcome));
  return reply.code(errors.length > 0 ? 207 : 201).send(batchAnswer(shuffled(created), errors, core.clock.now()));
}

export function associationRoutes(app: FastifyInstance, core: Core, pageSize: number): void {
  for (const version of ACCEPTED_VERSIONS) {
    const base = `/crm/associations/${version}/:fromType/:toType/batch`;
    app.post(`${base}/read`, (request, reply) => batchRead(core, request, reply, pageSize));
    app.post(`${base}/create`, (request, reply) => batchCreate(core, request, reply));
    app.post(`${base}/associate/default`, (request, reply) => batchCreate(core, request, reply));
  }
}
