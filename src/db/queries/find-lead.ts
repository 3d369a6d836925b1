import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A lead by our id, an address or a CRM id; the survivor where it was merged. Null = none. */
export async function findLead(tx: Tx, words: string): Promise<LeadId | null> {
  const [row] = await tx.query<{ id: LeadId }>(statement, [tx.orgId, words, uuidPattern.test(words) ? words : null]);
  return row?.id ?? null;
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const statement = `
  select coalesce(l.merged_into, l.id) as id
  from leads l
  where l.org_id = $1 and (
    l.id = $3::uuid or (l.email_key = lower($2) and l.merged_into is null)
    or l.id in (select s.lead_id from source_records s where s.org_id = $1 and s.external_id = coalesce(
      (select a.external_id from record_aliases a where a.org_id = $1 and a.alias_id = $2 limit 1), $2) and s.kind = 'lead'))
  order by l.merged_into nulls first, l.created_at limit 1
`;
