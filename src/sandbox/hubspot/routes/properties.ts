import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { noPropertyPermission, notFound, validationError, VendorError } from '../errors.ts';
import { objectType } from '../object-types.ts';
import { bodyObject, isObject, parameter, textOf, type JsonObject } from '../input.ts';
import { hasScope, requireScopes } from '../pipeline.ts';
import type { PropertyCatalogue } from '../schema/catalogue.ts';
import type { PropertyDefinition } from '../schema/definition.ts';
import { batchAnswer, type RowError } from './batch-answer.ts';
import { checkName, patchDefinition, readDefinition } from './property-input.ts';

/** Unique properties of one object type (properties documentation). */
const MAX_UNIQUE = 10;
const MAX_BATCH = 100;

function catalogueOf(core: Core, request: FastifyRequest, access: 'read' | 'write'): PropertyCatalogue {
  const type = objectType((request.params as { objectType: string }).objectType);
  if (access === 'write') requireScopes(request, [`${type.schemaScope}.write`]);
  const readable = [`${type.schemaScope}.read`, ...type.readScopes].some((scope) => hasScope(request, scope));
  if (access === 'read' && !readable) throw noPropertyPermission(type.legacyName, core.store.portalId);
  return core.store.table(type).catalogue;
}

function existing(core: Core, request: FastifyRequest, access: 'read' | 'write'): PropertyDefinition {
  const { name } = request.params as { name: string };
  const property = catalogueOf(core, request, access).get(name);
  if (property !== undefined) return property;
  throw notFound(`Property ${name} does not exist`, { context: { name: [name] } });
}

function nameExists(name: string): VendorError {
  return new VendorError(409, {
    status: 'error',
    message: `A property named '${name}' already exists.`,
    context: { name: [name] },
    category: 'OBJECT_ALREADY_EXISTS',
    subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS',
  });
}

/** A create under an archived name restores that property (seen on a live portal). */
function createOne(core: Core, catalogue: PropertyCatalogue, input: JsonObject): PropertyDefinition {
  const definition = readDefinition(input, new Date(core.store.stamp()).toISOString());
  if (catalogue.get(definition.name) !== undefined) throw nameExists(definition.name);
  if (catalogue.group(definition.groupName) === undefined) {
    throw validationError(`Property group '${definition.groupName}' does not exist`);
  }
  if (definition.hasUniqueValue && catalogue.uniqueNames().length >= MAX_UNIQUE) {
    throw validationError(`At most ${MAX_UNIQUE} properties may have unique values`);
  }
  catalogue.put(definition);
  return definition;
}

function toRowError(error: unknown): RowError {
  if (!(error instanceof VendorError) || typeof error.body === 'string') throw error;
  const { category, subCategory, message, context } = error.body;
  return {
    status: 'error',
    ...(category === undefined ? {} : { category }),
    ...(subCategory === undefined ? {} : { subCategory }),
    message,
    ...(context === undefined ? {} : { context }),
  };
}

/** Existing names fail singly; anything malformed refuses the whole call. */
function batchCreate(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const catalogue = catalogueOf(core, request, 'write');
  const raw = bodyObject(request)['inputs'];
  const inputs = Array.isArray(raw) ? raw.filter(isObject) : [];
  if (inputs.length > MAX_BATCH) throw validationError(`At most ${MAX_BATCH} properties can be created at once`);
  const at = new Date(core.clock.now()).toISOString();
  for (const input of inputs) readDefinition(input, at);
  const results: PropertyDefinition[] = [];
  const errors: RowError[] = [];
  for (const input of inputs) {
    try {
      results.push(createOne(core, catalogue, input));
    } catch (error) {
      errors.push(toRowError(error));
    }
  }
  return reply.code(errors.length > 0 ? 207 : 201).send(batchAnswer(results, errors, core.clock.now()));
}

function archive(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const catalogue = catalogueOf(core, request, 'write');
  const property = existing(core, request, 'write');
  if (property.hubspotDefined === true) {
    throw validationError(`Property ${property.name} cannot be archived`, {
      subCategory: 'Properties.READ_ONLY_DEFINITION',
    });
  }
  catalogue.put({ ...property, archived: true, archivedAt: new Date(core.store.stamp()).toISOString() });
  return reply.code(204).send();
}

function patch(core: Core, request: FastifyRequest): PropertyDefinition {
  const property = existing(core, request, 'write');
  const at = new Date(core.store.stamp()).toISOString();
  const next = patchDefinition(property, bodyObject(request), at);
  catalogueOf(core, request, 'write').put(next);
  return next;
}

function createGroup(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const catalogue = catalogueOf(core, request, 'write');
  const body = bodyObject(request);
  const name = textOf(body['name']) ?? '';
  checkName(name);
  if (catalogue.group(name) !== undefined) {
    throw new VendorError(409, {
      status: 'error',
      message: `A property group named '${name}' already exists.`,
      context: { name: [name] },
      category: 'OBJECT_ALREADY_EXISTS',
      subCategory: 'Properties.PROPERTY_GROUP_WITH_NAME_EXISTS',
    });
  }
  const order = typeof body['displayOrder'] === 'number' ? { displayOrder: body['displayOrder'] } : {};
  return reply.code(201).send(catalogue.addGroup({ name, label: textOf(body['label']) ?? name, ...order }));
}

export function propertyRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    const base = `/crm/properties/${version}/:objectType`;
    app.get(base, (request) => {
      const archived = parameter(request, 'archived') === 'true';
      return { results: catalogueOf(core, request, 'read').list(archived) };
    });
    app.post(base, (request, reply) => {
      const catalogue = catalogueOf(core, request, 'write');
      return reply.code(201).send(createOne(core, catalogue, bodyObject(request)));
    });
    app.get(`${base}/:name`, (request) => existing(core, request, 'read'));
    app.patch(`${base}/:name`, (request) => patch(core, request));
    app.delete(`${base}/:name`, (request, reply) => archive(core, request, reply));
    app.post(`${base}/batch/create`, (request, reply) => batchCreate(core, request, reply));
    app.get(`${base}/groups`, (request) => ({ results: catalogueOf(core, request, 'read').groups() }));
    app.post(`${base}/groups`, (request, reply) => createGroup(core, request, reply));
    app.get(`${base}/groups/:group`, (request) => {
      const { group } = request.params as { group: string };
      const found = catalogueOf(core, request, 'read').group(group);
      if (found === undefined) throw notFound(`Property group ${group} does not exist`);
      return found;
    });
  }
}
