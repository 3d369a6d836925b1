import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';
import { addressesOfSignups, eraseSignups } from './erase-signups.ts';
import { blockAddresses } from './erased-addresses.ts';
import { eraseSourceRejects } from './source-rejects.ts';

export interface ErasedLeads {
  readonly leadIds: readonly LeadId[];
  /** Companies whose score rested on their signups. */
  readonly domains: readonly string[];
}

/**
 * Removes personal data of leads whose last CRM record was deleted for privacy: columns marked `personal` in
 * `model/lead.ts`, the images of records that were merged into them, events, and receipts that quote them; also of the leads
 * that were merged away into them. Their records are untied, so one that comes back is a new person. Ids, scores and history
 * stay. Idempotent.
 */
export async function eraseLeads(tx: Tx, leadIds: readonly LeadId[]): Promise<ErasedLeads> {
  if (leadIds.length === 0) return nobody;
  const orphaned = await tx.query<{ id: LeadId }>(orphans, [tx.orgId, leadIds]);
  if (orphaned.length === 0) return nobody;
  const ids = orphaned.map((row) => row.id);
  const people = await tx.query<{ id: LeadId; email: string | null }>(relatives, [tx.orgId, ids]);
  const family = people.map((row) => row.id);
  const emails = [...people.flatMap((row) => row.email ?? []), ...(await addressesOfSignups(tx, family))];
  await blockAddresses(tx, emails);
  await eraseSourceRejects(tx, emails);
  await tx.query(erase, [tx.orgId, family]);
  await tx.query(emptyRejections, [tx.orgId, family]);
  await tx.query(untie, [tx.orgId, family]);
  await tx.query(`delete from engagement_events where org_id = $1 and lead_id = any($2::uuid[])`, [tx.orgId, family]);
  await tx.query(`delete from score_breakdowns where org_id = $1 and lead_id = any($2::uuid[])`, [tx.orgId, family]);
  return { leadIds: ids, domains: await eraseSignups(tx, family) };
}

const nobody: ErasedLeads = { leadIds: [], domains: [] };

// A record that was merged away lives on in the one that absorbed it: it neither keeps a lead alive nor erases it.
const orphans = `
  select l.id from leads l
  where l.org_id = $1 and l.id = any($2::uuid[]) and l.erased_at is null
    and exists (select from source_records s where s.org_id = $1 and s.lead_id = l.id and s.gone_reason = 'erased')
    and not exists (
      select from source_records s where s.org_id = $1 and s.lead_id = l.id
        and (s.gone_reason is null or s.gone_reason not in ('erased', 'merged')))
  for update
`;

// With those that were merged away into them.
const relatives = `
  select id, email_key as email from leads
  where org_id = $1 and (id = any($2::uuid[]) or merged_into = any($2::uuid[]))
`;

const erase = `
  update leads set
    name = null, email = null, title = null, source_detail = null, baseline = null, erased_at = now(), updated_at = now()
  where org_id = $1 and id = any($2::uuid[])
`;

const emptyRejections = `
  update rejected_records r set fields = '{}', resolved_at = coalesce(r.resolved_at, now())
  from source_records s
  where s.org_id = $1 and s.lead_id = any($2::uuid[]) and r.org_id = $1 and r.connection_id = s.connection_id
    and r.object = s.object and r.external_id = s.external_id
`;

const untie = `
  update source_records set lead_id = null, fields = '{}', mapped = '{}'
  where org_id = $1 and lead_id = any($2::uuid[])
`;
