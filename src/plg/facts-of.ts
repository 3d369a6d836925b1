/** PURE. Stored rows as the facts of the PLG profile. */
import type { AccountRow } from '../db/queries/load-accounts.ts';
import type { CompanyFactsRow } from '../db/queries/load-companies.ts';
import { features, type SignupRow, type UsageColumns } from '../db/queries/load-signups.ts';
import type { UsageRow } from '../model/product.ts';
import { type CompiledProfile, usageWindowDays } from '../scoring/compile.ts';
import { companyFacts, type PlgFacts, plgFacts } from '../scoring/plg-facts.ts';

/** Facts of companies by domain; of one that nobody has heard of, nothing is known. */
export class CompanyFacts {
  readonly #byDomain: ReadonlyMap<string, PlgFacts>;

  constructor(rows: readonly CompanyFactsRow[]) {
    this.#byDomain = new Map(rows.map((row) => [row.domain, companyFacts(row)]));
  }

  of(domain: string | null): PlgFacts {
    return (domain === null ? undefined : this.#byDomain.get(domain)) ?? unheardOf;
  }
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
  return plgFacts(champion, usageOf(row, row.billing_tiers), companies.of(row.domain));
}

/** Since when usage counts at all, in whole days as its age is told; null = for ever. */
export function usageSince({ definition }: CompiledProfile, at: Date): Date | null {
  const days = usageWindowDays(definition);
  return days === null ? null : new Date(at.getTime() - (days + 1) * dayMs);
}

const dayMs = 86_400_000;

function usageOf(row: UsageColumns, billing_tier: UsageRow['billing_tier']): UsageRow | null {
  const { captured_at, feature_bits } = row;
  if (captured_at === null) return null;
  const features_used = feature_bits === null ? null : (featureLists[feature_bits] ?? null);
  return { ...row, billing_tier, captured_at, features_used };
}

/** Each set of features once: there are 64, and a million signups. */
const featureLists: readonly (readonly string[])[] = Array.from({ length: 2 ** features.length }, (_, bits) =>
  features.flatMap(([, name], bit) => ((bits & (2 ** bit)) === 0 ? [] : [name])),
);
