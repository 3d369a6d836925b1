import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** Makes the companies that are not there yet, of which nothing is known but the domain; returns their domains. */
export async function addMissingCompanies(tx: Tx, domains: readonly string[], now: Date): Promise<string[]> {
  if (domains.length === 0) return [];
  const rows = await tx.query<{ domain: string }>(
    `insert into company_enrichment (org_id, domain, enriched_at)
     select $1, i.domain, $3 from unnest($2::text[]) as i (domain)
     left join lateral (select c.id from company_enrichment c where c.org_id = $1 and c.domain = i.domain limit 1) c on true
     where c.id is null
     on conflict (org_id, domain) do nothing returning domain`,
    [tx.orgId, domains, now],
  );
  return rows.map(({ domain }) => domain);
}

export interface CompanyRow {
  /** Distinct. */
  readonly domain: string;
  /** Columns by name: what is not there stays as it is, null takes back what was imported before. */
  readonly said: Readonly<Record<string, unknown>>;
}

/**
 * Writes what is imported of companies, and the columns that follow from all three layers; returns the domains where
 * something is different. The companies must be there.
 */
export async function saveImported(tx: Tx, rows: readonly CompanyRow[], now: Date): Promise<string[]> {
  if (rows.length === 0) return [];
  const changed = await tx.query<{ domain: string }>(statement, [tx.orgId, toJson(rows), now]);
  return changed.map(({ domain }) => domain);
}

// The layers are read from the row that is updated, so that of two who write at once neither undoes the other.
const statement = `
  update company_enrichment c set
    (imported, company_name, industry, employee_count, employee_range, company_type, funding_stage, total_funding_usd,
     tech_stack, linkedin_url, enriched_at) =
    (select m.imported, v->>'company_name', v->>'industry', (v->>'employee_count')::int, v->>'employee_range',
       v->>'company_type', v->>'funding_stage', (v->>'total_funding_usd')::bigint, coalesce(v->'tech_stack', '[]'),
       v->>'linkedin_url', $3::timestamptz
     from (select jsonb_strip_nulls(c.imported || i.said) as imported) m,
       lateral (select c.crm_fills || m.imported || c.crm_wins as v) w)
  from jsonb_to_recordset($2::jsonb) as i (domain text, said jsonb)
  where c.org_id = $1 and c.domain = i.domain and jsonb_strip_nulls(c.imported || i.said) is distinct from c.imported
  returning c.domain
`;
