import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Which leads of these signups have to be brought up to date: those never scored, those in no CRM that lack what the signup or
 * its company says, and, of those with another product score or a company that changed, the ones in a CRM; `isHeard`: the
 * marketing profile looks at product scores, so all of them.
 */
export async function leadsOfSignups(
  tx: Tx,
  developerIds: readonly string[],
  news: { readonly changed: readonly LeadId[]; readonly domains: readonly string[]; readonly isHeard: boolean },
): Promise<LeadId[]> {
  const rows = await tx.query<{ leadId: LeadId }>(statement, [
    tx.orgId,
    developerIds,
    news.changed,
    news.domains,
    news.isHeard,
  ]);
  return rows.map(({ leadId }) => leadId);
}

const statement = `
  select distinct l.id as "leadId"
  from developer_signups d
  join leads l on l.org_id = $1 and l.id = d.lead_id and l.merged_into is null and l.erased_at is null
  -- One look-up a row: joined, a planner may read all companies.
  left join lateral (
    select e.company_name, e.industry, e.employee_count from company_enrichment e
    where e.org_id = $1 and e.domain = d.company_domain and d.is_company_email limit 1
  ) c on true
  cross join lateral (
    select exists (
      select from source_records s where s.org_id = $1 and s.lead_id = l.id and s.kind = 'lead' and s.gone_at is null
    ) as is_in_crm
  ) crm
  where d.org_id = $1 and d.id = any($2::uuid[]) and (
    l.lead_score is null
    or ((crm.is_in_crm or $5) and (d.lead_id = any($3::uuid[]) or d.company_domain = any($4::text[])))
    or (not crm.is_in_crm and (l.name, l.company_domain, l.company_name, l.industry, l.employee_count) is distinct from
      (coalesce(left(d.full_name, 200), l.name),
       case when d.is_company_email then coalesce(left(d.company_domain, 255), l.company_domain) else l.company_domain end,
       coalesce(left(c.company_name, 300), l.company_name), coalesce(left(c.industry, 200), l.industry),
       coalesce(c.employee_count, l.employee_count)))
  )
  order by l.id
`;

/** Of these leads, those that a CRM is told of. */
export async function leadsInCrm(tx: Tx, leadIds: readonly LeadId[]): Promise<LeadId[]> {
  if (leadIds.length === 0) return [];
  const rows = await tx.query<{ leadId: LeadId }>(
    `select distinct lead_id as "leadId" from source_records
     where org_id = $1 and lead_id = any($2::uuid[]) and kind = 'lead' and gone_at is null order by lead_id`,
    [tx.orgId, leadIds],
  );
  return rows.map(({ leadId }) => leadId);
}
