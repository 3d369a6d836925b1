import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Removes the signups of people who were erased, with their usage and scores, and every sentence that a CRM was given about
 * them or their company: it may name them. Returns the companies that are to be scored anew. Idempotent.
 */
export async function eraseSignups(tx: Tx, leadIds: readonly LeadId[]): Promise<string[]> {
  const rows = await tx.query<{ domain: string }>(
    `select distinct company_domain as domain from developer_signups
     where org_id = $1 and lead_id = any($2::uuid[]) and company_domain is not null and is_company_email`,
    [tx.orgId, leadIds],
  );
  const domains = rows.map(({ domain }) => domain);
  await tx.query(`delete from developer_signups where org_id = $1 and lead_id = any($2::uuid[])`, [tx.orgId, leadIds]);
  await tx.query(`select forget_sentences($1::uuid[], $2::text[])`, [leadIds, domains]);
  return domains;
}

/** Under which addresses people have signed up: not always that which the CRM has. Lower case. */
export async function addressesOfSignups(tx: Tx, leadIds: readonly LeadId[]): Promise<string[]> {
  const rows = await tx.query<{ email: string }>(
    `select lower(email) as email from developer_signups where org_id = $1 and lead_id = any($2::uuid[])`,
    [tx.orgId, leadIds],
  );
  return rows.map(({ email }) => email);
}
