import type { EngagementType } from '../../model/engagement.ts';
import type { LeadField, LeadStatus } from '../../model/lead.ts';
import type { ObjectKind } from '../../model/records.ts';
import type { ConnectionId, ExternalId, Fields, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What one CRM record says of a lead, in lead fields; its company and its opportunities come as contributions of their own. */
export interface StoredContribution {
  readonly leadId: LeadId;
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly kind: ObjectKind;
  readonly modifiedAt: Date;
  readonly mapped: Fields;
  /** When the CRM removed it; its values are still the last that we know. */
  readonly gone: boolean;
}

export interface StoredLead extends KnownLead {
  readonly contributions: readonly StoredContribution[];
  readonly eventTotals: EventTotals;
}

/** A lead as it stands, without what its values come from. */
export interface KnownLead {
  readonly leadId: LeadId;
  readonly status: LeadStatus;
  readonly episode: number;
  readonly baseline: Fields | null;
  readonly mqlDate: Date | null;
  readonly crmStatus: string | null;
  /** The lead's columns in the names of `LeadField`. */
  readonly values: Fields;
  readonly score: number | null;
  /** The highest score first. */
  readonly signups: readonly StoredSignup[];
}

/** A signup of the lead: what it and its company say, and the score that it has. */
export interface StoredSignup {
  readonly leadId: LeadId;
  readonly name: string | null;
  readonly email: string;
  readonly company_domain: string | null;
  readonly company_name: string | null;
  readonly industry: string | null;
  readonly employee_count: number | null;
  /** Null = not scored yet. */
  readonly plg_score: number | null;
  readonly plg_tier: string | null;
  readonly suggested_action: string | null;
}

/** Sums of dated events, by connection and type. */
export type EventTotals = Readonly<Record<ConnectionId, { readonly [T in EngagementType]?: number }>>;

/**
 * Loads leads with all that their values and score depend on, and locks them in id order: two connections may meet at
 * one person. Merged and erased leads are left out. Plain rows, put together here: as JSON they would be built, sent and
 * parsed at twice the cost.
 */
export async function loadLeads(tx: Tx, leadIds: readonly LeadId[]): Promise<StoredLead[]> {
  if (leadIds.length === 0) return [];
  await tx.query(`select 1 from leads where org_id = $1 and id = any($2::uuid[]) order by id for update`, [
    tx.orgId,
    leadIds,
  ]);
  const known = await readLeads(tx, leadIds);
  const key = [tx.orgId, leadIds];
  const contributionsOf = byLead(await tx.query<StoredContribution>(contributions, key));
  const totalsOf = byLead(await tx.query<EventTotal>(totals, key));
  return known.map((lead) => ({
    ...lead,
    contributions: contributionsOf.get(lead.leadId) ?? [],
    eventTotals: byConnection(totalsOf.get(lead.leadId) ?? []),
  }));
}

/** For who only looks: nobody waits for them. */
export async function readLeads(tx: Tx, leadIds: readonly LeadId[]): Promise<KnownLead[]> {
  if (leadIds.length === 0) return [];
  const key = [tx.orgId, leadIds];
  const rows = await tx.query<LeadColumns>(leads, key);
  const signupsOf = byLead(await tx.query<StoredSignup>(signups, key));
  return rows.map(({ leadId, status, episode, baseline, mqlDate, score, ...values }) => ({
    leadId,
    status,
    episode,
    baseline,
    mqlDate,
    score,
    crmStatus: values.crm_status,
    values,
    signups: signupsOf.get(leadId) ?? [],
  }));
}

type LeadColumns = Pick<KnownLead, 'leadId' | 'status' | 'episode' | 'baseline' | 'mqlDate' | 'score'> & {
  readonly [F in LeadField]: string | number | boolean | null;
} & { readonly crm_status: string | null };

interface EventTotal {
  readonly leadId: LeadId;
  readonly connectionId: ConnectionId;
  readonly type: EngagementType;
  readonly total: number;
}

function byLead<T extends { readonly leadId: LeadId }>(rows: readonly T[]): ReadonlyMap<LeadId, T[]> {
  return Map.groupBy(rows, ({ leadId }) => leadId);
}

function byConnection(rows: readonly EventTotal[]): EventTotals {
  const sums: Record<ConnectionId, { [T in EngagementType]?: number }> = {};
  for (const { connectionId, type, total } of rows) (sums[connectionId] ??= {})[type] = total;
  return sums;
}

const leads = `
  select l.id as "leadId", l.status, l.episode, l.baseline, l.mql_date as "mqlDate", l.lead_score as score,
    l.name, l.email, l.company_name, l.title, l.state, l.enrollment, s.name as source, l.source_detail, l.website_visits,
    l.content_downloads, l.email_opens, l.email_clicks, l.demo_requested, l.employee_count, l.industry, l.company_domain,
    l.crm_status, l.crm_owner as owner
  from leads l left join lead_sources s on s.org_id = l.org_id and s.id = l.source_id
  where l.org_id = $1 and l.id = any($2::uuid[]) and l.merged_into is null and l.erased_at is null
  order by l.id
`;

const contributions = `
  with people as (
    select lead_id, connection_id, object, external_id, kind, modified_at, mapped, gone_at, company_id
    from source_records where org_id = $1 and lead_id = any($2::uuid[])
  )
  select lead_id as "leadId", connection_id as "connectionId", object, external_id as "externalId", kind,
    modified_at as "modifiedAt", mapped, gone_at is not null as gone
  from people
  union all
  select p.lead_id, c.connection_id, c.object, c.external_id, c.kind, c.modified_at, c.mapped, c.gone_at is not null
  from people p join source_records c
    on c.org_id = $1 and c.connection_id = p.connection_id and c.kind = 'company' and c.external_id = p.company_id
  where p.gone_at is null
  union
  select p.lead_id, o.connection_id, o.object, o.external_id, o.kind, o.modified_at, o.mapped, o.gone_at is not null
  from people p
  join opportunity_links k on k.org_id = $1 and k.connection_id = p.connection_id and k.person = p.external_id
  join source_records o
    on o.org_id = $1 and o.connection_id = k.connection_id and o.external_id = k.opportunity and o.kind = 'opportunity'
`;

// One event may name two records of one person, such as a lead and the contact that it became: it counts once.
const totals = `
  select lead_id as "leadId", connection_id as "connectionId", type, sum(quantity) as total
  from (
    select lead_id, connection_id, type, max(quantity) as quantity from engagement_events
    where org_id = $1 and lead_id = any($2::uuid[]) group by lead_id, connection_id, type, external_id
  ) once
  group by lead_id, connection_id, type
`;

// In the widths of the columns of a lead.
const signups = `
  select d.lead_id as "leadId", left(d.full_name, 200) as name, left(d.email, 255) as email,
    case when d.is_company_email then left(d.company_domain, 255) end as company_domain,
    left(c.company_name, 300) as company_name, left(c.industry, 200) as industry, c.employee_count,
    s.total_score as plg_score, s.tier as plg_tier, s.suggested_action
  from developer_signups d
  -- One look-up a row: joined, a planner may read all companies.
  left join lateral (
    select e.company_name, e.industry, e.employee_count from company_enrichment e
    where e.org_id = $1 and e.domain = d.company_domain and d.is_company_email limit 1
  ) c on true
  left join lead_scores s on s.org_id = $1 and s.developer_id = d.id
  where d.org_id = $1 and d.lead_id = any($2::uuid[])
  order by d.lead_id, s.total_score desc nulls last, d.id
`;
