import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const freshness: DatabaseGauge = {
  name: 'leadloop_freshness_seconds',
  help: 'From a change in the CRM to the score that follows from it in the CRM: quantiles over the writes of the last hour.',
  labels: ['connection', 'quantile'],
  maxAgeSeconds: oftenSeconds,
  read: (tx, now) => tx.query(statement, [tx.orgId, now]),
};

// The latest ten thousand say as much as a million. A CRM whose clock is ahead of ours has not been served before it asked.
const statement = `
  select c.name as connection, q.quantile::text as quantile, q.seconds as value
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
  cross join unnest(array[0.5, 0.95, 0.99], p.seconds) as q (quantile, seconds)
  where c.org_id = $1 and q.seconds is not null
`;
