import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface SignupRow {
  /** Lower case; distinct. */
  readonly email: string;
  /** The company that the address tells of; null for free mail. */
  readonly ownDomain: string | null;
  /** Columns by name: those that are not there stay as they are. */
  readonly said: Readonly<Record<string, unknown>>;
}

export interface WrittenSignup {
  readonly email: string;
  readonly id: string;
  readonly isNew: boolean;
  /** The company before; null for a new one. */
  readonly domainBefore: string | null;
  readonly domain: string | null;
}

/** Writes signups and returns those that are new or different. The turn of `lockProductScores` must be held. */
export async function saveSignups(tx: Tx, rows: readonly SignupRow[], now: Date): Promise<WrittenSignup[]> {
  if (rows.length === 0) return [];
  return tx.query<WrittenSignup>(statement, [tx.orgId, toJson(rows), now]);
}

const statement = `
  with incoming as (
    select * from jsonb_to_recordset($2::jsonb) as r (email text, "ownDomain" text, said jsonb)
  -- What each shall be. One look-up a row (limit 1): without statistics the planner would rather read all.
  ), wanted as materialized (
    select i.email, d.id, d.company_domain as domain_before,
      case when i.said ? 'full_name' then i.said->>'full_name' else d.full_name end as full_name,
      case when i.said ? 'company_domain' or d.id is null then coalesce(i.said->>'company_domain', i."ownDomain")
        else d.company_domain end as company_domain,
      coalesce((i.said->>'signup_date')::timestamptz, d.signup_date, $3) as signup_date,
      case when i.said ? 'signup_source' then i.said->>'signup_source' else d.signup_source end as signup_source
    from incoming i
    left join lateral (select * from developer_signups s where s.org_id = $1 and s.email = i.email limit 1) d on true
  ), created as (
    insert into developer_signups (org_id, email, full_name, company_domain, signup_date, signup_source)
    select $1, email, full_name, company_domain, signup_date, signup_source from wanted where id is null
    returning id, email, company_domain
  ), updated as (
    update developer_signups d set
      full_name = w.full_name, company_domain = w.company_domain, signup_date = w.signup_date,
      signup_source = w.signup_source, updated_at = now()
    from wanted w
    where d.org_id = $1 and d.id = w.id and (d.full_name, d.company_domain, d.signup_date, d.signup_source)
      is distinct from (w.full_name, w.company_domain, w.signup_date, w.signup_source)
    returning d.id, d.email, d.company_domain, w.domain_before
  )
  select email, id, true as "isNew", null as "domainBefore", company_domain as domain from created
  union all select email, id, false, domain_before, company_domain from updated
`;

export interface UnknownSignup {
  readonly email: string;
  readonly company_domain: string | null;
  readonly signup_date: string;
}

/** Makes the signups that are not there yet; the others are left alone. The turn of `lockProductScores` must be held. */
export async function addMissingSignups(tx: Tx, rows: readonly UnknownSignup[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(addMissing, [tx.orgId, toJson(rows)]);
}

const addMissing = `
  with incoming as (
    select r.*, d.id from jsonb_to_recordset($2::jsonb) as r (email text, company_domain text, signup_date timestamptz)
    left join lateral (select s.id from developer_signups s where s.org_id = $1 and s.email = r.email limit 1) d on true
  )
  insert into developer_signups (org_id, email, company_domain, signup_date)
  select $1, email, company_domain, signup_date from incoming where id is null
`;
