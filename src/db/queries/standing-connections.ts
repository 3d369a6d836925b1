import type { ConnectionId, RunId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface StandingConnection {
  readonly id: ConnectionId;
  readonly name: string;
  /** The CRM. */
  readonly kind: string;
  readonly pushMode: 'plan' | 'auto';
  readonly schedule: string | null;
  /** The run that is under way; null = none. */
  readonly runId: RunId | null;
}

/** Every connection of the organisation, by name. */
export async function standingConnections(tx: Tx): Promise<StandingConnection[]> {
  return tx.query<StandingConnection>(
    `select c.id, c.name, c.kind, coalesce(c.push_policy->>'mode', 'plan') as "pushMode", c.schedule, r.id as "runId"
     from connections c
     left join sync_runs r on r.org_id = c.org_id and r.connection_id = c.id and r.status = 'running'
     where c.org_id = $1 order by c.name`,
    [tx.orgId],
  );
}

/** By its name; null where the organisation has none of that name. */
export async function connectionNamed(tx: Tx, name: string): Promise<ConnectionId | null> {
  const [row] = await tx.query<{ id: ConnectionId }>(`select id from connections where org_id = $1 and name = $2`, [
    tx.orgId,
    name,
  ]);
  return row?.id ?? null;
}
