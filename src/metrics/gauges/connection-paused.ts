import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const connectionPaused: DatabaseGauge = {
  name: 'leadloop_connection_paused',
  help: '1 where a person has paused this direction of the connection, or of its organisation.',
  labels: ['connection', 'direction'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

const statement = `
  select c.name as connection, d.direction, (exists (
    select from pauses p
    where p.org_id = $1 and p.direction in (d.direction, 'all')
      and (p.connection_id = c.id or (p.connection_id is null and p.source_id is null))
  ))::int as value
  from connections c cross join unnest(array['pull', 'push']) as d (direction)
  where c.org_id = $1 order by c.name, d.direction
`;
