import type { ConnectionId, ExternalId, Fields } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** What a company's record in a CRM says, in our names. */
export interface CrmCompany {
  readonly domain: string;
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly mapped: Fields;
}

/** The live company records of domains, the newest first. */
export async function crmCompaniesOf(tx: Tx, domains: readonly string[]): Promise<CrmCompany[]> {
  if (domains.length === 0) return [];
  return tx.query<CrmCompany>(
    `select s.company_domain as domain, s.connection_id as "connectionId", s.object, s.mapped
     from source_records s
     where s.org_id = $1 and s.company_domain = any($2::text[]) and s.gone_at is null
     order by s.modified_at desc, s.connection_id, s.external_id`,
    [tx.orgId, domains],
  );
}

/** Which of these domains the product side knows. */
export async function knownDomains(tx: Tx, domains: readonly string[]): Promise<string[]> {
  if (domains.length === 0) return [];
  const rows = await tx.query<{ domain: string }>(
    // Look-ups one by one: asked whether there `exists` any, the planner reads a whole table first.
    `select d.domain from unnest($2::text[]) as d (domain)
     where coalesce(
       (select true from developer_signups s where s.org_id = $1 and s.company_domain = d.domain limit 1),
       (select true from company_enrichment c where c.org_id = $1 and c.domain = d.domain limit 1))`,
    [tx.orgId, domains],
  );
  return rows.map(({ domain }) => domain);
}

export interface CompanyLayers {
  readonly domain: string;
  /** Used where nothing else is known. */
  readonly fills: Fields;
  /** Used whatever else is known. */
  readonly wins: Fields;
}

/** Writes what CRMs say of companies beside what was imported; returns the domains of those whose facts have changed. */
export async function saveCrmLayers(tx: Tx, layers: readonly CompanyLayers[]): Promise<string[]> {
  if (layers.length === 0) return [];
  const rows = await tx.query<{ domain: string }>(statement, [tx.orgId, toJson(layers)]);
  return rows.map(({ domain }) => domain);
}

// A company of which no CRM says anything gets no row of its own.
const statement = `
  with incoming as (
    select r.domain, r.fills, r.wins, coalesce(c.imported, '{}') as imported, c.id
    from jsonb_to_recordset($2::jsonb) as r (domain text, fills jsonb, wins jsonb)
    left join company_enrichment c on c.org_id = $1 and c.domain = r.domain
    where c.id is not null or r.fills <> '{}' or r.wins <> '{}'
  ), facts as (
    select i.domain, i.fills, i.wins, f.*
    from incoming i, jsonb_to_record(i.fills || i.imported || i.wins) as f (company_name text, industry text,
      employee_count int, employee_range text, company_type text, funding_stage text, total_funding_usd bigint,
      tech_stack jsonb, linkedin_url text)
  )
  insert into company_enrichment as c (org_id, domain, company_name, industry, employee_count, employee_range, company_type,
    funding_stage, total_funding_usd, tech_stack, linkedin_url, crm_fills, crm_wins)
  select $1, domain, company_name, industry, employee_count, employee_range, company_type, funding_stage,
    total_funding_usd, coalesce(tech_stack, '[]'), linkedin_url, fills, wins
  from facts
  on conflict (org_id, domain) do update set
    company_name = excluded.company_name, industry = excluded.industry, employee_count = excluded.employee_count,
    employee_range = excluded.employee_range, company_type = excluded.company_type,
    funding_stage = excluded.funding_stage, total_funding_usd = excluded.total_funding_usd,
    tech_stack = excluded.tech_stack, linkedin_url = excluded.linkedin_url, crm_fills = excluded.crm_fills,
    crm_wins = excluded.crm_wins
  where (c.crm_fills, c.crm_wins) is distinct from (excluded.crm_fills, excluded.crm_wins)
  returning c.domain
`;

/** The domains that company records name, gone or not. */
export async function domainsOfRecords(
  tx: Tx,
  target: { readonly connectionId: ConnectionId; readonly object: string },
  externalIds: readonly ExternalId[],
): Promise<string[]> {
  if (externalIds.length === 0) return [];
  const rows = await tx.query<{ domain: string }>(
    `select distinct company_domain as domain from source_records
     where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[])
       and company_domain is not null`,
    [tx.orgId, target.connectionId, target.object, externalIds],
  );
  return rows.map(({ domain }) => domain);
}
