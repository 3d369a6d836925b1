import type { ChangeReason } from '../../connector-sdk/webhooks.ts';
import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface StoredHint {
  readonly externalId: ExternalId;
  readonly reason: ChangeReason;
  /** CRM fields that changed; null = any may have. */
  readonly fields: readonly string[] | null;
  /** bigint, as text. */
  readonly version: string;
}

interface HintTarget {
  readonly connectionId: ConnectionId;
  readonly object: string;
}

/** The hints of an object that have waited longest. They stay until `dropHints`. */
export async function takeHints(
  tx: Tx,
  { connectionId, object }: HintTarget,
  limit: number,
): Promise<readonly StoredHint[]> {
  return tx.query<StoredHint>(
    `select external_id as "externalId", reason, fields, version::text from change_hints
     where org_id = $1 and connection_id = $2 and object = $3 order by version limit $4`,
    [tx.orgId, connectionId, object, limit],
  );
}

/** These have been answered. A hint of the same record that has come since has another version, and stays. */
export async function dropHints(
  tx: Tx,
  { connectionId, object }: HintTarget,
  hints: readonly StoredHint[],
): Promise<void> {
  await tx.query(
    `delete from change_hints h using unnest($4::text[], $5::bigint[]) as d (external_id, version)
     where h.org_id = $1 and h.connection_id = $2 and h.object = $3
       and h.external_id = d.external_id and h.version = d.version`,
    [tx.orgId, connectionId, object, hints.map(({ externalId }) => externalId), hints.map(({ version }) => version)],
  );
}
