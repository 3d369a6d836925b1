import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const pendingPushes: DatabaseGauge = {
  name: 'leadloop_pending_pushes',
  help: 'Records that wait to be written. Priority 0: status, MQL or tier; 1: score of a hot lead; 2: another score; 3: the rest.',
  labels: ['connection', 'priority'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// By the index of the queue alone, however much waits.
const statement = `
  with waiting as (
    select connection_id, priority, count(*)::int as records from push_states
    where org_id = $1 and state in ('pending', 'claimed') group by connection_id, priority
  )
  select c.name as connection, p.priority::text as priority, coalesce(w.records, 0) as value
  from connections c
  cross join unnest(array[0, 1, 2, 3]) as p (priority)
  left join waiting w on w.connection_id = c.id and w.priority = p.priority
  where c.org_id = $1 order by c.name, p.priority
`;
