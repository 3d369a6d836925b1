import type { MappingDefinition } from '../../model/mapping.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Deletes the events of an object whose source, a form by its name, was counted by the rules of an earlier mapping and is
 * counted no more; returns their leads. Idempotent.
 */
export async function forgetEvents(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  rules: { readonly before: readonly string[]; readonly now: readonly string[] },
): Promise<LeadId[]> {
  const rows = await tx.query<{ leadId: LeadId | null }>(statement, [
    tx.orgId,
    target.connectionId,
    target.object,
    rules.before,
    rules.now,
  ]);
  return [...new Set(rows.flatMap((row) => row.leadId ?? []))];
}

const matches = (names: string): string =>
  `exists (select from unnest(${names}::text[]) as r (contains) where position(lower(r.contains) in lower(e.detail)) > 0)`;

const statement = `
  delete from engagement_events e
  where e.org_id = $1 and e.connection_id = $2 and starts_with(e.external_id, $3 || ':') and ${matches('$4')}
    and not ${matches('$5')}
  returning e.lead_id as "leadId"
`;

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
