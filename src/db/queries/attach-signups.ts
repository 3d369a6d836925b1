import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Ties signups to the lead of their address, and makes the leads that are missing; returns the companies of the
 * people who had none. Idempotent. Takes the organisation's identity lock, as whoever else makes leads does (`find-identities.ts`).
 *
 * Addresses and leads are matched here: in one statement, a planner that has not seen the tables yet compares each with each.
 */
export async function attachSignups(tx: Tx, developerIds: readonly string[]): Promise<string[]> {
  const open = await tx.query<OpenSignup>(openSignups, [tx.orgId, developerIds]);
  if (open.length === 0) return [];
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('identity:' || $1, 0))`, [tx.orgId]);
  const keys = [...new Set(open.map(({ key }) => key))];
  const known = await tx.query<AddressedLead>(leadsByAddress, [tx.orgId, keys]);
  const leadOf = new Map(known.map(({ key, id }) => [key, id]));
  const unknown = new Map(open.filter(({ key }) => !leadOf.has(key)).map(({ key, email }) => [key, email]));
  const made = await tx.query<AddressedLead>(makeLeads, [tx.orgId, [...unknown.values()]]);
  made.forEach(({ key, id }) => leadOf.set(key, id));
  const tied = open.flatMap(({ id, key }) => {
    const leadId = leadOf.get(key);
    return leadId === undefined ? [] : [{ id, leadId }];
  });
  await tx.query(tie, [tx.orgId, tied.map(({ id }) => id), tied.map(({ leadId }) => leadId)]);
  return [...new Set(open.flatMap(({ domain }) => domain ?? []))];
}

interface OpenSignup {
  readonly id: string;
  readonly email: string;
  /** The address in lower case: a table that is filled by hand holds it as it came. */
  readonly key: string;
  /** Null = a private address. */
  readonly domain: string | null;
}

interface AddressedLead {
  readonly id: LeadId;
  readonly key: string;
}

const openSignups = `
  select id, left(email, 255) as email, lower(left(email, 255)) as key,
    case when is_company_email then company_domain end as domain
  from developer_signups where org_id = $1 and id = any($2::uuid[]) and lead_id is null order by id
`;

// Of several leads with one address the oldest, as for records of a CRM: the last one of a key stays in the map.
const leadsByAddress = `
  select id, email_key as key from leads
  where org_id = $1 and email_key = any($2::text[]) and email_key is not null and merged_into is null
  order by created_at desc, id desc
`;

const makeLeads = `
  insert into leads (org_id, email) select $1, unnest($2::text[]) returning id, email_key as key
`;

const tie = `
  update developer_signups d set lead_id = t.lead_id
  from unnest($2::uuid[], $3::uuid[]) as t (id, lead_id)
  where d.org_id = $1 and d.id = t.id
`;
