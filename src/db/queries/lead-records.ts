import type { ConnectionId, ExternalId, Fields, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What a lead is made of: values, where it came from, and who was merged into it. */
export interface LeadValuesRow {
  /** By the names of the lead model. */
  readonly values: Fields;
  readonly owner: string | null;
  readonly createdAt: Date;
  readonly erasedAt: Date | null;
  readonly sqlAt: Date | null;
  readonly opportunityAt: Date | null;
  readonly opportunity: { readonly name: string | null; readonly stage: string | null } | null;
  /** Leads that were found to be the same person. */
  readonly absorbed: readonly LeadId[];
  /** The lead that it was merged into, as the same person: whatever a lead has is there; null = none. */
  readonly mergedInto: LeadId | null;
}

export async function readLeadValues(tx: Tx, leadId: LeadId): Promise<LeadValuesRow | null> {
  const [row] = await tx.query<LeadValuesRow>(valuesStatement, [tx.orgId, leadId]);
  return row ?? null;
}

const valuesStatement = `
  select jsonb_build_object('name', l.name, 'email', l.email, 'company_name', l.company_name, 'title', l.title, 'state', l.state,
      'enrollment', l.enrollment, 'source_detail', l.source_detail, 'website_visits', l.website_visits,
      'content_downloads', l.content_downloads, 'email_opens', l.email_opens, 'email_clicks', l.email_clicks,
      'demo_requested', l.demo_requested, 'owner', l.crm_owner, 'source', src.name, 'employee_count', l.employee_count,
      'industry', l.industry, 'company_domain', l.company_domain, 'crm_status', l.crm_status) as values,
    coalesce(u.name, u.email) as owner, l.created_at as "createdAt", l.erased_at as "erasedAt", l.sql_date as "sqlAt",
    l.opportunity_date as "opportunityAt",
    case when o.id is not null then jsonb_build_object('name', o.name, 'stage', o.stage) end as opportunity,
    array(select m.id from leads m where m.org_id = $1 and m.merged_into = l.id order by m.created_at limit 50) as absorbed,
    l.merged_into as "mergedInto"
  from leads l
  left join lead_sources src on src.org_id = $1 and src.id = l.source_id
  left join users u on u.org_id = $1 and u.id = l.assigned_to
  left join opportunities o on o.org_id = $1 and o.id = l.opportunity_id
  where l.org_id = $1 and l.id = $2
`;

/** A CRM record behind a lead, or that of its company. */
export interface LeadRecordRow {
  readonly connectionId: ConnectionId;
  readonly connection: string;
  readonly kind: 'lead' | 'company';
  readonly object: string;
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  readonly firstSeenAt: Date;
  readonly goneAt: Date | null;
  readonly goneReason: string | null;
  /** The record that it has become, such as a lead that is a contact now. */
  readonly successorId: ExternalId | null;
  readonly mapped: Fields;
  readonly fields: Fields;
  /** Ids that were merged into it. */
  readonly aliases: readonly ExternalId[];
  /** What of it could not be read or written, and is not put right yet. */
  readonly faults: readonly RecordFault[];
}

export interface RecordFault {
  readonly stage: string;
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly effect: string;
}

/** The person's own ones first, the newest of them before the others. */
export async function readLeadRecords(tx: Tx, leadId: LeadId): Promise<LeadRecordRow[]> {
  return tx.query<LeadRecordRow>(recordStatement, [tx.orgId, leadId]);
}

const recordStatement = `
  with own as (
    select * from source_records where org_id = $1 and lead_id = $2 and kind = 'lead'
  ), companies as (
    select distinct on (s.connection_id, s.object, s.external_id) s.* from own o
    join source_records s on s.org_id = $1 and s.connection_id = o.connection_id and s.external_id = o.company_id
      and s.kind = 'company'
    where o.company_id is not null and o.gone_at is null
  )
  select r.connection_id as "connectionId", c.name as connection, r.kind, r.object, r.external_id as "externalId",
    r.modified_at as "modifiedAt", r.first_seen_at as "firstSeenAt", r.gone_at as "goneAt", r.gone_reason as "goneReason",
    r.successor_id as "successorId", r.mapped, r.fields,
    array(select a.alias_id from record_aliases a where a.org_id = $1 and a.connection_id = r.connection_id
      and a.object = r.object and a.external_id = r.external_id order by a.alias_id limit 50) as aliases,
    coalesce((select jsonb_agg(jsonb_build_object('stage', j.stage, 'field', j.field, 'code', j.code, 'message', j.message,
        'effect', j.effect) order by j.id)
      from rejected_records j where j.org_id = $1 and j.connection_id = r.connection_id and j.object = r.object
        and j.external_id = r.external_id and j.resolved_at is null), '[]') as faults
  from (select * from own union all select * from companies) r
  join connections c on c.org_id = $1 and c.id = r.connection_id
  order by r.kind desc, r.gone_at nulls first, r.modified_at desc, c.name, r.object, r.external_id
`;
