import type { RecordReference } from '../../connector-sdk/connector.ts';
import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Which of these records we hold as new as this: they need not be read again. */
export async function heldRecords(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string; mappingVersion: number },
  references: readonly RecordReference[],
): Promise<ReadonlySet<ExternalId>> {
  if (references.length === 0) return new Set();
  const rows = await tx.query<{ externalId: ExternalId }>(statement, [
    tx.orgId,
    target.connectionId,
    target.object,
    references.map((one) => one.externalId),
    references.map((one) => one.modifiedAt),
    target.mappingVersion,
  ]);
  return new Set(rows.map((row) => row.externalId));
}

// A record that was rejected is not held, so it is tried again; one mapped by an older mapping is read anew.
const statement = `
  select s.external_id as "externalId"
  from unnest($4::text[], $5::timestamptz[]) as r (external_id, modified_at)
  join source_records s on s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.external_id = r.external_id
  where s.modified_at >= r.modified_at and s.gone_at is null and s.mapping_version = $6
`;
