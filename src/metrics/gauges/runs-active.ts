import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const runsActive: DatabaseGauge = {
  name: 'leadloop_runs_active',
  help: 'Runs under way, on whichever machine; one whose process has died counts until the next run closes it.',
  labels: ['connection', 'kind'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

const statement = `
  select coalesce(c.name, 'sources/' || d.name, '') as connection, s.kind, count(*)::int as value
  from sync_runs s
  left join connections c on c.org_id = $1 and c.id = s.connection_id
  left join data_sources d on d.org_id = $1 and d.id = s.source_id
  where s.org_id = $1 and s.status = 'running' group by 1, 2
`;
