import type { PlgRows } from '../../../src/scoring/plg-facts.ts';

/** One of the seed's five sample leads, in the rows of its tables. */
export interface PlgSample extends PlgRows {
  readonly name: string;
  readonly domain: string;
  readonly email: string;
  /** The tier that the seed promises ("2 Hot, 2 Warm, 1 Nurture"). */
  readonly tier: 'hot' | 'warm' | 'nurture';
}

const people = (...roles: readonly ('both' | 'technical' | 'decides')[]) =>
  roles.map((role) => ({ is_decision_maker: role !== 'technical', is_technical: role !== 'decides' }));
const signal = (signal_type: string, signal_strength: string) => ({ signal_type, signal_strength });
const growth = (now: number, before: number) => Math.round(((now - before) / before) * 1000) / 10;

/** Every input is the seed's own (plg-lead-scoring-schema.md, "Sample Data"); what it does not set has the column's default. */
export const velocityPay: PlgSample = {
  name: 'VelocityPay',
  domain: 'velocitypay.io',
  email: 'marcus.chen@velocitypay.io',
  tier: 'hot',
  signup: { is_company_email: true },
  company: {
    industry: 'Financial Services',
    employee_count: 180,
    funding_stage: 'series_b',
    total_funding_usd: 45_000_000,
  },
  signals: {
    project_count: 4,
    features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime'],
    billing_tier: 'pro',
    team_member_count: 5,
    team_members_added_last_30d: 0,
    api_calls_30d: 2_800_000,
    api_call_growth_pct: growth(2_800_000, 800_000),
    dashboard_logins_30d: 0,
  },
  stakeholders: people('both', 'both'),
  expansion: [signal('hiring', 'high'), signal('tech_migration', 'high'), signal('funding', 'high')],
};

/** The seed says: hot, 850 employees, Firebase scaling issues. The rest is ours. */
const homeFront: PlgSample = {
  name: 'HomeFront Technologies',
  domain: 'homefront.example',
  email: 'priya.patel@homefront.example',
  tier: 'hot',
  signup: { is_company_email: true },
  company: {
    industry: 'Real Estate',
    employee_count: 850,
    funding_stage: 'series_c',
    total_funding_usd: 120_000_000,
  },
  signals: {
    project_count: 6,
    features_used: ['Auth', 'Storage', 'Edge Functions', 'Realtime', 'Cron'],
    billing_tier: 'team',
    team_member_count: 9,
    team_members_added_last_30d: 3,
    api_calls_30d: 5_200_000,
    api_call_growth_pct: growth(5_200_000, 3_200_000),
    dashboard_logins_30d: 18,
  },
  stakeholders: people('both', 'decides', 'technical'),
  expansion: [signal('tech_migration', 'high'), signal('hiring', 'high'), signal('news', 'medium')],
};

/** The seed says: warm, job posts mention Supabase. */
const cloudMetrics: PlgSample = {
  name: 'CloudMetrics',
  domain: 'cloudmetrics.example',
  email: 'jonas.weber@cloudmetrics.example',
  tier: 'warm',
  signup: { is_company_email: true },
  company: {
    industry: 'Developer Tools',
    employee_count: 65,
    funding_stage: 'series_a',
    total_funding_usd: 12_000_000,
  },
  signals: {
    project_count: 3,
    features_used: ['Auth', 'Realtime', 'Vector'],
    billing_tier: 'pro',
    team_member_count: 4,
    team_members_added_last_30d: 1,
    api_calls_30d: 1_100_000,
    api_call_growth_pct: growth(1_100_000, 500_000),
    dashboard_logins_30d: 14,
  },
  stakeholders: people('both', 'technical'),
  expansion: [signal('hiring', 'high'), signal('news', 'medium')],
};

/** The seed says: warm, healthcare, HIPAA needs. */
const mediSync: PlgSample = {
  name: 'MediSync',
  domain: 'medisync.example',
  email: 'amara.okafor@medisync.example',
  tier: 'warm',
  signup: { is_company_email: true },
  company: { industry: 'Healthcare', employee_count: 320, funding_stage: 'series_a', total_funding_usd: 28_000_000 },
  signals: {
    project_count: 2,
    features_used: ['Auth', 'Storage', 'Edge Functions'],
    billing_tier: 'team',
    team_member_count: 6,
    team_members_added_last_30d: 2,
    api_calls_30d: 420_000,
    api_call_growth_pct: growth(420_000, 300_000),
    dashboard_logins_30d: 9,
  },
  stakeholders: people('both', 'decides'),
  expansion: [signal('tech_migration', 'high'), signal('hiring', 'medium'), signal('news', 'medium')],
};

/** The seed says: nurture, seed stage, free tier. */
const taskFlow: PlgSample = {
  name: 'TaskFlow',
  domain: 'taskflow.example',
  email: 'sam@taskflow.example',
  tier: 'nurture',
  signup: { is_company_email: true },
  company: {
    industry: 'Productivity Software',
    employee_count: 8,
    funding_stage: 'seed',
    total_funding_usd: 1_500_000,
  },
  signals: {
    project_count: 3,
    features_used: ['Auth', 'Storage', 'Realtime', 'Vector'],
    billing_tier: 'free',
    team_member_count: 3,
    team_members_added_last_30d: 1,
    api_calls_30d: 150_000,
    api_call_growth_pct: growth(150_000, 60_000),
    dashboard_logins_30d: 20,
  },
  stakeholders: people('both'),
  expansion: [signal('hiring', 'medium')],
};

export const plgSamples: readonly PlgSample[] = [velocityPay, homeFront, cloudMetrics, mediSync, taskFlow];
