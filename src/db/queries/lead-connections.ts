import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface LeadConnection {
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  readonly pushMode: 'plan' | 'auto';
  /** Null = it has never been read to its end. */
  readonly lastSuccessAt: Date | null;
}

/** The organisation's connections, by name: without a count of anything. */
export async function readLeadConnections(tx: Tx): Promise<LeadConnection[]> {
  return tx.query<LeadConnection>(
    `select c.id, c.name, c.kind, coalesce(c.push_policy->>'mode', 'plan') as "pushMode",
       (select s.ended_at from sync_runs s
        where s.org_id = $1 and s.connection_id = c.id and s.status in ('succeeded', 'partial') and s.kind = 'sync'
        order by s.started_at desc limit 1) as "lastSuccessAt"
     from connections c where c.org_id = $1 order by c.name`,
    [tx.orgId],
  );
}
