import type { Tx } from '../tx.ts';

/** What is known of a company, in the columns of the seed. */
export interface CompanyFactsRow {
  readonly domain: string;
  /** Null = nothing has been gathered about it. */
  readonly company: {
    readonly company_name: string | null;
    readonly industry: string | null;
    readonly employee_count: number | null;
    readonly employee_range: string | null;
    readonly company_type: string | null;
    readonly funding_stage: string | null;
    readonly total_funding_usd: number | null;
    readonly tech_stack: readonly string[] | null;
  } | null;
  readonly stakeholders: readonly {
    readonly full_name: string;
    readonly title: string | null;
    readonly department: string | null;
    readonly seniority: string | null;
    readonly is_decision_maker: boolean | null;
    readonly is_technical: boolean | null;
    readonly is_budget_holder: boolean | null;
  }[];
  readonly signals: readonly {
    readonly signal_type: string;
    readonly signal_title: string;
    readonly signal_strength: string | null;
    /** `YYYY-MM-DD` */
    readonly signal_date: string | null;
    /** ISO 8601 */
    readonly captured_at: string;
  }[];
}

/** Companies by domain, with their people and signals in a stable order. Unknown domains are left out. */
export async function loadCompanies(tx: Tx, domains: readonly string[]): Promise<CompanyFactsRow[]> {
  return domains.length === 0 ? [] : tx.query<CompanyFactsRow>(statement, [tx.orgId, domains]);
}

// People and signals belong to a company that is there, so nothing is missed by beginning with it. As json: jsonb would be built
// only to be written out again.
const statement = `
  select c.domain,
    json_build_object('company_name', c.company_name, 'industry', c.industry, 'employee_count', c.employee_count,
      'employee_range', c.employee_range, 'company_type', c.company_type, 'funding_stage', c.funding_stage,
      'total_funding_usd', c.total_funding_usd, 'tech_stack', c.tech_stack) as company,
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
