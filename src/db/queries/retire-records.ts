import type { Tombstone } from '../../model/records.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Marks records as gone and stops writing to them; returns the leads that they belonged to. The image of an erased record
 * is emptied. Unknown records are ignored; repeating it changes nothing.
 */
export async function retireRecords(
  tx: Tx,
  connectionId: ConnectionId,
  tombstones: readonly Tombstone[],
): Promise<LeadId[]> {
  if (tombstones.length === 0) return [];
  const rows = await tx.query<{ leadId: LeadId | null }>(statement, [
    tx.orgId,
    connectionId,
    JSON.stringify(tombstones),
  ]);
  return rows.flatMap((row) => row.leadId ?? []);
}

const statement = `
  with gone as (
    select * from jsonb_to_recordset($3::jsonb) as t (object text, "externalId" text, reason text, "mergedInto" text)
  ), aliased as (
    insert into record_aliases (org_id, connection_id, object, alias_id, external_id)
    select $1, $2, object, "externalId", "mergedInto" from gone where "mergedInto" is not null
    on conflict (org_id, connection_id, object, alias_id) do update set external_id = excluded.external_id
  ), unplanned as (
    delete from push_states p using gone t
    where p.org_id = $1 and p.connection_id = $2 and p.object = t.object and p.external_id = t."externalId"
  ), unrejected as (
    update rejected_records r set resolved_at = now(), fields = '{}' from gone t
    where r.org_id = $1 and r.connection_id = $2 and r.object = t.object and r.external_id = t."externalId"
  )
  update source_records s set
    gone_at = now(), gone_reason = t.reason, updated_at = now(),
    fields = case when t.reason = 'erased' then '{}' else s.fields end,
    mapped = case when t.reason = 'erased' then '{}' else s.mapped end
  from gone t
  where s.org_id = $1 and s.connection_id = $2 and s.object = t.object and s.external_id = t."externalId"
    and s.gone_reason is distinct from t.reason
  returning s.lead_id as "leadId"
`;
