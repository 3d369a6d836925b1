import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface LeadMerge {
  readonly survivor: LeadId;
  readonly absorbed: LeadId;
}

/**
 * Makes one lead of two: records, events, signups and waiting writes move to the survivor. The absorbed lead stays, with
 * its history, and points at the survivor. What the survivor lacks it takes over. For a survivor that was recycled, what
 * the other one had done is old engagement: it goes into the baseline. Idempotent.
 */
export async function mergeLeads(tx: Tx, merges: readonly LeadMerge[]): Promise<void> {
  for (const { survivor, absorbed } of merges) {
    const values = [tx.orgId, survivor, absorbed];
    for (const table of ['source_records', 'engagement_events', 'push_states', 'developer_signups']) {
      await tx.query(`update ${table} set lead_id = $2 where org_id = $1 and lead_id = $3`, values);
    }
    await tx.query(`update leads set merged_into = $2 where org_id = $1 and merged_into = $3`, values);
    await tx.query(statement, values);
  }
}

const counters = ['website_visits', 'content_downloads', 'email_opens', 'email_clicks'];
const raised = counters
  .map((field) => `'${field}', coalesce((l.baseline->>'${field}')::int, 0) + gone.${field}`)
  .join(', ');

const statement = `
  with gone as (
    update leads set merged_into = $2, updated_at = now()
    where org_id = $1 and id = $3 and merged_into is null
    returning *
  )
  update leads l set
    created_at = least(l.created_at, gone.created_at),
    mql_date = greatest(l.mql_date, gone.mql_date),
    sql_date = greatest(l.sql_date, gone.sql_date),
    opportunity_date = greatest(l.opportunity_date, gone.opportunity_date),
    opportunity_id = coalesce(l.opportunity_id, gone.opportunity_id),
    source_id = coalesce(l.source_id, gone.source_id),
    source_detail = coalesce(l.source_detail, gone.source_detail),
    baseline = case when l.baseline is null then null else l.baseline || jsonb_build_object(${raised},
      'demo_requested', coalesce((l.baseline->>'demo_requested')::boolean, false) or gone.demo_requested) end
  from gone where l.org_id = $1 and l.id = $2
`;
