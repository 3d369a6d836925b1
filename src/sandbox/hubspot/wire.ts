import { findObjectType } from './object-types.ts';
import { isoInstant } from './time.ts';
import { typesOf } from './store/association-types.ts';
import type { ObjectTable } from './store/object-table.ts';
import type { CrmRecord } from './store/record.ts';
import type { Store } from './store/store.ts';

export interface WireRecord {
  id: string;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  archivedAt?: string;
  url?: string;
  associations?: Record<string, WireAssociations>;
  new?: boolean;
  objectWriteTraceId?: string;
}

interface WireAssociations {
  results: { id: string; type: string }[];
  paging?: { next: { after: string; link: string } };
}

/** Associations embedded in one record; more hang behind its own paging. */
const EMBEDDED_ASSOCIATIONS = 100;

function envelope(store: Store, table: ObjectTable, record: CrmRecord): WireRecord {
  return {
    id: String(record.id),
    properties: {},
    createdAt: isoInstant(record.createdAt),
    updatedAt: isoInstant(record.updatedAt),
    archived: record.archivedAt !== undefined,
    ...(record.archivedAt === undefined ? {} : { archivedAt: isoInstant(record.archivedAt) }),
    url: `https://app.hubspot.com/contacts/${store.portalId}/record/${table.type.typeId}/${record.id}`,
  };
}

/** The ones that come although nobody asked (recorded with `properties=email,firstname`). */
function always(table: ObjectTable): string[] {
  return ['hs_object_id', table.type.createdProperty, table.type.modifiedProperty];
}

/** Requested and never set is null, cleared is '', not defined is left out without a word. */
export function readRecord(
  store: Store,
  table: ObjectTable,
  record: CrmRecord,
  requested: readonly string[] | undefined,
): WireRecord {
  const wire = envelope(store, table, record);
  const names = requested === undefined ? table.type.defaultProperties : [...always(table), ...requested];
  for (const name of new Set(names)) {
    if (table.catalogue.get(name) === undefined) continue;
    wire.properties[name] = table.read(record, name) ?? null;
  }
  return wire;
}

/** Answers to writes print what was sent and a few computed properties, never null (recorded). */
export function writtenRecord(
  store: Store,
  table: ObjectTable,
  record: CrmRecord,
  named: readonly string[],
): WireRecord {
  const wire = envelope(store, table, record);
  const computed = ['hs_object_source', 'hs_object_source_id', 'hs_object_source_label', 'hs_pipeline'];
  const alsoFor = named.includes('email') ? ['hs_email_domain'] : [];
  for (const name of new Set([...named, ...always(table), ...computed, ...alsoFor, 'lifecyclestage'])) {
    const value = table.read(record, name);
    if (value !== undefined) wire.properties[name] = value;
  }
  return wire;
}

/** A create answers all values there are. */
export function createdRecord(store: Store, table: ObjectTable, record: CrmRecord): WireRecord {
  return writtenRecord(store, table, record, Object.keys(record.properties));
}

/** A record without associations has no `associations` key at all (recorded on deals). */
export function withAssociations(
  store: Store,
  { table, record, wire }: { table: ObjectTable; record: CrmRecord; wire: WireRecord },
  requested: readonly string[],
): WireRecord {
  const associations: Record<string, WireAssociations> = {};
  for (const alias of requested) {
    const to = findObjectType(alias);
    const links = to === undefined ? [] : store.associations.list(table.type.name, to.name, record.id);
    if (to === undefined || links.length === 0) continue;
    const results = links
      .slice(0, EMBEDDED_ASSOCIATIONS)
      .flatMap((link) =>
        typesOf(table.type.name, to.name, link.primary).map(({ name }) => ({ id: String(link.to), type: name })),
      );
    const next = links[EMBEDDED_ASSOCIATIONS];
    const link = `https://api.hubapi.com/crm/v4/objects/${table.type.name}/${record.id}/associations/${to.name}`;
    associations[to.name] = {
      results,
      ...(next === undefined ? {} : { paging: { next: { after: String(next.to), link } } }),
    };
  }
  return Object.keys(associations).length > 0 ? { ...wire, associations } : wire;
}
