import { companyFacts, type PlgFacts, plgFacts } from '../../../src/scoring/plg-facts.ts';
import type { CompanyRows, SignalRow, SignupRow, StakeholderRow, UsageRow } from '../../../src/model/product.ts';
import { at } from './builders.ts';

/** One of the seed's five sample leads, in the rows of its tables. */
export interface PlgSample {
  readonly name: string;
  readonly email: string;
  /** The tier that the seed promises ("2 Hot, 2 Warm, 1 Nurture"). */
  readonly tier: 'hot' | 'warm' | 'nurture';
  readonly signup: SignupRow;
  readonly usage: UsageRow;
  readonly company: CompanyRows;
}

export const factsOfSample = ({ signup, usage, company }: PlgSample): PlgFacts =>
  plgFacts(signup, usage, companyFacts(company));

export const aSignup = (full_name: string | null, company_domain: string | null): SignupRow => ({
  full_name,
  company_domain,
  signup_source: 'github',
  is_company_email: company_domain !== null,
});

/** What the seed's tables hold where nothing is said. */
export const someUsage = (more: Partial<UsageRow>): UsageRow => ({
  project_count: 0,
  active_projects: 0,
  features_used: [],
  billing_tier: 'free',
  tier_upgraded_at: null,
  team_member_count: 1,
  team_members_added_last_30d: 0,
  api_calls_30d: 0,
  api_calls_prev_30d: 0,
  last_active_at: null,
  dashboard_logins_30d: 0,
  captured_at: at,
  ...more,
});

export const aCompany = (more: Partial<NonNullable<CompanyRows['company']>>): CompanyRows['company'] => ({
  company_name: null,
  industry: null,
  employee_count: null,
  employee_range: null,
  company_type: null,
  funding_stage: null,
  total_funding_usd: null,
  tech_stack: [],
  ...more,
});

type Role = 'both' | 'technical' | 'decides';
export const aStakeholder = (full_name: string, title: string | null, role: Role): StakeholderRow => ({
  full_name,
  title,
  department: null,
  seniority: null,
  is_decision_maker: role !== 'technical',
  is_technical: role !== 'decides',
  is_budget_holder: false,
});

export const aSignal = (
  signal_type: string,
  signal_title: string,
  signal_strength: string,
  more: Partial<SignalRow> = {},
): SignalRow => ({ signal_type, signal_title, signal_strength, signal_date: null, captured_at: at, ...more });

/** Every input is the seed's own (plg-lead-scoring-schema.md, "Sample Data"); what it does not set has the column's default. */
export const velocityPay: PlgSample = {
  name: 'VelocityPay',
  email: 'marcus.chen@velocitypay.io',
  tier: 'hot',
  signup: aSignup('Marcus Chen', 'velocitypay.io'),
  usage: someUsage({
    project_count: 4,
    features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
    billing_tier: 'pro',
    team_member_count: 5,
    api_calls_30d: 2_800_000,
    api_calls_prev_30d: 800_000,
  }),
  company: {
    company: aCompany({
      company_name: 'VelocityPay',
      industry: 'Financial Services',
      employee_count: 180,
      employee_range: '51-200',
      funding_stage: 'series_b',
      total_funding_usd: 45_000_000,
      tech_stack: ['AWS', 'PostgreSQL', 'Auth0', 'React'],
    }),
    stakeholders: [aStakeholder('Sarah Kim', 'VP of Engineering', 'both'), aStakeholder('David Park', 'CTO', 'both')],
    signals: [
      aSignal('hiring', 'Hiring 4 Backend Engineers', 'high'),
      aSignal('tech_migration', 'Auth0 contract renewal coming up', 'high'),
      aSignal('funding', 'Series B closed $30M', 'high'),
    ],
  },
};

/** The seed says: hot, 850 employees, Firebase scaling issues. The rest is ours. */
const homeFront: PlgSample = {
  name: 'HomeFront Technologies',
  email: 'priya.patel@homefront.example',
  tier: 'hot',
  signup: aSignup('Priya Patel', 'homefront.example'),
  usage: someUsage({
    project_count: 6,
    features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime', 'Cron'],
    billing_tier: 'team',
    team_member_count: 9,
    team_members_added_last_30d: 3,
    api_calls_30d: 5_200_000,
    api_calls_prev_30d: 3_200_000,
    dashboard_logins_30d: 18,
  }),
  company: {
    company: aCompany({
      company_name: 'HomeFront Technologies',
      industry: 'Real Estate',
      employee_count: 850,
      employee_range: '501-1000',
      company_type: 'scaleup',
      funding_stage: 'series_c',
      total_funding_usd: 120_000_000,
      tech_stack: ['Firebase', 'Google Cloud', 'Flutter'],
    }),
    stakeholders: [
      aStakeholder('Elena Rossi', 'VP of Platform Engineering', 'both'),
      aStakeholder('Tom Becker', 'Director of Product', 'decides'),
      aStakeholder('Wei Zhang', 'Staff Engineer', 'technical'),
    ],
    signals: [
      aSignal('tech_migration', 'Firebase scaling issues', 'high'),
      aSignal('hiring', 'Hiring 6 Postgres engineers', 'high'),
      aSignal('news', 'HomeFront opens in 12 new markets', 'medium'),
    ],
  },
};

