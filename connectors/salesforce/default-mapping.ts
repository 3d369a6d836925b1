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

const trim: Transform = { name: 'trim' };
const integer: Transform = { name: 'integer' };
const domain: Transform = { name: 'domain' };

/** What sales decided, by the statuses that a new organisation has. Conversion itself makes a contact. */
const salesDecision: Transform = {
  name: 'values',
  map: {
    // IsConverted: whatever an organisation calls the status of its converted leads.
    true: 'sql',
    Qualified: 'sql',
    'Closed - Converted': 'sql',
    Unqualified: 'disqualified',
    'Closed - Not Converted': 'disqualified',
    Nurturing: 'recycled',
  },
  otherwise: null,
};

/** A lost opportunity is no word on the person: what sales makes of it, they say themselves. */
const dealDecision: Transform = {
  name: 'values',
  map: { open: 'opportunity', won: 'opportunity' },
  otherwise: null,
};

/** Alike on leads and contacts. */
const person: readonly InRule[] = [
  into('email', 'Email', { transform: [trim, { name: 'lower' }] }),
  into('name', ['FirstName', 'LastName'], { transform: [trim, { name: 'concat', separator: ' ' }] }),
  into('title', 'Title', { transform: [trim] }),
  into('owner', 'OwnerId'),
  into('source', 'LeadSource'),
];

function out(from: OutputField, to: string): OutRule {
  return { from, to: `Leadloop_${to}__c`, write: 'always', values: null };
}

/** Of a person and of a company alike. */
const productLed: readonly OutRule[] = [
  out('plg_score', 'PLG_Score'),
  out('plg_tier', 'PLG_Tier'),
  out('suggested_action', 'Suggested_Action'),
];

const scores: readonly OutRule[] = [
  out('lead_score', 'Score'),
  out('segment', 'Segment'),
  out('status', 'Status'),
  out('is_mql', 'Is_MQL'),
  out('mql_date', 'MQL_Date'),
  out('tier', 'Tier'),
  out('reasons', 'Reasons'),
  ...productLed,
];

export const defaultMapping: MappingDefinition = {
  objects: {
    Account: {
      in: [
        into('company_name', 'Name', { transform: [trim] }),
        into('employee_count', 'NumberOfEmployees', { transform: [integer] }),
        into('industry', 'Industry'),
        into('company_domain', 'Website', { transform: [domain] }),
      ],
      out: productLed,
    },
    Lead: {
      in: [
        ...person,
        into('company_name', 'Company', { transform: [trim] }),
        into('state', 'State', { transform: [{ name: 'state' }] }),
        into('employee_count', 'NumberOfEmployees', { transform: [integer] }),
        into('industry', 'Industry'),
        into('company_domain', 'Website', { transform: [domain] }),
        // Cleared, sales has taken its word back: the same word counts again the next time.
        into('crm_status', ['IsConverted', 'Status'], {
          transform: [salesDecision, { name: 'coalesce' }],
          blank: 'clear',
        }),
      ],
      out: scores,
    },
    Opportunity: { in: [into('crm_status', 'state', { transform: [dealDecision] })], out: [] },
    Contact: {
      in: [...person, into('state', 'MailingState', { transform: [{ name: 'state' }] })],
      out: scores,
    },
  },
  // Salesforce itself counts neither visits nor opens: what marketing tools write there has a name of its own in each org.
  counters: {
    website_visits: 'events',
    email_opens: 'events',
    email_clicks: 'events',
    demo_requested: 'events',
    content_downloads: 'events',
  },
  // A campaign response is known by the type and name of its campaign and by its own status. Machines answer mail, too.
  events: [
    ...['automatic reply', 'out of office', 'undeliverable', 'delivery status notification'].map((Subject) => ({
      object: 'EmailMessage',
      contains: { Subject },
      type: 'nothing' as const,
    })),
    { object: 'CampaignMember', contains: 'demo', type: 'demo_request' },
    ...['webinar', 'content', 'download', 'whitepaper', 'ebook', 'guide'].map((contains) => ({
      object: 'CampaignMember',
      contains,
      type: 'content_download' as const,
    })),
    { object: 'CampaignMember', contains: '', type: 'form_submission' },
  ],
};

function field(
  name: string,
  label: string,
  spec: Pick<FieldSpec, 'description' | 'type'> & Partial<FieldSpec>,
): FieldSpec {
  return { options: [], maxLength: null, ...spec, name: `Leadloop_${name}__c`, label: `Leadloop ${label}` };
}

/** Named apart from the lead's score and tier, which a person has as well. */
const productLedFields: readonly FieldSpec[] = [
  field('PLG_Score', 'product score', {
    type: 'number',
    description: 'How ready they are to buy, by what they do with the product and who they are, 0 to 100.',
  }),
  field('PLG_Tier', 'product tier', {
    type: 'option',
    description: 'How soon to call, by the product score.',
    options: ['hot', 'warm', 'nurture', 'monitor'],
  }),
  field('Suggested_Action', 'suggested action', {
    type: 'text',
    description: 'Who to talk to, why now, and what to do.',
    maxLength: 255,
  }),
];

const fields: readonly FieldSpec[] = [
  field('Score', 'score', { type: 'number', description: 'Lead score, 0 to 100.' }),
  field('Segment', 'segment', {
    type: 'option',
    description: 'Size of the organisation behind the lead.',
    options: ['Enterprise', 'Mid-Market', 'SMB', 'unknown'],
  }),
  field('Status', 'status', {
    type: 'option',
    description: 'Where the lead stands on its way to sales.',
    options: ['new', 'engaged', 'mql', 'sql', 'opportunity', 'disqualified', 'recycled'],
  }),
  field('Is_MQL', 'MQL', { type: 'boolean', description: 'Marketing qualified, or further.' }),
  field('MQL_Date', 'MQL date', { type: 'datetime', description: 'When the lead last became marketing qualified.' }),
  field('Tier', 'tier', {
    type: 'option',
    description: 'How soon to call.',
    options: ['hot', 'warm', 'nurture', 'monitor'],
  }),
  field('Reasons', 'reasons', { type: 'text', description: 'Why the score is what it is, in one sentence.' }),
  ...productLedFields,
];

export const ownedFields: Readonly<Record<string, readonly FieldSpec[]>> = {
  Account: productLedFields,
  Lead: fields,
  Contact: fields,
};
