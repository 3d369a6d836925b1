import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const connectionHealth: DatabaseGauge = {
  name: 'leadloop_connection_health',
  help: '1 for the state that the connection is in, 0 for the others; a source is called sources/NAME.',
  labels: ['connection', 'state'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// One that has ended no run yet has nothing against it.
const statement = `
  select x.name as connection, s.state, (coalesce(x.state, 'healthy') = s.state)::int as value
  from (
    select c.name, h.state from connections c
    left join connection_health h on h.org_id = $1 and h.connection_id = c.id where c.org_id = $1
    union all
    select 'sources/' || d.name, h.state from data_sources d
    left join source_health h on h.org_id = $1 and h.source_id = d.id where d.org_id = $1
  ) x cross join unnest(array['healthy', 'failing', 'paused']) as s (state)
  order by x.name, s.state
`;
