import type { ConnectionId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface FreshnessRow {
  readonly connectionId: ConnectionId;
  readonly connection: string;
  /** 0.5, 0.95, 0.99 */
  readonly quantile: number;
  /** From a change in the CRM to the score that follows from it in the CRM. */
  readonly seconds: number;
}

/** Of the writes of the last hour; no row for a connection that has none. */
export async function readFreshness(tx: Tx, now: Date): Promise<FreshnessRow[]> {
  return tx.query<FreshnessRow>(statement, [tx.orgId, now]);
}

// The latest ten thousand say as much as a million. A CRM whose clock is ahead of ours has not been served before it asked.
const statement = `
  select c.id as "connectionId", c.name as connection, q.quantile, q.seconds
  from connections c
  cross join lateral (
    select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by w.seconds) as seconds
    from (
      select greatest(0, extract(epoch from l.settled_at - l.changed_at))::float8 as seconds
      from push_ledger l
      where l.org_id = $1 and l.connection_id = c.id and l.changed_at is not null and l.outcome = 'applied'
        and l.settled_at > $2::timestamptz - interval '1 hour' and l.settled_at <= $2
      order by l.settled_at desc limit 10000
    ) w
  ) p
  cross join unnest(array[0.5, 0.95, 0.99]::float8[], p.seconds) as q (quantile, seconds)
  where c.org_id = $1 and q.seconds is not null
`;
