import type { PushPriority } from '../../model/push.ts';
import type { ConnectionId } from '../../model/values.ts';
import { boundedCount, countedUpTo } from './bounded-count.ts';
import type { Tx } from '../tx.ts';

/** Writes that wait, of one priority. */
export interface WaitingOfPriority {
  readonly priority: PushPriority;
  /** Up to `countedUpTo`. */
  readonly count: number;
}

/** What waits to be written to each connection, the most urgent first; a connection for which nothing waits is not there. */
export async function countWaiting(tx: Tx): Promise<ReadonlyMap<ConnectionId, readonly WaitingOfPriority[]>> {
  const rows = await tx.query<WaitingOfPriority & { readonly connectionId: ConnectionId }>(statement, [tx.orgId]);
  const byConnection = Map.groupBy(rows, ({ connectionId }) => connectionId);
  return new Map([...byConnection].map(([id, own]) => [id, own.map(({ priority, count }) => ({ priority, count }))]));
}

const first = (condition: string): string => `
  select connection_id, object from push_states where org_id = $1 and state in ('pending', 'claimed') and ${condition}
  order by connection_id, object limit 1`;

// The queue's index has the object before the priority: which objects there are is found by leaping from one to the next.
const statement = `
  with recursive queue as (
    (${first('true')})
    union all
    select further.* from queue q
    cross join lateral (${first('(connection_id, object) > (q.connection_id, q.object)')}) further
  ), counted as (
    select q.connection_id, p.priority, ${boundedCount(`
      select from push_states s where s.org_id = $1 and s.connection_id = q.connection_id and s.object = q.object
        and s.priority = p.priority and s.state in ('pending', 'claimed')`)} as count
    from queue q cross join unnest(array[0, 1, 2, 3]::smallint[]) as p (priority)
  )
  select connection_id as "connectionId", priority, least(${countedUpTo}, sum(count))::int as count
  from counted where count > 0 group by connection_id, priority order by connection_id, priority
`;
