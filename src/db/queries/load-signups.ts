import type { UsageRow } from '../../model/product.ts';
import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A signup with its latest usage and the score that it has, in plain columns: a million of them are read in a rescore. */
export interface SignupRow extends UsageColumns {
  readonly id: string;
  readonly email: string;
  readonly full_name: string | null;
  readonly company_domain: string | null;
  readonly is_company_email: boolean;
  readonly signup_source: string | null;
  readonly signup_date: Date;
  readonly lead_id: LeadId | null;
  readonly billing_tier: string | null;
  readonly company_score: number | null;
  readonly usage_score: number | null;
  readonly expansion_score: number | null;
  readonly champion_score: number | null;
  readonly timing_score: number | null;
  /** Null = it has no score yet. */
  readonly profile_version: number | null;
  readonly confidence: number | null;
  readonly suggested_action: string | null;
  readonly total_score: number | null;
  readonly tier: string | null;
  readonly is_scored: boolean;
  readonly scored_at: Date | null;
}

/** `UsageRow` as it is read; all is null where no usage is known. */
export interface UsageColumns extends Omit<
  UsageRow,
  'captured_at' | 'features_used' | 'billing_tier' | 'api_call_growth_pct'
> {
  readonly captured_at: Date | null;
  /** One bit for each feature, in the order of `features`; null = none of them is known. */
  readonly feature_bits: number | null;
}

/** The feature columns of `internal_signals` and how the seed's dashboard calls them. */
export const features = [
  ['uses_auth', 'Auth'],
  ['uses_storage', 'Storage'],
  ['uses_edge_functions', 'Edge Functions'],
  ['uses_realtime', 'Realtime'],
  ['uses_vector', 'Vector'],
  ['uses_cron', 'Cron'],
] as const;

const columns = features.map(([column]) => `i.${column}`);
export const featureBits = `case when num_nonnulls(${columns.join(', ')}) = 0 then null else
  ${columns.map((column, bit) => `coalesce(${column}, false)::int * ${2 ** bit}`).join(' + ')} end`;

/** Signups by id, in the order of ids. */
export async function loadSignups(tx: Tx, ids: readonly string[]): Promise<SignupRow[]> {
  return ids.length === 0 ? [] : tx.query<SignupRow>(statement, [tx.orgId, ids]);
}

const statement = `
  select d.id, d.email, d.full_name, d.company_domain, d.is_company_email, d.signup_source, d.signup_date, d.lead_id,
    i.captured_at, i.project_count, i.active_projects, ${featureBits} as feature_bits, i.team_member_count,
    i.team_members_added_last_30d, i.api_calls_30d, i.api_calls_prev_30d, i.dashboard_logins_30d,
    i.last_active_at, i.billing_tier, i.tier_upgraded_at,
    s.company_score, s.usage_score, s.expansion_score, s.champion_score, s.timing_score, s.profile_version, s.confidence,
    s.suggested_action, s.total_score, s.tier, s.id is not null as is_scored, s.scored_at
  from developer_signups d
  left join lateral (
    select * from internal_signals u where u.org_id = $1 and u.developer_id = d.id order by u.captured_at desc limit 1
  ) i on true
  left join lead_scores s on s.org_id = $1 and s.developer_id = d.id
  where d.org_id = $1 and d.id = any($2::uuid[])
  order by d.id
`;

/** The signups of companies: whom a change of the company concerns. */
export async function signupsOfCompanies(tx: Tx, domains: readonly string[]): Promise<string[]> {
  if (domains.length === 0) return [];
  const rows = await tx.query<{ id: string }>(
    `select id from developer_signups where org_id = $1 and company_domain = any($2::text[]) order by id`,
    [tx.orgId, domains],
  );
  return rows.map(({ id }) => id);
}

/** Where a walk through signups has come to: company by company, then those without one (null), by id. */
export interface SignupPlace {
  readonly domain: string | null;
  readonly id: string;
}

/** The next signups; people of one company stand together, so that it is read once for many of them. */
export async function nextSignups(tx: Tx, after: SignupPlace | null, limit: number): Promise<SignupPlace[]> {
  const { domain, id } = after ?? { domain: '', id: beforeAllIds };
  if (domain !== null) {
    const next = await tx.query<SignupPlace>(nextOfCompanies, [tx.orgId, domain, id, limit]);
    if (next.length > 0) return next;
  }
  return tx.query<SignupPlace>(nextWithout, [tx.orgId, domain === null ? id : beforeAllIds, limit]);
}

const beforeAllIds = '00000000-0000-0000-0000-000000000000';

const nextOfCompanies = `
  select company_domain as domain, id from developer_signups
  where org_id = $1 and (company_domain, id) > ($2, $3::uuid) order by company_domain, id limit $4
`;
const nextWithout = `
  select company_domain as domain, id from developer_signups
  where org_id = $1 and company_domain is null and id > $2 order by id limit $3
`;

/** The next signups without a lead, by id; `after` null = from the first. */
export async function nextStrangers(tx: Tx, after: string | null, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from developer_signups where org_id = $1 and id > $2 and lead_id is null order by id limit $3`,
    [tx.orgId, after ?? beforeAllIds, limit],
  );
  return rows.map(({ id }) => id);
}

/** The next companies by domain: those of signups, and those that have a score and perhaps nobody any more. */
export async function nextDomains(tx: Tx, after: string | null, limit: number): Promise<string[]> {
  const rows = await tx.query<{ domain: string }>(
    `select domain from (
       (select distinct company_domain as domain from developer_signups where org_id = $1 and company_domain > $2
        order by company_domain limit $3)
       union
       (select company_domain from account_scores where org_id = $1 and company_domain > $2 order by company_domain limit $3)
     ) as next order by domain limit $3`,
    [tx.orgId, after ?? '', limit],
  );
  return rows.map(({ domain }) => domain);
}

/** The signups of a lead; a merge has moved those of the lead that it absorbed. */
export async function signupsOfLead(tx: Tx, leadId: LeadId): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from developer_signups where org_id = $1 and lead_id = $2 order by id`,
    [tx.orgId, leadId],
  );
  return rows.map(({ id }) => id);
}

/** The leads of signups that have one. */
export async function leadsOfDevelopers(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, LeadId>> {
  const rows = await tx.query<{ id: string; leadId: LeadId }>(
    `select id, lead_id as "leadId" from developer_signups where org_id = $1 and id = any($2::uuid[]) and lead_id is not null`,
    [tx.orgId, ids],
  );
  return new Map(rows.map(({ id, leadId }) => [id, leadId]));
}
