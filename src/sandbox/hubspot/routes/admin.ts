import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ADMIN, sharedAdminRoutes } from '../../server/admin.ts';
import { ClockMove } from '../../server/admin-inputs.ts';
import type { Core } from '../core.ts';
import { VendorError } from '../errors.ts';
import { isFaultName } from '../faults/menu.ts';
import { OBJECT_TYPES } from '../object-types.ts';
import type { CrmRecord } from '../store/record.ts';
import { readRecord } from '../wire.ts';
import { BulkTouch, ContactEdit, readBody, readFaultOrder } from './admin-inputs.ts';

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
  const record = contactOf(core, request);
  const unknown = Object.keys(properties).find((name) => store.contacts.catalogue.get(name) === undefined);
  if (unknown !== undefined) throw new VendorError(400, { status: 'error', message: `no property ${unknown}` });
  const values = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
  store.update(store.contacts, record, { ...record.properties, ...values }, bump ? store.stamp() : undefined);
  return readRecord(store, store.contacts, record, Object.keys(properties));
}

function contactOf({ store }: Core, request: FastifyRequest): CrmRecord {
  const record = store.contacts.get(Number((request.params as { id: string }).id));
  if (record === undefined) throw new VendorError(404, { status: 'error', message: 'no such contact' });
  return record;
}

/** Out of the recycle bin: on HubSpot's pages only. */
function restoreContact(core: Core, request: FastifyRequest): unknown {
  const { store } = core;
  const record = contactOf(core, request);
  if (record.archivedAt !== undefined) store.restore(store.contacts, record);
  return readRecord(store, store.contacts, record, []);
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
  sharedAdminRoutes(app, core, {
    isFaultName,
    readOrder: readFaultOrder,
    readMove: (body) => readBody(ClockMove, body),
    state: () => state(core),
    reset,
  });
  app.post(`${ADMIN}/contacts/:id`, (request) => editContact(core, request));
  app.post(`${ADMIN}/contacts/:id/restore`, (request) => restoreContact(core, request));
  app.post(`${ADMIN}/bulk-touch`, (request) => bulkTouch(core, request));
}
