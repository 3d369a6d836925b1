import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTED_VERSIONS } from '../api-version.ts';
import type { Core } from '../core.ts';
import { objectNotFound, validationError } from '../errors.ts';
import { bodyObject, textOf } from '../input.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord, Properties } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { createdRecord } from '../wire.ts';
import { findRecord, tableOf } from './objects.ts';

/** They add up when two records become one. */
const COUNTERS = [
  'hs_analytics_num_visits',
  'hs_analytics_num_page_views',
  'hs_email_delivered',
  'hs_email_open',
  'hs_email_click',
  'num_conversion_events',
];

function live(table: ObjectTable, id: unknown): CrmRecord {
  const record = table.resolve(Number(id));
  if (record === undefined || record.archivedAt !== undefined) throw objectNotFound();
  return record;
}

/** The primary's values win, gaps are filled, web and e-mail counters add up, the lost address stays findable. */
function mergedProperties(primary: Properties, other: Properties): Properties {
  const filled = Object.entries(other).filter(([name, value]) => (primary[name] ?? '') === '' && value !== undefined);
  const merged: Record<string, string | undefined> = { ...primary, ...Object.fromEntries(filled) };
  for (const name of COUNTERS) {
    const sum = Number(primary[name] ?? 0) + Number(other[name] ?? 0);
    if (primary[name] !== undefined || other[name] !== undefined) merged[name] = String(sum);
  }
  const additional = [primary['hs_additional_emails'], other['hs_additional_emails'], other['email']];
  const emails = additional.flatMap((value) => (value ?? '').split(';')).filter((email) => email !== '');
  const kept = [...new Set(emails)].filter((email) => email !== merged['email']);
  if (kept.length > 0) merged['hs_additional_emails'] = kept.join(';');
  return merged;
}

/** The outcome has an id of its own; both old ids lead to it (merge change for contacts and companies). */
function mergeRecords(store: Store, table: ObjectTable, primary: CrmRecord, other: CrmRecord): CrmRecord {
  const at = store.stamp();
  const properties = mergedProperties(primary.properties, other.properties);
  const mergedIds = [...primary.mergedIds, primary.id, ...other.mergedIds, other.id];
  const record: CrmRecord = {
    id: table.nextId(),
    createdAt: Math.min(primary.createdAt, other.createdAt),
    updatedAt: at,
    archivedAt: undefined,
    mergedIds,
    // A company has no such property.
    properties:
      table.type.name === 'contacts' ? { ...properties, hs_all_contact_vids: mergedIds.join(';') } : properties,
  };
  store.merge(table, record, { primary, other });
  return record;
}

function merge(core: Core, request: FastifyRequest): unknown {
  const table = tableOf(core, request, 'write');
  const body = bodyObject(request);
  const primary = live(table, body['primaryObjectId']);
  const other = live(table, body['objectIdToMerge']);
  if (primary.id === other.id) throw validationError('Cannot merge an object into itself');
  const record = mergeRecords(core.store, table, primary, other);
  return createdRecord(core.store, table, record);
}

/** Gone for good: the id answers 404, the archive does not list it, no event of it is left. */
function gdprDelete(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'write');
  const body = bodyObject(request);
  const record = findRecord(table, String(body['objectId']), textOf(body['idProperty']));
  if (record !== undefined) core.store.erase(table, record);
  return reply.code(204).send();
}

export function mergeRoutes(app: FastifyInstance, core: Core): void {
  for (const version of ACCEPTED_VERSIONS) {
    const base = `/crm/objects/${version}/:objectType`;
    app.post(`${base}/merge`, (request) => merge(core, request));
    app.post(`${base}/gdpr-delete`, (request, reply) => gdprDelete(core, request, reply));
  }
}
