import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface LeadConnection {
  readonly id: ConnectionId;
  readonly name: string;
  readonly kind: string;
  readonly pushMode: 'plan' | 'auto';
}

/** The organisation's connections, by name: without a count of anything. */
export async function readLeadConnections(tx: Tx): Promise<LeadConnection[]> {
  return tx.query<LeadConnection>(
    `select id, name, kind, coalesce(push_policy->>'mode', 'plan') as "pushMode"
     from connections where org_id = $1 order by name`,
    [tx.orgId],
  );
}
