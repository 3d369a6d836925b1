/** PURE. The five kinds of rows that come in. Fields are the seed's columns; every field that is not required may be null. */
import { type TObject, type TSchema, Type } from 'typebox';
import {
  bigCount,
  count,
  day,
  domain,
  email,
  flag,
  instant,
  list,
  oneOf,
  required,
  type RowField,
  text,
  word,
} from './fields.ts';

export const ingestKinds = ['signups', 'usage', 'companies', 'stakeholders', 'expansion-signals'] as const;
export type IngestKind = (typeof ingestKinds)[number];

export interface RowForm {
  /** How documents call it. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, RowField>>;
  readonly example: Readonly<Record<string, unknown>>;
}

const companyDomain = required(domain('The domain of the company, in any form that holds one: a URL will do.'));

const signups: RowForm = {
  name: 'Signup',
  title: 'Signup',
  description:
    'A developer who signed up, told by e-mail address. A field that is left out stays as it is; null takes it back.',
  fields: {
    email: required(email('Who it is. Kept in lower case.')),
    full_name: text(200, 'The name.'),
    company_domain: domain(
      'The company. Left out or null: the domain of the address, and none where that is free mail (gmail.com, yahoo.com, hotmail.com, outlook.com, icloud.com).',
    ),
    signup_date: instant('When it was. Left out: when the row came in.'),
    signup_source: word('Through what: organic, github, google, referral.'),
  },
  example: {
    email: 'marcus.chen@velocitypay.example',
    full_name: 'Marcus Chen',
    signup_date: '2026-08-14T09:30:00Z',
    signup_source: 'github',
  },
};

const usage: RowForm = {
  name: 'Usage',
  title: 'Usage',
  description:
    'How somebody uses the product at an instant: a whole snapshot, so what it leaves out is unknown. History is kept. An address that has not signed up yet does by this.',
  fields: {
    email: required(email('Whose usage it is.')),
    project_count: count('Projects.'),
    active_projects: count('Projects that were active.'),
    uses_auth: flag('Uses authentication.'),
    uses_storage: flag('Uses storage.'),
    uses_edge_functions: flag('Uses edge functions.'),
    uses_realtime: flag('Uses realtime.'),
    uses_vector: flag('Uses vectors.'),
    uses_cron: flag('Uses cron jobs.'),
    billing_tier: word('The plan: free, pro, team, enterprise.'),
    tier_upgraded_at: instant('When the plan was last upgraded.'),
    team_member_count: count('People in the team.'),
    team_members_added_last_30d: count('People who joined the team in 30 days.'),
    api_calls_30d: bigCount('API calls in 30 days.'),
    api_calls_prev_30d: bigCount(
      'API calls in the 30 days before those. Left out: taken from the snapshot of 30 days before (27 to 33), where there is one.',
    ),
    last_active_at: instant('The last sign of life.'),
    dashboard_logins_30d: count('Log-ins to the dashboard in 30 days.'),
    captured_at: instant(
      'When it was so. Left out: now (of a file: when it was last changed), unless it says just what the latest snapshot until then says; then nothing is written.',
    ),
  },
  example: {
    email: 'marcus.chen@velocitypay.example',
    project_count: 4,
    uses_auth: true,
    uses_storage: true,
    uses_edge_functions: true,
    uses_realtime: true,
    billing_tier: 'pro',
    team_member_count: 5,
    api_calls_30d: 2_800_000,
    api_calls_prev_30d: 800_000,
    captured_at: '2026-11-20T00:00:00Z',
  },
};

const companies: RowForm = {
  name: 'Company',
  title: 'Company',
  description:
    'What is known of a company, told by domain. A field that is left out stays as it is; null takes back what was sent before, and what a CRM says of it shows again.',
  fields: {
    domain: required(domain('Which company.')),
    company_name: text(300, 'The name.'),
    industry: text(200, 'The industry, such as Financial Services.'),
    employee_count: count('Employees.'),
    employee_range: text(50, 'Employees where only a range is known: 1-10, 11-50, 51-200, 201-500, 501-1000, 1000+.'),
    company_type: word('startup, scaleup, enterprise, agency.'),
    funding_stage: word('seed, series_a, series_b and so on.'),
    total_funding_usd: bigCount('Funding in all, in US dollars.'),
    tech_stack: list('What they build with. As text: a JSON list, or items with ; or , between them.'),
    linkedin_url: text(500, 'The page on LinkedIn.'),
  },
  example: {
    domain: 'velocitypay.example',
    company_name: 'VelocityPay',
    industry: 'Financial Services',
    employee_count: 180,
    employee_range: '51-200',
    funding_stage: 'series_b',
    total_funding_usd: 45_000_000,
    tech_stack: ['AWS', 'PostgreSQL', 'Auth0', 'React'],
  },
};

const externalId = text(200, 'The id at its source. Left out: told by what it is called.');

const stakeholders: RowForm = {
  name: 'Stakeholder',
  title: 'Stakeholder',
  description:
    'Somebody of influence in a company, told by external_id, else by name. A field that is left out stays as it is; null takes it back. A company that is not known yet is by this.',
  fields: {
    company_domain: companyDomain,
    full_name: required(text(200, 'The name.')),
    title: text(200, 'The job title.'),
    department: word('engineering, product, security, finance.'),
    seniority: word('ic, manager, director, vp, c-level.'),
    linkedin_url: text(500, 'The page on LinkedIn.'),
    is_decision_maker: flag('Decides. Left out of a new one: no.'),
    is_technical: flag('Is technical. Left out of a new one: no.'),
    is_budget_holder: flag('Holds the budget. Left out of a new one: no.'),
    external_id: externalId,
  },
  example: {
    company_domain: 'velocitypay.example',
    full_name: 'Sarah Kim',
    title: 'VP of Engineering',
    seniority: 'vp',
    is_decision_maker: true,
    is_technical: true,
  },
};

const expansionSignals: RowForm = {
  name: 'ExpansionSignal',
  title: 'Expansion signal',
  description:
    'News that make an expansion likely, told by external_id, else by type, date and title. A field that is left out stays as it is; null takes it back. A company that is not known yet is by this.',
  fields: {
    company_domain: companyDomain,
    signal_type: required(word('hiring, funding, tech_migration, news, or a type of your own.')),
    signal_title: required(text(300, 'What happened.')),
    signal_detail: text(5_000, 'More of it.'),
    signal_date: day('The day on which it happened.'),
    signal_strength: oneOf(
      ['low', 'medium', 'high'],
      'How strong it is: low, medium or high. Left out of a new one: medium.',
    ),
    captured_at: instant('When it was noticed. Left out of a new one: now.'),
    external_id: externalId,
  },
  example: {
    company_domain: 'velocitypay.example',
    signal_type: 'funding',
    signal_title: 'Series B closed $30M',
    signal_date: '2026-11-03',
    signal_strength: 'high',
  },
};

export const rowForms: Readonly<Record<IngestKind, RowForm>> = {
  signups,
  usage,
  companies,
  stakeholders,
  'expansion-signals': expansionSignals,
};

export function isIngestKind(text: string): text is IngestKind {
  return ingestKinds.some((kind) => kind === text);
}

/** The form of a row as documents have it. */
export function rowSchema(kind: IngestKind): TObject {
  const { title, description, fields, example } = rowForms[kind];
  const properties = Object.entries(fields).map(([name, { schema, isRequired }]): [string, TSchema] => [
    name,
    isRequired ? schema : Type.Optional(nullable(schema)),
  ]);
  return Type.Object(Object.fromEntries(properties), {
    additionalProperties: false,
    title,
    description,
    examples: [example],
  });
}

function nullable({ description, ...schema }: TSchema & { readonly description?: string }): TSchema {
  return Type.Union([schema, Type.Null()], { ...(description !== undefined && { description }) });
}