/** The seed says: warm, job posts mention Supabase. */
const cloudMetrics: PlgSample = {
  name: 'CloudMetrics',
  email: 'jonas.weber@cloudmetrics.example',
  tier: 'warm',
  signup: aSignup('Jonas Weber', 'cloudmetrics.example'),
  usage: someUsage({
    project_count: 3,
    features_used: ['Auth', 'Realtime', 'Vector'],
    billing_tier: 'pro',
    team_member_count: 4,
    team_members_added_last_30d: 1,
    api_calls_30d: 1_100_000,
    api_calls_prev_30d: 500_000,
    dashboard_logins_30d: 14,
  }),
  company: {
    company: aCompany({
      company_name: 'CloudMetrics',
      industry: 'Developer Tools',
      employee_count: 65,
      employee_range: '51-200',
      company_type: 'startup',
      funding_stage: 'series_a',
      total_funding_usd: 12_000_000,
      tech_stack: ['PostgreSQL', 'Grafana', 'React'],
    }),
    stakeholders: [
      aStakeholder('Nadia Haddad', 'CTO', 'both'),
      aStakeholder('Luis Ortega', 'Lead Engineer', 'technical'),
    ],
    signals: [
      aSignal('hiring', 'Job posts mention Supabase', 'high'),
      aSignal('news', 'CloudMetrics launches usage analytics', 'medium'),
    ],
  },
};

/** The seed says: warm, healthcare, HIPAA needs. */
const mediSync: PlgSample = {
  name: 'MediSync',
  email: 'amara.okafor@medisync.example',
  tier: 'warm',
  signup: aSignup('Amara Okafor', 'medisync.example'),
  usage: someUsage({
    project_count: 2,
    features_used: ['Auth', 'Storage', 'Edge Functions'],
    billing_tier: 'team',
    team_member_count: 6,
    team_members_added_last_30d: 2,
    api_calls_30d: 420_000,
    api_calls_prev_30d: 300_000,
    dashboard_logins_30d: 9,
  }),
  company: {
    company: aCompany({
      company_name: 'MediSync',
      industry: 'Healthcare',
      employee_count: 320,
      employee_range: '201-500',
      company_type: 'scaleup',
      funding_stage: 'series_a',
      total_funding_usd: 28_000_000,
      tech_stack: ['AWS', 'PostgreSQL', 'React Native'],
    }),
    stakeholders: [
      aStakeholder('Grace Liu', 'Director of Engineering', 'both'),
      aStakeholder('Henrik Olsen', 'Head of Compliance', 'decides'),
    ],
    signals: [
      aSignal('tech_migration', 'Needs a HIPAA compliant database', 'high'),
      aSignal('hiring', 'Hiring a security engineer', 'medium'),
      aSignal('news', 'MediSync partners with three hospitals', 'medium'),
    ],
  },
};

/** The seed says: nurture, seed stage, free tier. */
const taskFlow: PlgSample = {
  name: 'TaskFlow',
  email: 'sam@taskflow.example',
  tier: 'nurture',
  signup: aSignup('Sam Rivera', 'taskflow.example'),
  usage: someUsage({
    project_count: 3,
    features_used: ['Auth', 'Storage', 'Realtime', 'Vector'],
    billing_tier: 'free',
    team_member_count: 3,
    team_members_added_last_30d: 1,
    api_calls_30d: 150_000,
    api_calls_prev_30d: 60_000,
    dashboard_logins_30d: 20,
  }),
  company: {
    company: aCompany({
      company_name: 'TaskFlow',
      industry: 'Productivity Software',
      employee_count: 8,
      employee_range: '1-10',
      company_type: 'startup',
      funding_stage: 'seed',
      total_funding_usd: 1_500_000,
      tech_stack: ['Next.js', 'Vercel'],
    }),
    stakeholders: [aStakeholder('Mia Novak', 'Founder', 'both')],
    signals: [aSignal('hiring', 'Hiring a first engineer', 'medium')],
  },
};

export const plgSamples: readonly PlgSample[] = [velocityPay, homeFront, cloudMetrics, mediSync, taskFlow];
