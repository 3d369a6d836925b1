/** PURE. Stored rows as the facts of the PLG profile. */
import type { AccountRow } from '../db/queries/load-accounts.ts';
import type { CompanyFactsRow } from '../db/queries/load-companies.ts';
import { features, type SignupRow } from '../db/queries/load-signups.ts';
import { companyFacts, type PlgFacts, plgFacts } from '../scoring/plg-facts.ts';
import type { UsageRow } from '../scoring/plg-rows.ts';

/** Facts of companies by domain; of one that nobody has heard of, nothing is known. */
export class CompanyFacts {
  readonly #byDomain: ReadonlyMap<string, PlgFacts>;

  constructor(rows: readonly CompanyFactsRow[]) {
    this.#byDomain = new Map(rows.map((row) => [row.domain, companyFacts(gathered(row))]));
  }

  of(domain: string | null): PlgFacts {
    return (domain === null ? undefined : this.#byDomain.get(domain)) ?? unheardOf;
  }
}

function gathered({ company, stakeholders, signals }: CompanyFactsRow): Parameters<typeof companyFacts>[0] {
  return {
    company,
    stakeholders,
    signals: signals.map((signal) => ({ ...signal, captured_at: new Date(signal.captured_at) })),
  };
}

const unheardOf = companyFacts({ company: null, stakeholders: [], signals: [] });

/** The companies whose people these are: a private address is of no company, whatever its owner says. */
export function domainsOf(rows: readonly SignupRow[]): string[] {
  return [...new Set(rows.flatMap((row) => (row.is_company_email ? (row.company_domain ?? []) : [])))];
}

export function factsOfSignup(row: SignupRow, companies: CompanyFacts): PlgFacts {
  const company = companies.of(row.is_company_email ? row.company_domain : null);
  return plgFacts(row, usageOf(row, row.billing_tier), company);
}

/** Its people taken together, spoken for by the one who uses it most. */
export function factsOfAccount(row: AccountRow, companies: CompanyFacts): PlgFacts {
  const champion = {
    full_name: row.top_name,
    company_domain: row.domain,
    signup_source: null,
    is_company_email: true,
    signup_count: row.signup_count,
    top_share_pct: row.top_share_pct,
  };
  const usage = usageOf(row, row.billing_tiers);
  // The growth of the people whose earlier usage is known, which their sums alone do not tell.
  const grown = usage && { ...usage, api_call_growth_pct: row.api_call_growth_pct };
  return plgFacts(champion, grown, companies.of(row.domain));
}

type Usage = Omit<AccountRow, 'domain' | 'signup_count' | 'billing_tiers'> | SignupRow;

function usageOf(row: Usage, billingTier: UsageRow['billing_tier']): UsageRow | null {
  if (row.captured_at === null) return null;
  return {
    captured_at: row.captured_at,
    project_count: row.project_count,
    active_projects: row.active_projects,
    features_used: row.feature_bits === null ? null : (featureLists[row.feature_bits] ?? null),
    billing_tier: billingTier,
    tier_upgraded_at: row.tier_upgraded_at,
    team_member_count: row.team_member_count,
    team_members_added_last_30d: row.team_members_added_last_30d,
    api_calls_30d: row.api_calls_30d,
    api_calls_prev_30d: row.api_calls_prev_30d,
    dashboard_logins_30d: row.dashboard_logins_30d,
    last_active_at: row.last_active_at,
  };
}

/** Each set of features once: there are 64, and a million signups. */
const featureLists: readonly (readonly string[])[] = Array.from({ length: 2 ** features.length }, (_, bits) =>
  features.flatMap(([, name], bit) => ((bits & (2 ** bit)) === 0 ? [] : [name])),
);
