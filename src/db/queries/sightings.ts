import type { ConnectionId, ExternalId } from '../../model/values.ts';
import type { CursorPosition } from './advance-cursor.ts';
import type { Tx } from '../tx.ts';

/**
 * Notes the ids that a full pass and its archive have seen. The first pass of all needs none: nothing was known before it.
 */
export async function recordSightings(tx: Tx, position: CursorPosition, ids: readonly ExternalId[]): Promise<void> {
  const isCensus = position.lane === 'archived' || (position.lane === 'full' && position.completedAt !== null);
  if (!isCensus || ids.length === 0) return;
  await tx.query(
    `insert into pass_sightings (org_id, connection_id, object, external_id) select $1, $2, $3, unnest($4::text[])
     on conflict do nothing`,
    [tx.orgId, position.connectionId, position.object, ids],
  );
}

export interface Census {
  /** Records that are neither in the CRM's list nor in its archive, though they were known before the pass began. */
  readonly unseen: ExternalId[];
  /** How many of them were live until now. */
  readonly unseenLive: number;
  readonly live: number;
}

/** Holds what a finished pass has seen against what we keep: live and archived records, and those that were rejected. */
export async function takeCensus(
  tx: Tx,
  pass: { connectionId: ConnectionId; object: string; startedAt: Date },
): Promise<Census> {
  const [row] = await tx.query<Census>(statement, [tx.orgId, pass.connectionId, pass.object, pass.startedAt]);
  return row ?? { unseen: [], unseenLive: 0, live: 0 };
}

const statement = `
  with kept as (
    select s.external_id, s.gone_at is null as is_live from source_records s
    where s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.first_seen_at < $4
      and (s.gone_at is null or s.gone_reason = 'archived')
    union all
    select distinct r.external_id, false from rejected_records r
    where r.org_id = $1 and r.connection_id = $2 and r.object = $3 and r.first_seen_at < $4 and r.resolved_at is null
      and not exists (select from source_records s where s.org_id = $1 and s.connection_id = $2 and s.object = $3
        and s.external_id = r.external_id)
  ), counted as (
    select k.*, exists (select from pass_sightings p where p.org_id = $1 and p.connection_id = $2 and p.object = $3
      and p.external_id = k.external_id) as is_seen
    from kept k
  )
  select (count(*) filter (where is_live))::int as live,
    (count(*) filter (where is_live and not is_seen))::int as "unseenLive",
    coalesce(array_agg(external_id order by external_id) filter (where not is_seen), '{}') as unseen
  from counted
`;

/** Forgets the sightings of a pass that has been accounted for. */
export async function clearSightings(tx: Tx, connectionId: ConnectionId, object: string): Promise<void> {
  await tx.query(`delete from pass_sightings where org_id = $1 and connection_id = $2 and object = $3`, [
    tx.orgId,
    connectionId,
    object,
  ]);
}
