import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const alertsUnsent: DatabaseGauge = {
  name: 'leadloop_alerts_unsent',
  help: 'Alerts that nobody has got: waiting, and given up within the last week; a source is called sources/NAME.',
  labels: ['connection', 'state'],
  maxAgeSeconds: oftenSeconds,
  read: (tx, now) => tx.query(statement, [tx.orgId, now]),
};

// What was sent is kept for ninety days: a few lines a connection.
const statement = `
  select x.name as connection, s.state, count(a.id)::int as value
  from (
    select name, id as connection_id, null::uuid as source_id from connections where org_id = $1
    union all
    select 'sources/' || name, null, id from data_sources where org_id = $1
  ) x
  cross join unnest(array['waiting', 'given-up']) as s (state)
  left join alerts a on a.org_id = $1 and (a.connection_id = x.connection_id or a.source_id = x.source_id) and a.sent_at is null
    and case s.state when 'waiting' then a.next_try_at is not null
      else a.next_try_at is null and a.created_at > $2::timestamptz - interval '7 days' end
  group by x.name, s.state order by x.name, s.state
`;
