import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const hintsWaiting: DatabaseGauge = {
  name: 'leadloop_hints_waiting',
  help: 'Records that the CRM has told of (webhooks) and that have not been read again yet.',
  labels: ['connection'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

// By the key alone, however many wait.
const statement = `
  select c.name as connection, (
    select count(*)::int from change_hints h where h.org_id = $1 and h.connection_id = c.id) as value
  from connections c where c.org_id = $1
`;
