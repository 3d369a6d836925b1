import { companyColumns, type CompanyRows, type SignalRow } from '../../model/product.ts';
import type { Tx } from '../tx.ts';

/** What is known of a company. */
export interface CompanyFactsRow extends CompanyRows {
  readonly domain: string;
}

/** Companies by domain, with their people and signals in a stable order. Unknown domains are left out. */
export async function loadCompanies(tx: Tx, domains: readonly string[]): Promise<CompanyFactsRow[]> {
  if (domains.length === 0) return [];
  const rows = await tx.query<CompanyFactsRow>(statement, [tx.orgId, domains]);
  // JSON writes instants as text.
  const dated = (signal: SignalRow): SignalRow => ({ ...signal, captured_at: new Date(signal.captured_at) });
  return rows.map((row) => ({ ...row, signals: row.signals.map(dated) }));
}

// People and signals belong to a company that is there, so nothing is missed by beginning with it. As json: jsonb would be built
// only to be written out again.
const statement = `
  select c.domain,
    json_build_object(${companyColumns.map((name) => `'${name}', c.${name}`).join(', ')}) as company,
    coalesce((
      select json_agg(json_build_object('full_name', k.full_name, 'title', k.title, 'department', k.department,
        'seniority', k.seniority, 'is_decision_maker', k.is_decision_maker, 'is_technical', k.is_technical,
        'is_budget_holder', k.is_budget_holder) order by k.identity)
      from stakeholders k where k.org_id = $1 and k.company_domain = c.domain
    ), '[]') as stakeholders,
    coalesce((
      select json_agg(json_build_object('signal_type', e.signal_type, 'signal_title', e.signal_title,
        'signal_strength', e.signal_strength, 'signal_date', e.signal_date, 'captured_at', e.captured_at) order by e.identity)
      from expansion_signals e where e.org_id = $1 and e.company_domain = c.domain
    ), '[]') as signals
  from company_enrichment c
  where c.org_id = $1 and c.domain = any($2::text[])
`;
