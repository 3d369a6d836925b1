import type { LeadStatus } from '../../model/lead.ts';
import type { Fields, LeadId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface LeadRow {
  readonly id: LeadId;
  readonly name: string | null;
  readonly email: string | null;
  readonly company_name: string | null;
  readonly title: string | null;
  readonly state: string | null;
  readonly enrollment: number | null;
  readonly segment: string | null;
  readonly source: string | null;
  readonly source_detail: string | null;
  readonly status: LeadStatus;
  readonly lead_score: number | null;
  /** Of the marketing profile. */
  readonly tier: string | null;
  readonly website_visits: number;
  readonly content_downloads: number;
  readonly email_opens: number;
  readonly email_clicks: number;
  readonly demo_requested: boolean;
  readonly employee_count: number | null;
  readonly industry: string | null;
  readonly company_domain: string | null;
  readonly crm_status: string | null;
  readonly episode: number;
  readonly baseline: Fields | null;
  readonly mql_date: Date | null;
  /** When the lead entered the status in this batch; null = it did not. */
  readonly sql_date: Date | null;
  readonly opportunity_date: Date | null;
  /** The owner's record in the CRM: becomes `assigned_to`. */
  readonly crm_owner: string | null;
  readonly owner_connection: string | null;
}

/** Writes the values of leads; rows that are as they were are not touched. Sources are created by name. */
export async function saveLeads(tx: Tx, leads: readonly LeadRow[]): Promise<void> {
  if (leads.length === 0) return;
  const sources = [...new Set(leads.flatMap((lead) => lead.source ?? []))].sort();
  if (sources.length > 0) {
    await tx.query(
      `insert into lead_sources (org_id, name) select $1, unnest($2::text[]) on conflict (org_id, name) do nothing`,
      [tx.orgId, sources],
    );
  }
  await tx.query(statement, [tx.orgId, toJson(leads)]);
}

const statement = `
  with incoming as (
    select r.*, s.id as source_id, o.user_id, deal.id as opportunity_id
    from jsonb_to_recordset($2::jsonb) as r (
      id uuid, name text, email text, company_name text, title text, state text, enrollment int, segment text,
      source text, source_detail text, status lead_status, lead_score int, tier text, website_visits int, content_downloads int,
      email_opens int, email_clicks int, demo_requested boolean, employee_count int, industry text,
      company_domain text, crm_status text, episode int, baseline jsonb, mql_date timestamptz, sql_date timestamptz,
      opportunity_date timestamptz, owner_connection uuid, crm_owner text)
    left join lead_sources s on s.org_id = $1 and s.name = r.source
    left join source_records o
      on o.org_id = $1 and o.connection_id = r.owner_connection and o.kind = 'owner' and o.external_id = r.crm_owner
    -- Of several opportunities one that is not lost, and of those the latest.
    left join lateral (
      select d.id from source_records p
      join opportunity_links k on k.org_id = $1 and k.connection_id = p.connection_id and k.person = p.external_id
      join opportunities d on d.org_id = $1 and d.connection_id = k.connection_id and d.external_id = k.opportunity
      where p.org_id = $1 and p.lead_id = r.id and p.kind = 'lead'
      order by coalesce(d.is_closed and not d.is_won, false), d.created_at desc, d.external_id desc limit 1
    ) deal on true
  )
  update leads l set
    name = i.name, email = i.email, company_name = i.company_name, title = i.title, state = i.state,
    enrollment = i.enrollment, segment = i.segment, source_id = i.source_id, source_detail = i.source_detail,
    status = i.status, lead_score = i.lead_score, tier = i.tier, website_visits = i.website_visits,
    content_downloads = i.content_downloads, email_opens = i.email_opens, email_clicks = i.email_clicks,
    demo_requested = i.demo_requested, employee_count = i.employee_count, industry = i.industry,
    company_domain = i.company_domain, crm_status = i.crm_status, episode = i.episode, baseline = i.baseline,
    mql_date = i.mql_date, sql_date = coalesce(i.sql_date, l.sql_date),
    opportunity_date = coalesce(i.opportunity_date, l.opportunity_date),
    opportunity_id = coalesce(i.opportunity_id, l.opportunity_id), assigned_to = i.user_id, crm_owner = i.crm_owner, updated_at = now()
  from incoming i
  where l.org_id = $1 and l.id = i.id
    and (l.name, l.email, l.company_name, l.title, l.state, l.enrollment, l.segment, l.source_id, l.source_detail,
         l.status, l.lead_score, l.tier, l.website_visits, l.content_downloads, l.email_opens, l.email_clicks, l.demo_requested,
         l.employee_count, l.industry, l.company_domain, l.crm_status, l.episode, l.baseline, l.mql_date, l.assigned_to, l.crm_owner,
         l.opportunity_id)
      is distinct from
        (i.name, i.email, i.company_name, i.title, i.state, i.enrollment, i.segment, i.source_id, i.source_detail,
         i.status, i.lead_score, i.tier, i.website_visits, i.content_downloads, i.email_opens, i.email_clicks, i.demo_requested,
         i.employee_count, i.industry, i.company_domain, i.crm_status, i.episode, i.baseline, i.mql_date, i.user_id, i.crm_owner,
         coalesce(i.opportunity_id, l.opportunity_id))
`;
