import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ADMIN, sharedAdminRoutes } from '../../server/admin.ts';
import { ClockMove } from '../../server/admin-inputs.ts';
import type { Core } from '../core.ts';
import { isFaultName } from '../faults/menu.ts';
import { canonicalId } from '../ids.ts';
import { bodyObject, param } from '../input.ts';
import type { Values } from '../schema/field.ts';
import { customObject } from '../schema/metadata.ts';
import type { SObject } from '../schema/sobject.ts';
import { convertLead, mergeRecords } from '../store/lifecycle.ts';
import type { Row } from '../store/table.ts';
import { derived } from '../write/derived.ts';
import {
  BulkTouch,
  Conversion,
  LockOrder,
  Merge,
  NewRecord,
  PendingWrites,
  readBody,
  readFaultOrder,
  RecordEdit,
  RuleBody,
  Settings,
  usage,
} from './admin-inputs.ts';

function rowOf({ world }: Core, id: string): Row {
  const row = world.org.find(canonicalId(id) ?? '');
  if (row === undefined) throw usage(`no record ${id}`);
  return row;
}

function objectOf({ world }: Core, name: string): SObject {
  const object = world.org.object(name);
  if (object === undefined) throw usage(`no object ${name}`);
  return object;
}

function state({ world, clock, orgId }: Core): Record<string, unknown> {
  const { org } = world;
  const objects = org.allObjects().map(({ name }): [string, { live: number; deleted: number }] => {
    const counts = { live: 0, deleted: 0 };
    for (const { deletedAt } of org.table(name).all()) counts[deletedAt === undefined ? 'live' : 'deleted'] += 1;
    return [name, counts];
  });
  return { now: clock.now(), orgId: orgId(), userId: world.userId, objects: Object.fromEntries(objects) };
}

/** What somebody in the CRM, an automation or a formula changes: read-only fields included. */
function edit(core: Core, request: FastifyRequest): Values {
  const { values, as = 'user' } = readBody(RecordEdit, request.body);
  const row = rowOf(core, param(request, 'id'));
  const { org } = core.world;
  const unknown = Object.keys(values).find((name) => row.object.field(name) === undefined);
  if (unknown !== undefined) throw usage(`no field ${unknown}`);
  if (as === 'silent') org.silently(row, values);
  else org.update(row, values, { by: org.automationUser, automated: as === 'automation' });
  return row.values;
}

function insert(core: Core, request: FastifyRequest): Values {
  const { object: name, values } = readBody(NewRecord, request.body);
  const { org } = core.world;
  const object = objectOf(core, name);
  const given = { OwnerId: org.automationUser, ...values };
  return org.insert(object, { ...given, ...derived(object.name, org, given, {}) }, { by: org.automationUser }).values;
}

/** A data load: many records share one stamp. */
function bulkTouch(core: Core, request: FastifyRequest): unknown {
  const { object, count, at = core.clock.now() } = readBody(BulkTouch, request.body);
  const { org } = core.world;
  const live = [...org.table(objectOf(core, object).name).all()].filter(({ deletedAt }) => deletedAt === undefined);
  for (const row of live.slice(0, count)) org.update(row, {}, { by: org.automationUser, at });
  return { touched: Math.min(count, live.length), at };
}

/** What people in the CRM do, and what REST has no call for. */
function recordRoutes(app: FastifyInstance, core: Core): void {
  app.post(`${ADMIN}/records`, (request, reply) => reply.code(201).send(insert(core, request)));
  app.get(`${ADMIN}/records/:id`, (request) => rowOf(core, param(request, 'id')).values);
  app.post(`${ADMIN}/records/:id`, (request) => edit(core, request));
  app.post(`${ADMIN}/records/:id/undelete`, (request) => {
    const row = rowOf(core, param(request, 'id'));
    core.world.org.undelete(row, { by: core.world.org.automationUser });
    return row.values;
  });
  app.post(`${ADMIN}/records/:id/delete`, (request) => {
    const row = rowOf(core, param(request, 'id'));
    core.world.org.delete(row, { by: core.world.org.automationUser });
    return row.values;
  });
  app.post(`${ADMIN}/records/:id/purge`, (request, reply) => {
    const row = rowOf(core, param(request, 'id'));
    if (row.deletedAt === undefined) core.world.org.delete(row, { by: core.world.org.automationUser });
    core.world.org.purge(row);
    return reply.code(204).send();
  });
  app.post(`${ADMIN}/convert`, (request) => {
    const { leadId, contactId, accountId, opportunity = true } = readBody(Conversion, request.body);
    const lead = rowOf(core, leadId);
    if (lead.object.name !== 'Lead' || lead.values['IsConverted'] === true)
      throw usage(`${leadId} cannot be converted`);
    return convertLead(core.world.org, lead, {
      opportunity,
      ...(contactId === undefined ? {} : { contact: rowOf(core, contactId) }),
      ...(accountId === undefined ? {} : { account: rowOf(core, accountId) }),
    });
  });
  app.post(`${ADMIN}/merge`, (request) => {
    const { winner, losers } = readBody(Merge, request.body);
    const rows = losers.map((id) => rowOf(core, id));
    mergeRecords(core.world.org, rowOf(core, winner), rows);
    return { winner, losers };
  });
  app.post(`${ADMIN}/bulk-touch`, (request) => bulkTouch(core, request));
}

