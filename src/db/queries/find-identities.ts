import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface IdentityQuestion {
  readonly externalId: ExternalId;
  readonly mergedIds: readonly ExternalId[];
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
  readonly byMerge: readonly KnownLead[];
  readonly byEmail: readonly KnownLead[];
}

/**
 * The leads that records may belong to: through ids that they absorbed, and through their address. Oldest lead first.
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
      from source_records s join leads l on l.org_id = s.org_id and l.id = s.lead_id
      where s.org_id = $1 and s.connection_id = $2 and s.object = $3
        and s.external_id in (select jsonb_array_elements_text(q."mergedIds"))
        and l.merged_into is null
    ), '[]') as "byMerge",
    coalesce((
      select jsonb_agg(${lead} order by l.created_at, l.id)
      from leads l
      where l.org_id = $1 and l.email_key = q.email and l.email_key is not null and l.merged_into is null and l.erased_at is null
    ), '[]') as "byEmail"
  from jsonb_to_recordset($4::jsonb) as q ("externalId" text, "mergedIds" jsonb, email text)
`;
