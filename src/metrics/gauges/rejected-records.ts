import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const rejectedRecords: DatabaseGauge = {
  name: 'leadloop_rejected_records',
  help: 'Records and values that were left out and still wait for somebody.',
  labels: ['connection'],
  maxAgeSeconds: oftenSeconds,
  read: (tx) => tx.query(statement, [tx.orgId]),
};

const statement = `
  select c.name as connection, (
    select count(*)::int from rejected_records r
    where r.org_id = $1 and r.connection_id = c.id and r.resolved_at is null) as value
  from connections c where c.org_id = $1
`;
