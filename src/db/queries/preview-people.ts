/** Of whom a preview tells: pages in the order of random ids, so that the first one is a fair sample of all. */
import type { ProfileKind } from '../../model/profile.ts';
import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

const pageStatements: Readonly<Record<ProfileKind, string>> = {
  mql: `select id from leads where org_id = $1 and id > $2 and merged_into is null and erased_at is null
    order by id limit $3`,
  plg: `select id from developer_signups where org_id = $1 and id > $2 order by id limit $3`,
};

const beforeAllIds = '00000000-0000-0000-0000-000000000000';

/** Ids of leads, or of signups where the profile scores those. */
export async function nextPeople(
  tx: Tx,
  kind: ProfileKind,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>(pageStatements[kind], [tx.orgId, after ?? beforeAllIds, limit]);
  return rows.map(({ id }) => id);
}

const countStatements: Readonly<Record<ProfileKind, string>> = {
  mql: `select count(*) as count from leads where org_id = $1 and merged_into is null and erased_at is null`,
  plg: `select count(*) as count from developer_signups where org_id = $1`,
};

export async function countPeople(tx: Tx, kind: ProfileKind): Promise<number> {
  const [row] = await tx.query<{ count: number }>(countStatements[kind], [tx.orgId]);
  return row?.count ?? 0;
}

export interface Named {
  readonly id: LeadId;
  readonly name: string | null;
  readonly email: string | null;
  readonly companyName: string | null;
}

export async function nameLeads(tx: Tx, ids: readonly LeadId[]): Promise<ReadonlyMap<LeadId, Named>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<Named>(
    `select id, name, email, company_name as "companyName" from leads where org_id = $1 and id = any($2::uuid[])`,
    [tx.orgId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** How many CRM records each of the leads has that we write to. */
export async function countRecords(tx: Tx, ids: readonly LeadId[]): Promise<ReadonlyMap<LeadId, number>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: LeadId; records: number }>(
    `select lead_id as id, count(*)::int as records from push_states
     where org_id = $1 and lead_id = any($2::uuid[]) group by lead_id`,
    [tx.orgId, ids],
  );
  return new Map(rows.map(({ id, records }) => [id, records]));
}

/** Beyond these a part of a name is not looked for: no index serves it. */
const searchedLeads = 5_000;

/**
 * Leads in whose name, address or company the words stand, the highest scores first, among those with the highest scores; no words
 * = these themselves.
 */
export async function searchScoredLeads(tx: Tx, words: string, limit: number): Promise<readonly Named[]> {
  const pattern = `%${words.replaceAll(/[\\%_]/gu, String.raw`\$&`)}%`;
  return tx.query<Named>(
    `select id, name, email, company_name as "companyName" from (
       select id, name, email, company_name, lead_score from leads
       where org_id = $1 and lead_score is not null and merged_into is null and erased_at is null
       order by lead_score desc limit $4
     ) as best
     where name ilike $2 or email ilike $2 or company_name ilike $2 order by lead_score desc, id limit $3`,
    [tx.orgId, pattern, limit, searchedLeads],
  );
}
