import type { PushRecord } from '../../model/push.ts';
import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A live CRM record that can be written, with its push state; the sides are empty where it was never planned. */
export interface PushTarget extends PushRecord {
  /** Whose score it shows: the id of a lead, or the domain of a company; '' = of a company whose domain nobody knows. */
  readonly subject: string;
  readonly planned: boolean;
  /** The mapping that the record was read with last: fields that are new since then are unknown. */
  readonly mappingVersion: number;
  /** The company, which the CRM locks with the record; '' = none. */
  readonly parent: ExternalId;
}

/** Records of a batch whose remote values have just been read. */
export interface SeenRecords {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly externalIds: readonly ExternalId[];
}

/** The records of leads in every connection of the organisation: a person who is in two CRMs gets the score in both. */
export async function loadPushTargets(tx: Tx, leadIds: readonly LeadId[], batch: SeenRecords): Promise<PushTarget[]> {
  if (leadIds.length === 0 && batch.externalIds.length === 0) return [];
  return tx.query<PushTarget>(leadTargets, [tx.orgId, leadIds, batch.connectionId, batch.object, batch.externalIds]);
}

/** The records of companies in every connection of the organisation. */
export async function loadCompanyTargets(
  tx: Tx,
  domains: readonly string[],
  batch: SeenRecords,
): Promise<PushTarget[]> {
  if (domains.length === 0 && batch.externalIds.length === 0) return [];
  return tx.query<PushTarget>(companyTargets, [tx.orgId, domains, batch.connectionId, batch.object, batch.externalIds]);
}

const columns = 'connection_id, object, external_id, lead_id, company_domain, mapping_version, company_id';

// Two index scans; one condition with "or" would read the table.
const targets = (live: string, subject: string): string => `
  with targets as (
    select ${columns} from source_records where org_id = $1 and ${live} and ${subject}
    union
    select ${columns} from source_records where org_id = $1 and ${live}
      and connection_id = $3 and object = $4 and external_id = any($5::text[])
  )
  select t.connection_id as "connectionId", t.object, t.external_id as "externalId", t.lead_id as "leadId",
    coalesce(t.lead_id::text, t.company_domain, '') as subject,
    coalesce(p.wanted, '{}') as wanted, coalesce(p.remote, '{}') as remote, coalesce(p.pushed, '{}') as pushed,
    coalesce(p.kept, '{}') as kept, p.external_id is not null as planned,
    t.mapping_version as "mappingVersion", coalesce(t.company_id, '') as parent
  from targets t
  left join push_states p on p.org_id = $1 and p.connection_id = t.connection_id and p.object = t.object
    and p.external_id = t.external_id
  order by t.connection_id, t.object, t.external_id
`;
const leadTargets = targets(
  `kind = 'lead' and gone_at is null and successor_id is null and lead_id is not null`,
  'lead_id = any($2::uuid[])',
);
const companyTargets = targets(`kind = 'company' and gone_at is null`, 'company_domain = any($2::text[])');

/** Locks the push states of leads, in the order in which a settlement locks them. */
export async function lockPushStates(tx: Tx, leadIds: readonly LeadId[]): Promise<void> {
  await tx.query(
    `select 1 from push_states where org_id = $1 and lead_id = any($2::uuid[])
     order by connection_id, object, external_id for update`,
    [tx.orgId, leadIds],
  );
}

/** The same for the records of companies. */
export async function lockCompanyPushStates(tx: Tx, domains: readonly string[]): Promise<void> {
  await tx.query(
    `select 1 from push_states p
     where p.org_id = $1 and (p.connection_id, p.object, p.external_id) in (
       select s.connection_id, s.object, s.external_id from source_records s
       where s.org_id = $1 and s.company_domain = any($2::text[]))
     order by p.connection_id, p.object, p.external_id for update`,
    [tx.orgId, domains],
  );
}