/** Somebody else's long transaction: begin, write as often as wished, commit late. */
function transactionRoutes(app: FastifyInstance, core: Core): void {
  const base = `${ADMIN}/transactions`;
  app.post(base, (_request, reply) => reply.code(201).send({ id: core.world.transactions.begin() }));
  app.post(`${base}/:id/writes`, (request) => {
    const { writes } = readBody(PendingWrites, request.body);
    for (const { object, id, values } of writes) {
      const row = id === undefined ? undefined : rowOf(core, id);
      const pending = { object: objectOf(core, object), row, values };
      if (!core.world.transactions.write(Number(param(request, 'id')), pending)) throw usage('no such transaction');
    }
    return { written: writes.length };
  });
  app.post(`${base}/:id/commit`, (request) => {
    const ids = core.world.transactions.commit(Number(param(request, 'id')));
    if (ids === undefined) throw usage('no such transaction');
    return { ids };
  });
  app.post(`${base}/:id/rollback`, (request) => ({
    rolledBack: core.world.transactions.rollback(Number(param(request, 'id'))),
  }));
}

/** What an administrator sets. */
function settingRoutes(app: FastifyInstance, core: Core): void {
  app.post(`${ADMIN}/locks`, (request) => {
    const { ids, times } = readBody(LockOrder, request.body);
    for (const id of ids) core.world.org.locks.hold(rowOf(core, id).id, times);
    return { locked: ids.length };
  });
  app.delete(`${ADMIN}/locks`, (_request, reply) => {
    core.world.org.locks.clear();
    return reply.code(204).send();
  });
  app.post(`${ADMIN}/validation-rules`, (request, reply) => {
    core.world.rules.validation.push(readBody(RuleBody, request.body));
    return reply.code(201).send(core.world.rules.validation);
  });
  app.delete(`${ADMIN}/validation-rules`, (_request, reply) => {
    core.world.rules.validation = [];
    return reply.code(204).send();
  });
  app.post(`${ADMIN}/objects`, (request, reply) => {
    const { org } = core.world;
    const definition = customObject(bodyObject(request), org.nextKeyPrefix());
    if (org.object(definition.name) !== undefined) throw usage(`there is an object ${definition.name}`);
    org.addObject(definition);
    return reply.code(201).send({ name: definition.name, keyPrefix: definition.keyPrefix });
  });
  app.post(`${ADMIN}/settings`, (request) => {
    const { duplicates, usedByOthers, limitInfo, bulkPageRows, bulkPolls } = readBody(Settings, request.body);
    const { world, usage: used } = core;
    world.rules.duplicates = duplicates ?? world.rules.duplicates;
    used.others = usedByOthers ?? used.others;
    used.form = limitInfo ?? used.form;
    world.jobs.mostRows = bulkPageRows ?? world.jobs.mostRows;
    world.jobs.pollsInProgress = bulkPolls ?? world.jobs.pollsInProgress;
    return { duplicates: world.rules.duplicates, usedByOthers: used.others, limitInfo: used.form };
  });
  app.delete(`${ADMIN}/cursors`, (_request, reply) => {
    core.world.answers.expire();
    return reply.code(204).send();
  });
}

export function adminRoutes(app: FastifyInstance, core: Core, reset: () => void): void {
  sharedAdminRoutes(app, core, {
    isFaultName,
    readOrder: readFaultOrder,
    readMove: (body) => readBody(ClockMove, body),
    state: () => state(core),
    reset,
  });
  recordRoutes(app, core);
  transactionRoutes(app, core);
  settingRoutes(app, core);
}
