import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Removes personal data of leads whose last CRM record was deleted for privacy: columns marked `personal` in
 * `model/lead.ts`, events, and receipts that quote them. Ids, scores and history stay. Idempotent.
 */
export async function eraseLeads(tx: Tx, leadIds: readonly LeadId[]): Promise<LeadId[]> {
  if (leadIds.length === 0) return [];
  const erased = await tx.query<{ leadId: LeadId }>(statement, [tx.orgId, leadIds]);
  const ids = erased.map((row) => row.leadId);
  if (ids.length > 0) {
    await tx.query(`delete from engagement_events where org_id = $1 and lead_id = any($2::uuid[])`, [tx.orgId, ids]);
    await tx.query(`delete from score_breakdowns where org_id = $1 and lead_id = any($2::uuid[])`, [tx.orgId, ids]);
  }
  return ids;
}

const statement = `
  update leads l set
    name = null, email = null, title = null, source_detail = null, baseline = null,
    erased_at = now(), updated_at = now()
  where l.org_id = $1 and l.id = any($2::uuid[]) and l.erased_at is null
    and exists (select from source_records s where s.org_id = $1 and s.lead_id = l.id and s.gone_reason = 'erased')
    and not exists (
      select from source_records s where s.org_id = $1 and s.lead_id = l.id and s.gone_reason is distinct from 'erased'
    )
  returning l.id as "leadId"
`;
