/** What the product side is made of, in the column names of the second seed. */

/** The five components of a product score, in the order of the columns of `lead_scores`. */
export const productComponents = ['company', 'usage', 'expansion', 'champion', 'timing'] as const;

/** What is known of a company, as profiles ask for it. */
export const companyColumns = [
  'company_name',
  'industry',
  'employee_count',
  'employee_range',
  'company_type',
  'funding_stage',
  'total_funding_usd',
  'tech_stack',
] as const;

/** A developer signup, in the seed's column names; for an account its champion, with the two facts of the whole company. */
export interface SignupRow {
  readonly full_name: string | null;
  readonly company_domain: string | null;
  readonly signup_source: string | null;
  readonly is_company_email: boolean;
  /** How many people of the company have signed up. */
  readonly signup_count?: number | null;
  /** Percent of the company's API calls that are the champion's own. */
  readonly top_share_pct?: number | null;
}

/** A snapshot of one person's usage, or of a whole company's. Null = unknown. */
export interface UsageRow {
  readonly project_count: number | null;
  readonly active_projects: number | null;
  /** As the seed's dashboard names them (`Auth`, `Edge Functions`); null where none of the columns `uses_*` is known. */
  readonly features_used: readonly string[] | null;
  readonly billing_tier: string | readonly string[] | null;
  readonly tier_upgraded_at: Date | null;
  readonly team_member_count: number | null;
  readonly team_members_added_last_30d: number | null;
  readonly api_calls_30d: number | null;
  readonly api_calls_prev_30d: number | null;
  /** Left out = what the two counts tell. Of a company: of those people whose earlier calls are known. */
  readonly api_call_growth_pct?: number | null;
  readonly last_active_at: Date | null;
  readonly dashboard_logins_30d: number | null;
  readonly captured_at: Date;
}

export interface StakeholderRow {
  readonly full_name: string;
  readonly title: string | null;
  readonly department: string | null;
  readonly seniority: string | null;
  readonly is_decision_maker: boolean | null;
  readonly is_technical: boolean | null;
  readonly is_budget_holder: boolean | null;
}

export interface SignalRow {
  readonly signal_type: string;
  readonly signal_title: string;
  readonly signal_strength: string | null;
  /** `YYYY-MM-DD`; null = as old as its capture. */
  readonly signal_date: string | null;
  readonly captured_at: Date;
}

export interface CompanyRows {
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
  readonly stakeholders: readonly StakeholderRow[];
  readonly signals: readonly SignalRow[];
}
