import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const lastSuccess: DatabaseGauge = {
  name: 'leadloop_last_success_timestamp_seconds',
  help: 'When the last sync that succeeded, in whole or in part, had ended, in seconds since 1970.',
  labels: ['connection'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

const statement = `
  select c.name as connection, extract(epoch from run.ended_at)::float8 as value
  from connections c cross join lateral (
    select s.ended_at from sync_runs s
    where s.org_id = $1 and s.connection_id = c.id and s.kind = 'sync' and s.status in ('succeeded', 'partial')
    order by s.started_at desc limit 1
  ) run
  where c.org_id = $1
`;
