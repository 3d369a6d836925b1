import type { ObjectKind, RecordKey } from '../../model/records.ts';
import type { ConnectionId, ExternalId, Fields } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface SourceRecordRow {
  readonly externalId: ExternalId;
  readonly modifiedAt: Date;
  /** The image without the fields that we write: an echo of our own write changes nothing here. */
  readonly fields: Fields;
  readonly mapped: Fields;
  readonly companyId: ExternalId | null;
  readonly successor: RecordKey | null;
}

export interface UpsertedRecord {
  readonly externalId: ExternalId;
  /** Null where no lead is attached yet. */
  readonly leadId: string | null;
  /** Something that scoring can see is different, or another mapping has read it. */
  readonly changed: boolean;
  /** What it said before, mapped; null for a new one. */
  readonly previous: Fields | null;
}

/**
 * Writes the images of one object and returns one row for each record that is now newer or different, in no order.
 * An image that is older than the stored one is ignored; calculated fields may change under an equal stamp. Idempotent.
 * The records must be distinct by id.
 */
export async function upsertSourceRecords(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string; kind: ObjectKind; mappingVersion: number },
  records: readonly SourceRecordRow[],
): Promise<UpsertedRecord[]> {
  if (records.length === 0) return [];
  return tx.query<UpsertedRecord>(statement, [
    tx.orgId,
    target.connectionId,
    target.object,
    target.kind,
    target.mappingVersion,
    toJson(records),
  ]);
}

const statement = `
  with incoming as (
    select * from jsonb_to_recordset($6::jsonb)
      as r ("externalId" text, "modifiedAt" timestamptz, fields jsonb, mapped jsonb, "companyId" text, successor jsonb)
  -- A row for each incoming record, known or not: the planner then expects as many, and does not compare each with each.
  ), before as (
    select r."externalId" as external_id, 
      s.external_id is null or s.gone_at is not null or s.mapping_version <> $5 as is_new, s.mapped, s.company_id,
      s.successor_id
    from incoming r left join source_records s
      on s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.external_id = r."externalId"
  ), written as (
    insert into source_records as s
      (org_id, connection_id, object, external_id, kind, modified_at, fields, mapped, mapping_version, company_id,
       successor_object, successor_id)
    select $1, $2, $3, "externalId", $4, "modifiedAt", fields, mapped, $5, "companyId",
      successor->>'object', successor->>'externalId' from incoming
    on conflict (org_id, connection_id, object, external_id) do update set
      modified_at = excluded.modified_at, fields = excluded.fields, mapped = excluded.mapped,
      mapping_version = excluded.mapping_version, company_id = excluded.company_id,
      successor_object = excluded.successor_object, successor_id = excluded.successor_id,
      gone_at = null, gone_reason = null, updated_at = now()
    where s.modified_at <= excluded.modified_at
      and (s.modified_at, s.fields, s.mapped, s.mapping_version, s.company_id, s.successor_id, s.gone_at)
        is distinct from
        (excluded.modified_at, excluded.fields, excluded.mapped, excluded.mapping_version, excluded.company_id,
         excluded.successor_id, null)
    returning s.external_id, s.lead_id, s.mapped, s.company_id, s.successor_id
  )
  select w.external_id as "externalId", w.lead_id as "leadId",
    (b.is_new or (b.mapped, b.company_id, b.successor_id) is distinct from (w.mapped, w.company_id, w.successor_id)) as changed, b.mapped as previous
  from written w join before b using (external_id)
`;
