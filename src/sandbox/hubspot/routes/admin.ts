import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { VendorError } from '../errors.ts';
import { isFaultName } from '../faults/menu.ts';
import { OBJECT_TYPES } from '../object-types.ts';
import { readRecord } from '../wire.ts';
import { BulkTouch, ClockMove, ContactEdit, readBody, readFaultOrder } from './admin-inputs.ts';

const BASE = '/__sandbox';

function state(core: Core): Record<string, unknown> {
  const objects = OBJECT_TYPES.map(({ name }): [string, { live: number; archived: number }] => {
    const counts = { live: 0, archived: 0 };
    for (const record of core.store.table(name).from(0))
      counts[record.archivedAt === undefined ? 'live' : 'archived'] += 1;
    return [name, counts];
  });
  const submissions = [...core.store.submissions.values()].map((list) => list.length);
  return {
    now: core.clock.now(),
    portalId: core.store.portalId,
    objects: Object.fromEntries(objects),
    owners: core.store.owners.length,
    forms: core.store.forms.length,
    submissions: submissions.reduce((sum, length) => sum + length, 0),
    emailEvents: core.store.emailEvents.length,
  };
}

/** What a person in the CRM, or HubSpot itself, would change: read-only counters included. */
function editContact(core: Core, request: FastifyRequest): unknown {
  const { store } = core;
  const { properties, bump = true } = readBody(ContactEdit, request.body);
  const record = store.contacts.get(Number((request.params as { id: string }).id));
  if (record === undefined) throw new VendorError(404, { status: 'error', message: 'no such contact' });
  const unknown = Object.keys(properties).find((name) => store.contacts.catalogue.get(name) === undefined);
  if (unknown !== undefined) throw new VendorError(400, { status: 'error', message: `no property ${unknown}` });
  const values = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
  store.update(store.contacts, record, { ...record.properties, ...values }, bump ? store.stamp() : undefined);
  return readRecord(store, store.contacts, record, Object.keys(properties));
}

/** A bulk import or a workflow: many records share one modification time to the millisecond. */
function bulkTouch(core: Core, request: FastifyRequest): unknown {
  const { count, at = core.store.stamp() } = readBody(BulkTouch, request.body);
  const { contacts } = core.store;
  let touched = 0;
  for (const record of contacts.from(0)) {
    if (touched === count) break;
    if (record.archivedAt !== undefined) continue;
    core.store.update(contacts, record, record.properties, at);
    touched += 1;
  }
  return { touched, at };
}

export function adminRoutes(app: FastifyInstance, core: Core, reset: () => void): void {
  app.get(`${BASE}/faults`, () => ({ menu: core.faults.menu(), active: core.faults.active() }));
  app.post(`${BASE}/faults`, (request, reply) =>
    reply.code(201).send(core.faults.activate(readFaultOrder(request.body))),
  );
  app.delete(`${BASE}/faults`, (request, reply) => {
    const { name } = request.query as { name?: string };
    if (name === undefined) core.faults.clear();
    else if (isFaultName(name)) core.faults.clear(name);
    return reply.code(204).send();
  });
  app.get(`${BASE}/state`, () => state(core));
  app.get(`${BASE}/requests`, () => ({ counts: core.requests.counts(), requests: core.requests.entries() }));
  app.delete(`${BASE}/requests`, (_request, reply) => {
    core.requests.reset();
    return reply.code(204).send();
  });
  app.post(`${BASE}/contacts/:id`, (request) => editContact(core, request));
  app.post(`${BASE}/bulk-touch`, (request) => bulkTouch(core, request));
  app.post(`${BASE}/clock`, (request) => {
    core.clock.advance(readBody(ClockMove, request.body).advanceMs);
    return { now: core.clock.now() };
  });
  app.post(`${BASE}/reset`, () => {
    reset();
    return state(core);
  });
}
