import type { DatedAmount } from '../model/score.ts';
import type { Fields, FieldValue } from '../model/values.ts';
import { companyColumns, type CompanyRows, type SignupRow, type UsageRow } from '../model/product.ts';
import { factsOfSignals, isSignalFact, signalFactNames } from './signal-facts.ts';
import { factsOfStakeholders, stakeholderFactNames } from './stakeholder-facts.ts';
import { amountOf } from './values.ts';

/** What is known, under the names that profiles use, with the observations behind it. */
export interface PlgFacts {
  readonly values: Fields;
  readonly dated: (fact: string) => readonly DatedAmount[];
}

const usageFactNames = [
  'project_count',
  'active_projects',
  'features_used',
  'billing_tier',
  'tier_upgraded_at',
  'team_member_count',
  'team_members_added_last_30d',
  'api_calls_30d',
  'api_calls_prev_30d',
  'api_call_growth_pct',
  'last_active_at',
  'dashboard_logins_30d',
] as const;

/** Every fact that has one name; `signals.<type>` and `title.<type>` have as many as there are types of signals. */
export const plgFactNames: readonly string[] = [
  'signup_source',
  'company_domain',
  'is_company_email',
  'champion_name',
  'champion_first_name',
  'signup_count',
  'top_share_pct',
  ...companyColumns,
  ...stakeholderFactNames,
  ...signalFactNames,
  ...usageFactNames,
];

const named: ReadonlySet<string> = new Set(plgFactNames);
const usage: ReadonlySet<string> = new Set(usageFactNames);

export function isPlgFact(name: string): boolean {
  return named.has(name) || isSignalFact(name);
}

export function isUsageFact(name: string): boolean {
  return usage.has(name);
}

/** Whether there are dates behind a fact, so that it can grow old. */
export function isDatedPlgFact(name: string): boolean {
  return isUsageFact(name) || isSignalFact(name);
}

const none: readonly DatedAmount[] = [];

/** The facts of a company, once for all of its people. */
export function companyFacts({ company, stakeholders, signals }: CompanyRows): PlgFacts {
  const observed = factsOfSignals(signals);
  const values = {
    ...Object.fromEntries(companyColumns.map((name) => [name, company?.[name] ?? null])),
    ...factsOfStakeholders(stakeholders),
    ...observed.values,
  };
  return { values, dated: observed.dated };
}

/** The facts of one signup at its company. Of the champion, with the company's usage taken together, they are an account's. */
export function plgFacts(signup: SignupRow, usage: UsageRow | null, company: PlgFacts): PlgFacts {
  const used = usage === null ? unknownUsage : usageFacts(usage);
  return {
    values: {
      ...company.values,
      ...used,
      signup_source: signup.signup_source,
      company_domain: signup.company_domain,
      is_company_email: signup.is_company_email,
      champion_name: signup.full_name,
      champion_first_name: firstName(signup.full_name),
      signup_count: signup.signup_count ?? null,
      top_share_pct: signup.top_share_pct ?? null,
    },
    dated: (fact) => {
      const value = (used as Fields)[fact];
      if (value === undefined) return company.dated(fact);
      return usage === null || value === null ? none : [{ at: usage.captured_at, quantity: amountOf(value) ?? 1 }];
    },
  };
}

type UsageFacts = Readonly<Record<(typeof usageFactNames)[number], FieldValue>>;

const unknownUsage = Object.fromEntries(usageFactNames.map((fact) => [fact, null])) as UsageFacts;

function usageFacts(row: UsageRow): UsageFacts {
  return {
    project_count: row.project_count,
    active_projects: row.active_projects,
    features_used: row.features_used,
    billing_tier: row.billing_tier,
    tier_upgraded_at: dayOf(row.tier_upgraded_at),
    team_member_count: row.team_member_count,
    team_members_added_last_30d: row.team_members_added_last_30d,
    api_calls_30d: row.api_calls_30d,
    api_calls_prev_30d: row.api_calls_prev_30d,
    api_call_growth_pct: growthOf(row),
    last_active_at: dayOf(row.last_active_at),
    dashboard_logins_30d: row.dashboard_logins_30d,
  };
}

function dayOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString().slice(0, 10);
}

/** As the generated column has it: to one decimal, halves away from zero. Without a month before it is unknown, not 0. */
function growthOf({ api_call_growth_pct, api_calls_30d: now, api_calls_prev_30d: before }: UsageRow): number | null {
  if (api_call_growth_pct !== undefined) return api_call_growth_pct;
  if (now === null || before === null) return null;
  if (before <= 0) return 0;
  return (Math.sign(now - before) * Math.round((Math.abs(now - before) * 1000) / before)) / 10;
}

/** `Marcus` of `Marcus Chen`; the whole name where it does not begin with a name (`Dr. Chen`, `Chen, Marcus`). */
function firstName(name: string | null): string | null {
  return name === null ? null : (/^\s*([^\s.,]+)(?=\s|$)/.exec(name)?.[1] ?? name);
}
