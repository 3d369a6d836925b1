import type { EngagementType } from '../../model/engagement.ts';
import type { LeadStatus } from '../../model/lead.ts';
import type { ObjectKind } from '../../model/records.ts';
import type { ConnectionId, ExternalId, Fields, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What one CRM record says of a lead, in lead fields; the company that it names comes as a contribution of its own. */
export interface StoredContribution {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly kind: ObjectKind;
  readonly modifiedAt: string;
  readonly mapped: Fields;
  /** When the CRM removed it; its values are still the last that we know. */
  readonly gone: boolean;
}

export interface StoredLead {
  readonly leadId: LeadId;
  readonly status: LeadStatus;
  readonly episode: number;
  readonly baseline: Fields | null;
  readonly mqlDate: Date | null;
  readonly crmStatus: string | null;
  /** The lead's columns in the names of `LeadField`. */
  readonly values: Fields;
  readonly segment: string | null;
  readonly score: number | null;
  readonly tier: string | null;
  readonly reason: string | null;
  readonly profileVersion: number | null;
  readonly contributions: readonly StoredContribution[];
  /** Sums of dated events, by connection and type. */
  readonly eventTotals: Readonly<Record<ConnectionId, { readonly [T in EngagementType]?: number }>>;
}

/**
 * Loads leads with all that their values and score depend on, and locks them in id order: two connections may meet at
 * one person. Merged and erased leads are left out.
 */
export async function loadLeads(tx: Tx, leadIds: readonly LeadId[]): Promise<StoredLead[]> {
  if (leadIds.length === 0) return [];
  await tx.query(`select 1 from leads where org_id = $1 and id = any($2::uuid[]) order by id for update`, [
    tx.orgId,
    leadIds,
  ]);
  return tx.query<StoredLead>(statement, [tx.orgId, leadIds]);
}

const statement = `
  with wanted as (
    select * from leads where org_id = $1 and id = any($2::uuid[]) and merged_into is null and erased_at is null
  ), people as (
    select s.lead_id, s.connection_id, s.object, s.external_id, s.kind, s.modified_at, s.mapped, s.gone_at, s.company_id
    from source_records s where s.org_id = $1 and s.lead_id = any($2::uuid[])
  ), parts as (
    select lead_id, connection_id, object, external_id, kind, modified_at, mapped, gone_at is not null as gone from people
    union all
    select p.lead_id, c.connection_id, c.object, c.external_id, c.kind, c.modified_at, c.mapped, c.gone_at is not null
    from people p join source_records c
      on c.org_id = $1 and c.connection_id = p.connection_id and c.kind = 'company' and c.external_id = p.company_id
    where p.gone_at is null
  ), contributions as (
    select lead_id, jsonb_agg(jsonb_build_object(
      'connectionId', connection_id, 'object', object, 'externalId', external_id, 'kind', kind,
      'modifiedAt', modified_at, 'mapped', mapped, 'gone', gone)) as list
    from parts group by lead_id
  ), totals as (
    select lead_id, jsonb_object_agg(connection_id, by_type) as by_connection
    from (
      select lead_id, connection_id, jsonb_object_agg(type, n) as by_type
      from (
        select lead_id, connection_id, type, sum(quantity) as n from engagement_events
        where org_id = $1 and lead_id = any($2::uuid[]) group by lead_id, connection_id, type
      ) e group by lead_id, connection_id
    ) t group by lead_id
  )
  select l.id as "leadId", l.status, l.episode, l.baseline, l.mql_date as "mqlDate", l.crm_status as "crmStatus",
    l.segment, l.lead_score as score,
    b.tier, b.reason, b.profile_version as "profileVersion",
    jsonb_build_object(
      'name', l.name, 'email', l.email, 'company_name', l.company_name, 'title', l.title, 'state', l.state,
      'enrollment', l.enrollment, 'source', s.name, 'source_detail', l.source_detail,
      'website_visits', l.website_visits, 'content_downloads', l.content_downloads, 'email_opens', l.email_opens,
      'email_clicks', l.email_clicks, 'demo_requested', l.demo_requested, 'employee_count', l.employee_count,
      'industry', l.industry, 'company_domain', l.company_domain, 'crm_status', l.crm_status, 'owner', l.crm_owner
    ) as values,
    coalesce(c.list, '[]') as contributions,
    coalesce(t.by_connection, '{}') as "eventTotals"
  from wanted l
  left join contributions c on c.lead_id = l.id
  left join totals t on t.lead_id = l.id
  left join lead_sources s on s.org_id = l.org_id and s.id = l.source_id
  left join score_breakdowns b on b.org_id = l.org_id and b.lead_id = l.id and b.kind = 'mql'
  order by l.id
`;
