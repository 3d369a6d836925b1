import type { Fields } from '../model/values.ts';

/** What is known of a developer signup, in the seed's table and column names. Each part may be missing. */
export interface PlgRows {
  readonly signup: { readonly is_company_email: boolean };
  readonly company: {
    readonly industry: string | null;
    readonly employee_count: number | null;
    readonly funding_stage: string | null;
    readonly total_funding_usd: number | null;
  } | null;
  readonly signals: {
    readonly project_count: number | null;
    readonly features_used: readonly string[];
    readonly billing_tier: string | null;
    readonly team_member_count: number | null;
    readonly team_members_added_last_30d: number | null;
    readonly api_calls_30d: number | null;
    readonly api_call_growth_pct: number | null;
    readonly dashboard_logins_30d: number | null;
  } | null;
  readonly stakeholders: readonly { readonly is_decision_maker: boolean; readonly is_technical: boolean }[];
  readonly expansion: readonly { readonly signal_type: string; readonly signal_strength: string }[];
}

/** Every fact that `plgFacts` gives. */
export const plgFactNames = [
  'is_company_email',
  'industry',
  'employee_count',
  'funding_stage',
  'total_funding_usd',
  'project_count',
  'features_used',
  'billing_tier',
  'team_member_count',
  'team_members_added_last_30d',
  'api_calls_30d',
  'api_call_growth_pct',
  'dashboard_logins_30d',
  'decision_makers',
  'technical_stakeholders',
  'signal_types',
  'high_signals',
  'medium_signals',
  'low_signals',
] as const;

/**
 * The facts of the PLG profile. Columns keep their names and nulls; on top of them there are counts of stakeholders
 * (`decision_makers`, `technical_stakeholders`), counts of expansion signals by strength (`high_signals` …) and the list
 * `signal_types`, each type once. `features_used` is the list of the seed's dashboard view.
 */
export function plgFacts({ signup, company, signals, stakeholders, expansion }: PlgRows): Fields {
  const strengthCount = (strength: string) => expansion.filter((signal) => signal.signal_strength === strength).length;
  return {
    ...company,
    ...signals,
    ...signup,
    decision_makers: stakeholders.filter((person) => person.is_decision_maker).length,
    technical_stakeholders: stakeholders.filter((person) => person.is_technical).length,
    signal_types: [...new Set(expansion.map((signal) => signal.signal_type))].sort(),
    high_signals: strengthCount('high'),
    medium_signals: strengthCount('medium'),
    low_signals: strengthCount('low'),
  };
}
