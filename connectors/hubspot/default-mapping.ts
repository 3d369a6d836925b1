import type {
  FieldSpec,
  InRule,
  MappedField,
  MappingDefinition,
  OutputField,
  OutRule,
  Transform,
} from 'leadloop/connector-sdk';

// DATA: what leadloop reads and writes where an organisation configures nothing.

interface InOptions {
  readonly transform?: readonly Transform[];
  readonly blank?: InRule['blank'];
  readonly conflict?: InRule['conflict'];
}

function into(
  to: MappedField,
  from: string | readonly string[],
  { transform = [], blank = 'keep', conflict = 'crm' }: InOptions = {},
): InRule {
  return { from: typeof from === 'string' ? [from] : from, to, transform, onInvalid: 'null', blank, conflict };
}

function out(from: OutputField, to: string): OutRule {
  return { from, to, write: 'always', values: null };
}

/** Of a person and of a company alike. */
const productLed: readonly OutRule[] = [
  out('plg_score', 'leadloop_plg_score'),
  out('plg_tier', 'leadloop_plg_tier'),
  out('suggested_action', 'leadloop_suggested_action'),
];

const trim: Transform = { name: 'trim' };
const integer: Transform = { name: 'integer' };

/** What sales decided. Lead status names the end of a conversation, the lifecycle stage its success. */
const salesDecision: Transform = {
  name: 'values',
  map: {
    UNQUALIFIED: 'disqualified',
    BAD_TIMING: 'recycled',
    salesqualifiedlead: 'sql',
    opportunity: 'opportunity',
    customer: 'opportunity',
  },
  otherwise: null,
};

export const defaultMapping: MappingDefinition = {
  objects: {
    companies: {
      in: [
        into('company_name', 'name', { transform: [trim] }),
        into('employee_count', 'numberofemployees', { transform: [integer] }),
        into('industry', 'industry'),
        into('company_domain', 'domain', { transform: [{ name: 'domain' }] }),
        // Known from Starbridge or typed in by hand: a blank in the CRM is no news.
        into('enrollment', 'district_enrollment', { transform: [integer], conflict: 'crm-unless-blank' }),
      ],
      out: productLed,
    },
    contacts: {
      in: [
        into('email', 'email', { transform: [trim, { name: 'lower' }] }),
        into('name', ['firstname', 'lastname'], { transform: [trim, { name: 'concat', separator: ' ' }] }),
        into('company_name', 'company', { transform: [trim] }),
        into('title', 'jobtitle', { transform: [trim] }),
        into('state', 'state', { transform: [{ name: 'state' }] }),
        into('website_visits', 'hs_analytics_num_visits', { transform: [integer] }),
        into('email_opens', 'hs_email_open', { transform: [integer] }),
        into('email_clicks', 'hs_email_click', { transform: [integer] }),
        into('demo_requested', 'recent_conversion_event_name', { transform: [{ name: 'contains', text: 'demo' }] }),
        into('owner', 'hubspot_owner_id'),
        into('source', 'hs_analytics_source'),
        into('source_detail', 'hs_analytics_source_data_1', { transform: [trim] }),
        // Cleared, sales has taken its word back: the same word counts again the next time.
        into('crm_status', ['hs_lead_status', 'lifecyclestage'], {
          transform: [salesDecision, { name: 'coalesce' }],
          blank: 'clear',
        }),
      ],
      out: [
        out('lead_score', 'leadloop_score'),
        out('segment', 'leadloop_segment'),
        out('status', 'leadloop_status'),
        out('is_mql', 'leadloop_is_mql'),
        out('mql_date', 'leadloop_mql_date'),
        out('tier', 'leadloop_tier'),
        out('reasons', 'leadloop_reasons'),
        ...productLed,
      ],
    },
  },
  counters: {
    website_visits: 'crm',
    email_opens: 'crm',
    email_clicks: 'crm',
    demo_requested: 'crm',
    // HubSpot counts no downloads: they are submissions of forms.
    content_downloads: 'events',
  },
  events: [
    { object: 'forms', contains: 'demo', type: 'demo_request' },
    ...['whitepaper', 'guide', 'ebook', 'download', 'webinar'].map((contains) => ({
      object: 'forms',
      contains,
      type: 'content_download' as const,
    })),
    { object: 'forms', contains: '', type: 'form_submission' },
  ],
};

function field(
  name: string,
  label: string,
  spec: Pick<FieldSpec, 'description' | 'type'> & Partial<FieldSpec>,
): FieldSpec {
  return { options: [], maxLength: null, ...spec, name: `leadloop_${name}`, label: `Leadloop ${label}` };
}

/** Named apart from the lead's score and tier, which a person has as well. */
const productLedFields: readonly FieldSpec[] = [
  field('plg_score', 'product score', {
    type: 'number',
    description: 'How ready they are to buy, by what they do with the product and who they are, 0 to 100.',
  }),
  field('plg_tier', 'product tier', {
    type: 'option',
    description: 'How soon to call, by the product score.',
    options: ['hot', 'warm', 'nurture', 'monitor'],
  }),
  field('suggested_action', 'suggested action', {
    type: 'text',
    description: 'Who to talk to, why now, and what to do.',
    maxLength: 255,
  }),
];

export const ownedFields: Readonly<Record<string, readonly FieldSpec[]>> = {
  contacts: [
    field('score', 'score', { type: 'number', description: 'Lead score, 0 to 100.' }),
    field('segment', 'segment', {
      type: 'option',
      description: 'Size of the organisation behind the lead.',
      options: ['Enterprise', 'Mid-Market', 'SMB', 'unknown'],
    }),
    field('status', 'status', {
      type: 'option',
      description: 'Where the lead stands on its way to sales.',
      options: ['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled'],
    }),
    field('is_mql', 'MQL', { type: 'boolean', description: 'Marketing qualified, or further.' }),
    field('mql_date', 'MQL date', { type: 'datetime', description: 'When the lead last became marketing qualified.' }),
    field('tier', 'tier', {
      type: 'option',
      description: 'How soon to call.',
      options: ['hot', 'warm', 'nurture', 'monitor'],
    }),
    field('reasons', 'reasons', { type: 'text', description: 'Why the score is what it is, in one sentence.' }),
    ...productLedFields,
  ],
  companies: productLedFields,
};
