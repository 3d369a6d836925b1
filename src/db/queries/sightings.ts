import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { CursorPosition } from './advance-cursor.ts';
import type { Tx } from '../tx.ts';

/** Notes the ids that a full pass has seen. The first pass of all needs none: nothing was known before it. */
export async function recordSightings(tx: Tx, position: CursorPosition, ids: readonly ExternalId[]): Promise<void> {
  if (position.completedAt === null || ids.length === 0) return;
  await tx.query(
    `insert into pass_sightings (org_id, connection_id, object, external_id) select $1, $2, $3, unnest($4::text[])
     on conflict do nothing`,
    [tx.orgId, position.connectionId, position.object, ids],
  );
}

/** Live records that a finished pass has not seen and that were known before it began. */
export async function unseenRecords(
  tx: Tx,
  pass: { connectionId: ConnectionId; object: string; startedAt: Date },
): Promise<{ readonly unseen: ExternalId[]; readonly live: number }> {
  const [row] = await tx.query<{ unseen: ExternalId[]; live: number }>(unseen, [
    tx.orgId,
    pass.connectionId,
    pass.object,
    pass.startedAt,
  ]);
  return row ?? { unseen: [], live: 0 };
}

const unseen = `
  select count(*)::int as live,
    coalesce(array_agg(s.external_id order by s.external_id) filter (
      where s.first_seen_at < $4 and not exists (
        select from pass_sightings p where p.org_id = $1 and p.connection_id = $2 and p.object = $3
          and p.external_id = s.external_id)), '{}') as unseen
  from source_records s
  where s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.gone_at is null
`;

/** Forgets the sightings of a pass that has been accounted for. */
export async function clearSightings(tx: Tx, connectionId: ConnectionId, object: string): Promise<void> {
  await tx.query(`delete from pass_sightings where org_id = $1 and connection_id = $2 and object = $3`, [
    tx.orgId,
    connectionId,
    object,
  ]);
}
