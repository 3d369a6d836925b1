/** PURE. What a mapping can fill and write, in the words of who maps it. */
import { counterEvents, engagementTypes } from '../model/engagement.ts';
import {
  companyFields,
  companyOutputs,
  type CounterField,
  counterFields,
  type MappedField,
  mappedFieldNames,
  mappedFields,
  type OutputField,
  outputFields,
} from '../model/lead.ts';
import type { EventRule } from '../model/mapping.ts';
import type { FieldUse, FieldUses } from './uses.ts';

export interface MappingTarget {
  readonly name: MappedField;
  readonly label: string;
  readonly description: string;
  readonly type: string;
  /** required: leads are recognised by it. known: the active profiles ask for it. */
  readonly need: 'required' | 'known' | 'optional';
  readonly isCompany: boolean;
  readonly usedBy: readonly FieldUse[];
}

export function targetsFor(uses: FieldUses): readonly MappingTarget[] {
  return mappedFieldNames.map((name) => {
    const usedBy = uses.get(name) ?? [];
    const [label, description] = targetWords[name];
    const need = name === 'email' ? 'required' : usedBy.length > 0 ? 'known' : 'optional';
    const isCompany = Object.hasOwn(companyFields, name);
    return { name, label, description, type: mappedFields[name].type, need, isCompany, usedBy };
  });
}

export interface MappingOutput {
  readonly name: OutputField;
  readonly label: string;
  readonly description: string;
  readonly isOfCompany: boolean;
}

export interface EventType {
  readonly name: EventRule['type'];
  /** The counter that is the sum of such events, where it does not come from the CRM; null = none. */
  readonly counter: CounterField | null;
}

/** What an event may count as. */
export const eventTypes: readonly EventType[] = [...engagementTypes, 'nothing' as const].map((name) => ({
  name,
  counter: counterFields.find((counter) => counterEvents[counter] === name) ?? null,
}));

type Words = readonly [label: string, description: string];

const outputWords: Readonly<Record<OutputField, Words>> = {
  lead_score: ['Lead score', '0 to 100.'],
  segment: ['Segment', 'Enterprise, Mid-Market, SMB or unknown.'],
  status: ['Lifecycle status', 'new, engaged, mql, sql …'],
  is_mql: ['Is MQL', 'Qualified in the current episode.'],
  mql_date: ['MQL date', 'When it last became an MQL.'],
  tier: ['Tier', 'How soon to call.'],
  reasons: ['Reasons', 'Why the score is what it is, in one sentence.'],
  plg_score: ['Product score', 'Of what they do with the product.'],
  plg_tier: ['Product tier', 'hot, warm, nurture or monitor.'],
  suggested_action: ['Suggested action', 'Who to talk to, why now, what to do.'],
};

export const outputs: readonly MappingOutput[] = outputFields.map((name) => {
  const [label, description] = outputWords[name];
  return { name, label, description, isOfCompany: companyOutputs.includes(name) };
});

const targetWords: Readonly<Record<MappedField, Words>> = {
  name: ['Name', 'Of the person.'],
  email: ['E-mail address', 'The same address in two records is the same person.'],
  company_name: ['Company', 'The organisation that they work for.'],
  title: ['Job title', 'Scored by its rank: superintendent, director, coordinator …'],
  state: ['State', 'Two letters; the transform “US state” reads full names.'],
  enrollment: ['Enrollment', 'Students of the district or school.'],
  source_detail: ['Source detail', 'First touch: filled once, never overwritten.'],
  website_visits: ['Website visits', 'A lifetime total.'],
  content_downloads: ['Content downloads', 'A lifetime total.'],
  email_opens: ['E-mails opened', 'A lifetime total.'],
  email_clicks: ['E-mail clicks', 'A lifetime total.'],
  demo_requested: ['Demo requested', 'Once true, it stays true.'],
  owner: ['Owner', 'The id of who owns the record in the CRM.'],
  source: ['Source', 'First touch: filled once, never overwritten.'],
  employee_count: ['Employees', 'Of the organisation.'],
  industry: ['Industry', 'Of the organisation.'],
  company_domain: ['Company domain', 'Joins people, signups and companies.'],
  crm_status: ['Sales’ decision', 'sql, opportunity, disqualified or recycled; other values say nothing.'],
  company_type: ['Company type', 'Such as Private or Public District.'],
  employee_range: ['Employee range', 'Such as 51-200.'],
  funding_stage: ['Funding stage', 'Such as Series B.'],
  total_funding_usd: ['Total funding', 'In US dollars.'],
  tech_stack: ['Tech stack', 'A list.'],
  linkedin_url: ['LinkedIn page', 'Of the company.'],
};
