import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface WaitingPushes {
  readonly object: string;
  /** Never more than was asked for. */
  readonly count: number;
}

/** How many records wait to be written, object by object; of more than `most` only that there are so many. */
export async function waitingPushes(
  tx: Tx,
  {
    connectionId,
    objects,
    most,
  }: { readonly connectionId: ConnectionId; readonly objects: readonly string[]; readonly most: number },
): Promise<WaitingPushes[]> {
  return tx.query<WaitingPushes>(
    `select o.object, w.count from unnest($3::text[]) with ordinality as o (object, place)
     cross join lateral (
       select count(*)::int as count from (
         select from push_states p
         where p.org_id = $1 and p.connection_id = $2 and p.object = o.object and p.state in ('pending', 'claimed') limit $4
       ) x
     ) w order by o.place`,
    [tx.orgId, connectionId, objects, most],
  );
}

/** Records whose write the CRM has refused: nothing is tried again before somebody says so. */
export async function countRefused(tx: Tx, connectionId: ConnectionId): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from push_states where org_id = $1 and connection_id = $2 and state = 'dead'`,
    [tx.orgId, connectionId],
  );
  return row?.n ?? 0;
}

export interface Owner {
  readonly id: string;
  readonly name: string;
}

/** Whose leads these may be. */
export async function listOwners(tx: Tx): Promise<Owner[]> {
  return tx.query<Owner>(
    `select id, coalesce(name, email) as name from users where org_id = $1 and active and coalesce(name, email) is not null
     order by 2, 1 limit 500`,
    [tx.orgId],
  );
}
