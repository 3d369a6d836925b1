import type { MappingDefinition } from '../../model/mapping.ts';
import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface MappingVersionRow {
  readonly version: number;
  readonly definition: MappingDefinition;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

const columns = `version, definition, active as "isActive", created_at as "createdAt"`;

/** The newest first; `before`: of the page before, null = the first page. */
export async function listMappingVersions(
  tx: Tx,
  connectionId: ConnectionId,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly MappingVersionRow[]> {
  return tx.query<MappingVersionRow>(
    `select ${columns} from field_mappings
     where org_id = $1 and connection_id = $2 and ($3::bigint is null or version < $3)
     order by version desc limit $4`,
    [tx.orgId, connectionId, before, limit],
  );
}

/** Null = there is no such version. */
export async function readMappingVersion(
  tx: Tx,
  connectionId: ConnectionId,
  version: number,
): Promise<MappingVersionRow | null> {
  const [row] = await tx.query<MappingVersionRow>(
    `select ${columns} from field_mappings where org_id = $1 and connection_id = $2 and version = $3`,
    [tx.orgId, connectionId, version],
  );
  return row ?? null;
}

/** The version in force; null = none was ever stored. */
export async function readActiveMapping(tx: Tx, connectionId: ConnectionId): Promise<MappingVersionRow | null> {
  const [row] = await tx.query<MappingVersionRow>(
    `select ${columns} from field_mappings where org_id = $1 and connection_id = $2 and active`,
    [tx.orgId, connectionId],
  );
  return row ?? null;
}
