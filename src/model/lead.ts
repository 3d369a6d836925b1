import type { FieldValue } from './values.ts';

export const leadStatuses = ['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled'] as const;
export type LeadStatus = (typeof leadStatuses)[number];

export const segments = ['Enterprise', 'Mid-Market', 'SMB', 'unknown'] as const;
export type Segment = (typeof segments)[number];

/** Statuses that mean "qualified in the current episode": what `is_mql` says in the CRM. */
export const qualifiedStatuses: readonly LeadStatus[] = ['mql', 'sql', 'opportunity'];

interface FieldForm {
  readonly type: 'text' | 'email' | 'integer' | 'boolean' | 'datetime' | 'status' | 'list';
  /** Characters; the column widths of the seed. */
  readonly maxLength?: number;
  /** Of an integer; left out = the largest value of a Postgres INTEGER. */
  readonly max?: number;
  /** A lifetime total of engagement, or a flag derived from it: exactly one source may fill it (see `CounterSource`). */
  readonly counter?: true;
  /** Erased when the CRM deletes a person for privacy. */
  readonly personal?: true;
}

/** Every field of a lead that a mapping may fill. The first thirteen are the seed's `leads` columns of the same name. */
export const leadFields = {
  name: { type: 'text', maxLength: 200, personal: true },
  email: { type: 'email', maxLength: 255, personal: true },
  company_name: { type: 'text', maxLength: 300 },
  title: { type: 'text', maxLength: 200, personal: true },
  state: { type: 'text', maxLength: 10 },
  enrollment: { type: 'integer' },
  source_detail: { type: 'text', personal: true },
  website_visits: { type: 'integer', counter: true },
  content_downloads: { type: 'integer', counter: true },
  email_opens: { type: 'integer', counter: true },
  email_clicks: { type: 'integer', counter: true },
  demo_requested: { type: 'boolean', counter: true },
  /** The CRM's id of the owner; becomes `leads.assigned_to`. */
  owner: { type: 'text', maxLength: 100 },
  /** Name of a lead source; becomes `leads.source_id`. First touch: never overwritten. */
  source: { type: 'text', maxLength: 200 },
  employee_count: { type: 'integer' },
  industry: { type: 'text', maxLength: 200 },
  company_domain: { type: 'text', maxLength: 255 },
  /** What sales decided in the CRM: sql, opportunity, disqualified or recycled. Read as an edge, not as a level. */
  crm_status: { type: 'status' },
} as const satisfies Record<string, FieldForm>;

export type LeadField = keyof typeof leadFields;
export const leadFieldNames = Object.keys(leadFields) as readonly LeadField[];
export type LeadValues = { readonly [F in LeadField]?: FieldValue };

/** What the record of a company may fill beside: the seed's `company_enrichment` columns of the same name, as `ingest` has them. */
export const companyFields = {
  company_type: { type: 'text', maxLength: 100 },
  employee_range: { type: 'text', maxLength: 50 },
  funding_stage: { type: 'text', maxLength: 100 },
  /** BIGINT in the database; a JavaScript number holds whole ones up to here. */
  total_funding_usd: { type: 'integer', max: Number.MAX_SAFE_INTEGER },
  tech_stack: { type: 'list', maxLength: 100 },
  linkedin_url: { type: 'text', maxLength: 500 },
} as const satisfies Record<string, FieldForm>;

export type CompanyField = keyof typeof companyFields;

/** Whatever an `in` rule may fill. */
export const mappedFields = { ...leadFields, ...companyFields };
export type MappedField = LeadField | CompanyField;
export const mappedFieldNames = Object.keys(mappedFields) as readonly MappedField[];
/** What one record says. */
export type MappedValues = { readonly [F in MappedField]?: FieldValue };

export const counterFields = [
  'website_visits',
  'content_downloads',
  'email_opens',
  'email_clicks',
  'demo_requested',
] as const;
export type CounterField = (typeof counterFields)[number];

/** Values that a push may carry into the CRM. */
export const outputFields = [
  'lead_score',
  'segment',
  'status',
  'is_mql',
  'mql_date',
  'tier',
  'reasons',
  'plg_score',
  'plg_tier',
  'suggested_action',
] as const;
export type OutputField = (typeof outputFields)[number];

/** Those that a company has as well: the rest is about a person. */
export const companyOutputs: readonly OutputField[] = ['plg_score', 'plg_tier', 'suggested_action'];
export type OutputValues = { readonly [F in OutputField]?: FieldValue };
