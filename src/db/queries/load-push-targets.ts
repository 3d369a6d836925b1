import type { PushRecord } from '../../model/push.ts';
import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A live CRM record of a lead that can be written, with its push state; the sides are empty where it was never planned. */
export interface PushTarget extends PushRecord {
  readonly planned: boolean;
  /** The mapping that the record was read with last: fields that are new since then are unknown. */
  readonly mappingVersion: number;
  /** The company, which the CRM locks with the record; '' = none. */
  readonly parent: ExternalId;
}

/** The records of leads in every connection of the organisation: a person who is in two CRMs gets the score in both. */
export async function loadPushTargets(
  tx: Tx,
  leadIds: readonly LeadId[],
  batch: { connectionId: ConnectionId; object: string; externalIds: readonly ExternalId[] },
): Promise<PushTarget[]> {
  if (leadIds.length === 0 && batch.externalIds.length === 0) return [];
  return tx.query<PushTarget>(statement, [tx.orgId, leadIds, batch.connectionId, batch.object, batch.externalIds]);
}

const statement = `
  with targets as (
    select connection_id, object, external_id, lead_id, mapping_version, company_id from source_records
    where org_id = $1 and kind = 'lead' and gone_at is null and successor_id is null and lead_id = any($2::uuid[])
    union
    select connection_id, object, external_id, lead_id, mapping_version, company_id from source_records
    where org_id = $1 and kind = 'lead' and gone_at is null and successor_id is null and lead_id is not null
      and connection_id = $3 and object = $4 and external_id = any($5::text[])
  )
  select t.connection_id as "connectionId", t.object, t.external_id as "externalId", t.lead_id as "leadId",
    coalesce(p.wanted, '{}') as wanted, coalesce(p.remote, '{}') as remote, coalesce(p.pushed, '{}') as pushed,
    coalesce(p.kept, '{}') as kept, p.external_id is not null as planned,
    t.mapping_version as "mappingVersion", coalesce(t.company_id, '') as parent
  from targets t
  left join push_states p on p.org_id = $1 and p.connection_id = t.connection_id and p.object = t.object
    and p.external_id = t.external_id
  order by t.connection_id, t.object, t.external_id
`;

/** Locks the push states of leads, in the order in which a settlement locks them. */
export async function lockPushStates(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
  await tx.query(
    `select 1 from push_states where org_id = $1 and lead_id = any($2::uuid[])
     order by connection_id, object, external_id for update`,
    [tx.orgId, leadIds],
  );
}
