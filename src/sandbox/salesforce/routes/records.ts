import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { notFound, restError, restErrors, statusOf, VendorError } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import { bodyObject, param, parameter } from '../input.ts';
import type { SObject } from '../schema/sobject.ts';
import { attributes, wireValue, type Wire } from '../soql/render.ts';
import type { Row } from '../store/table.ts';
import { namesRecords, planUpsert, rowsWith } from '../write/upsert.ts';
import { planCreate, planDelete, planUpdate, type Plan } from '../write/write.ts';
import { DATA, objectParam, readerOf, version, writerOf } from './context.ts';

/** From this version on an upsert that updates answers with a body. */
const UPSERT_BODY_VERSION = 46;

interface Done {
  id: string;
  created: boolean;
}

function carryOut(plan: Plan): Done {
  if ('problems' in plan) throw restErrors(statusOf(plan.problems), plan.problems);
  return { id: plan.apply(), created: plan.created };
}

/** Single-record calls answer 404 for an id nobody knows, collections name the code. */
function existing(core: Core, object: SObject, id: string): Row {
  const row = core.world.org.find(canonicalId(id) ?? '');
  if (row === undefined || row.object !== object) throw notFound();
  return row;
}

function read(core: Core, request: FastifyRequest, row: Row): Wire {
  const reader = readerOf(core);
  const wanted = parameter(request, 'fields')?.split(',');
  const fields = (wanted ?? row.object.fields().map(({ name }) => name)).map((name) => {
    const field = reader.org.access.visible(reader.userId, row.object, name.trim());
    if (field === undefined && wanted !== undefined) {
      throw restError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${row.object.name}`);
    }
    return field;
  });
  const wire: Wire = { attributes: attributes(row, version(request)) };
  for (const field of fields) if (field !== undefined) wire[field.name] = wireValue(reader.org, row, field);
  return wire;
}

function location(request: FastifyRequest, object: SObject, id: string): string {
  return `/services/data/v${version(request)}/sobjects/${object.name}/${id}`;
}

function createRecord(core: Core, request: FastifyRequest, reply: FastifyReply): unknown {
  const object = objectParam(core, request);
  const { id } = carryOut(planCreate(writerOf(core, request), object, bodyObject(request)));
  void reply.code(201).header('Location', location(request, object, id));
  return { id, success: true, errors: [] };
}

function upsert(core: Core, request: FastifyRequest, reply: FastifyReply): unknown {
  const object = objectParam(core, request);
  const field = param(request, 'field');
  const value = param(request, 'value');
  if (!namesRecords(object, field)) {
    throw restError(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${field}`);
  }
  const context = writerOf(core, request);
  const rows = rowsWith(context, object, field, value);
  if (rows.length > 1)
    throw new VendorError(
      300,
      rows.map((row) => location(request, object, row.id)),
    );
  if (rows.length === 0 && parameter(request, 'updateOnly') === 'true') throw notFound();
  const input = { ...bodyObject(request), [object.field(field)?.name ?? field]: value };
  const { id, created } = carryOut(planUpsert(context, object, { field, input }));
  void reply.header('Location', location(request, object, id));
  if (Number(version(request)) < UPSERT_BODY_VERSION) {
    return created ? reply.code(201).send({ id, success: true, errors: [] }) : reply.code(204).send();
  }
  return reply.code(created ? 201 : 200).send({ id, success: true, errors: [], created });
}

export function recordRoutes(app: FastifyInstance, core: Core): void {
  const one = `${DATA}/sobjects/:object/:id`;
  app.post(`${DATA}/sobjects/:object`, (request, reply) => createRecord(core, request, reply));
  app.get(one, (request) => {
    const row = existing(core, objectParam(core, request), param(request, 'id'));
    if (row.deletedAt !== undefined) throw notFound();
    return read(core, request, row);
  });
  app.patch(one, (request, reply) => {
    const object = objectParam(core, request);
    const { id } = existing(core, object, param(request, 'id'));
    carryOut(planUpdate(writerOf(core, request), object, id, bodyObject(request)));
    return reply.code(204).send();
  });
  app.delete(one, (request, reply) => {
    const object = objectParam(core, request);
    const { id } = existing(core, object, param(request, 'id'));
    carryOut(planDelete(writerOf(core, request), object, id));
    return reply.code(204).send();
  });
  app.patch(`${DATA}/sobjects/:object/:field/:value`, (request, reply) => upsert(core, request, reply));
  app.get(`${DATA}/sobjects/:object/:field/:value`, (request) => {
    const object = objectParam(core, request);
    const [row, second] = rowsWith(writerOf(core, request), object, param(request, 'field'), param(request, 'value'));
    if (row === undefined) throw notFound();
    if (second !== undefined)
      throw new VendorError(
        300,
        [row, second].map(({ id }) => location(request, object, id)),
      );
    return read(core, request, row);
  });
}
