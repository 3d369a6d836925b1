import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface AttachedSignups {
  readonly leadIds: readonly LeadId[];
  /** Companies of the people who had no lead. */
  readonly domains: readonly string[];
}

/**
 * Ties signups to the lead of their address, and makes the leads that are missing; tells of those that had none.
 * Idempotent. Takes the organisation's identity lock, as whoever else makes leads does (`find-identities.ts`).
 */
export async function attachSignups(tx: Tx, developerIds: readonly string[]): Promise<AttachedSignups> {
  const [open] = await tx.query<{ n: number }>(
    `select count(*)::int as n from developer_signups where org_id = $1 and id = any($2::uuid[]) and lead_id is null`,
    [tx.orgId, developerIds],
  );
  if ((open?.n ?? 0) === 0) return { leadIds: [], domains: [] };
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('identity:' || $1, 0))`, [tx.orgId]);
  await tx.query(create, [tx.orgId, developerIds]);
  const attached = await tx.query<{ leadId: LeadId; domain: string | null }>(attach, [tx.orgId, developerIds]);
  return {
    leadIds: [...new Set(attached.map(({ leadId }) => leadId))],
    domains: [...new Set(attached.flatMap(({ domain }) => domain ?? []))],
  };
}

// Signups without a lead, and who that is, whatever the case of the address: a table that is filled by hand holds it as it came.
// Of several leads with one address the oldest, as for records of a CRM. One look-up a row (`limit 1`), or all leads are read.
const known = `
  left join lateral (
    select l.id from leads l
    where l.org_id = $1 and l.email_key = lower(d.email) and l.email_key is not null and l.merged_into is null
    order by l.created_at, l.id limit 1
  ) l on true
  where d.org_id = $1 and d.id = any($2::uuid[]) and d.lead_id is null
`;

const create = `
  insert into leads (org_id, email)
  select distinct on (lower(d.email)) $1::uuid, left(d.email, 255)
  from developer_signups d ${known} and l.id is null
  order by lower(d.email), d.id
`;

const attach = `
  update developer_signups d set lead_id = k.lead_id
  from (select d.id, l.id as lead_id from developer_signups d ${known}) k
  where d.org_id = $1 and d.id = k.id and k.lead_id is not null
  returning d.lead_id as "leadId", case when d.is_company_email then d.company_domain end as domain
`;
