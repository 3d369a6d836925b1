import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A lead by our id, an address or a CRM id; the survivor where it was merged. Null = none. */
export async function findLead(tx: Tx, words: string): Promise<LeadId | null> {
  const [row] = await tx.query<{ id: LeadId }>(statement, [tx.orgId, words, uuidPattern.test(words) ? words : null]);
  return row?.id ?? null;
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// Each way by an index of its own; one condition with "or" would read every lead.
const statement = `
  select coalesce(l.merged_into, l.id) as id
  from leads l
  where l.org_id = $1 and l.id = any(array(
    select $3::uuid where $3::uuid is not null
    union all
    select e.id from leads e where e.org_id = $1 and e.email_key = lower($2) and e.merged_into is null
    union all
    select s.lead_id from connections c
    cross join lateral (
      select $2::text as external_id
      union all
      select a.external_id from record_aliases a where a.org_id = $1 and a.connection_id = c.id and a.alias_id = $2
    ) w
    cross join lateral (
      select r.lead_id from source_records r
      where r.org_id = $1 and r.connection_id = c.id and r.external_id = w.external_id and r.kind = 'lead'
        and r.lead_id is not null
      limit 10
    ) s
    where c.org_id = $1
  ))
  order by l.merged_into nulls first, l.created_at limit 1
`;
