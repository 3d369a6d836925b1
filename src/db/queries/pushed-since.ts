import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** Which of these records have been written since an instant of ours: what was read before does not know it. */
export async function pushedSince(
  tx: Tx,
  target: { readonly connectionId: ConnectionId; readonly object: string },
  { externalIds, since }: { readonly externalIds: readonly ExternalId[]; readonly since: Date },
): Promise<ReadonlySet<ExternalId>> {
  const rows = await tx.query<{ externalId: ExternalId }>(
    `select external_id as "externalId" from push_states
     where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[]) and pushed_at >= $5`,
    [tx.orgId, target.connectionId, target.object, externalIds, since],
  );
  return new Set(rows.map(({ externalId }) => externalId));
}
