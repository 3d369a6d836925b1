import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const lag: DatabaseGauge = {
  name: 'leadloop_lag_seconds',
  help: 'Age of the last look for changes in an object of the CRM that came to its end.',
  labels: ['connection', 'object'],
  maxAgeSeconds: oftenSeconds,
  read: (tx, now) => tx.query(statement, [tx.orgId, now]),
};

// A clock of another machine may be a little ahead.
const statement = `
  select c.name as connection, k.object, greatest(0, extract(epoch from $2::timestamptz - k.completed_at))::float8 as value
  from connections c join sync_cursors k on k.org_id = $1 and k.connection_id = c.id
  where c.org_id = $1 and k.lane = 'live' and k.completed_at is not null
`;
