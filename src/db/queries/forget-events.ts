import type { MappingDefinition } from '../../model/mapping.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

interface Source {
  readonly connectionId: ConnectionId;
  readonly object: string;
}

/** What the events of an object came from, a form by its name; each once. */
export async function eventSources(tx: Tx, { connectionId, object }: Source): Promise<string[]> {
  const rows = await tx.query<{ detail: string }>(
    `select distinct detail from engagement_events
     where org_id = $1 and connection_id = $2 and starts_with(external_id, $3 || ':') and detail is not null`,
    [tx.orgId, connectionId, object],
  );
  return rows.map(({ detail }) => detail);
}

/** Deletes the events of an object that came from these sources; returns their leads. Idempotent. */
export async function forgetEvents(
  tx: Tx,
  { connectionId, object }: Source,
  sources: readonly string[],
): Promise<LeadId[]> {
  if (sources.length === 0) return [];
  const rows = await tx.query<{ leadId: LeadId | null }>(
    `delete from engagement_events
     where org_id = $1 and connection_id = $2 and starts_with(external_id, $3 || ':') and detail = any($4::text[])
     returning lead_id as "leadId"`,
    [tx.orgId, connectionId, object, sources],
  );
  return [...new Set(rows.flatMap((row) => row.leadId ?? []))];
}

/** A mapping by its version, in force or not; null = the default one of the connector. */
export async function readMapping(
  tx: Tx,
  connectionId: ConnectionId,
  version: number,
): Promise<MappingDefinition | null> {
  const [row] = await tx.query<{ definition: MappingDefinition }>(
    'select definition from field_mappings where org_id = $1 and connection_id = $2 and version = $3',
    [tx.orgId, connectionId, version],
  );
  return row?.definition ?? null;
}
