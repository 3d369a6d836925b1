import type { RecordKey } from '../../model/records.ts';
import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface IdentityQuestion {
  readonly externalId: ExternalId;
  /** Records of the same object that are known to be this person: absorbed ones, or the record itself. */
  readonly mergedIds: readonly ExternalId[];
  readonly successor: RecordKey | null;
  /** Lower case; null where unknown. */
  readonly email: string | null;
}

export interface KnownLead {
  readonly leadId: LeadId;
  readonly status: string;
  readonly createdAt: Date;
}

export interface IdentityAnswer {
  readonly externalId: ExternalId;
  readonly byRecord: readonly KnownLead[];
  readonly byEmail: readonly KnownLead[];
}

/**
 * The leads that records may belong to: through records that they absorbed, came from or became, and through their address.
 * Oldest lead first.
 * Takes the organisation's identity lock until the transaction ends: two connections that meet the same new person at the
 * same moment must not make two leads.
 */
export async function findIdentities(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  questions: readonly IdentityQuestion[],
): Promise<IdentityAnswer[]> {
  if (questions.length === 0) return [];
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('identity:' || $1, 0))`, [tx.orgId]);
  return tx.query<IdentityAnswer>(statement, [tx.orgId, target.connectionId, target.object, toJson(questions)]);
}

const lead = `jsonb_build_object('leadId', l.id, 'status', l.status, 'createdAt', l.created_at)`;

const statement = `
  select q."externalId",
    coalesce((
      select jsonb_agg(${lead} order by l.created_at, l.id)
      from (
        select s.lead_id from source_records s
        where s.org_id = $1 and s.connection_id = $2 and s.object = $3
          and s.external_id in (select jsonb_array_elements_text(q."mergedIds"))
        union
        select s.lead_id from source_records s
        where s.org_id = $1 and s.connection_id = $2 and s.successor_id = q."externalId" and s.successor_object = $3
        union
        select s.lead_id from source_records s
        where s.org_id = $1 and s.connection_id = $2 and s.object = q.successor->>'object'
          and s.external_id = q.successor->>'externalId'
      ) kin join leads l on l.org_id = $1 and l.id = kin.lead_id
      where l.merged_into is null
    ), '[]') as "byRecord",
    coalesce((
      select jsonb_agg(${lead} order by l.created_at, l.id)
      from leads l
      where l.org_id = $1 and l.email_key = q.email and l.email_key is not null and l.merged_into is null and l.erased_at is null
    ), '[]') as "byEmail"
  from jsonb_to_recordset($4::jsonb) as q ("externalId" text, "mergedIds" jsonb, successor jsonb, email text)
`;
