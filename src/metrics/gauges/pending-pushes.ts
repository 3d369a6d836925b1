import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const pendingPushes: DatabaseGauge = {
  name: 'leadloop_pending_pushes',
  help: 'Records that wait to be written. Priority 0: status, MQL or tier; 1: score; 2: the rest.',
  labels: ['connection', 'priority'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// By the index of the queue alone, however much waits.
const statement = `
  select c.name as connection, p.priority::text as priority, count(s.priority)::int as value
  from connections c
  cross join unnest(array[0, 1, 2]) as p (priority)
  left join (
    select connection_id, priority from push_states where org_id = $1 and state in ('pending', 'claimed')
  ) s on s.connection_id = c.id and s.priority = p.priority
  where c.org_id = $1 group by c.name, p.priority
`;
