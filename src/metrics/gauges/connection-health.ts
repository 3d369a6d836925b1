import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const connectionHealth: DatabaseGauge = {
  name: 'leadloop_connection_health',
  help: '1 for the state that the connection is in, 0 for the others.',
  labels: ['connection', 'state'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// One that has ended no run yet has nothing against it.
const statement = `
  select c.name as connection, s.state, (coalesce(h.state, 'healthy') = s.state)::int as value
  from connections c
  cross join unnest(array['healthy', 'failing', 'paused']) as s (state)
  left join connection_health h on h.org_id = $1 and h.connection_id = c.id
  where c.org_id = $1 order by c.name, s.state
`;
