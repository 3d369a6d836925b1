import type { OrgId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Organisations whose scores are not those of their present profiles, or not of last night: at three in the morning of the first
 * connection's time zone, when nobody waits for the CRM. Through `Database.operator`.
 */
export async function dueRescores(tx: Tx, now: Date): Promise<OrgId[]> {
  const rows = await tx.query<{ orgId: OrgId }>(statement, [now]);
  return rows.map(({ orgId }) => orgId);
}

const statement = `
  with zones as (
    select o.id as org_id, coalesce(min(c.timezone), 'UTC') as zone
    from orgs o left join connections c on c.org_id = o.id group by o.id
  ), nights as (
    -- Before three, the night of yesterday is the last one.
    select org_id, (date_trunc('day', ($1 at time zone zone) - interval '3 hours') + interval '3 hours') at time zone zone as night
    from zones
  )
  select distinct p.org_id as "orgId"
  from org_scoring_profiles p join nights n using (org_id)
  where p.active and (p.rescored_at is null or p.rescored_at < n.night) and n.night <= $1
`;
