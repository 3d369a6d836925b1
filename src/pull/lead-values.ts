/** PURE. A lead's values from all that is known of it: its CRM records, their companies, and its dated events. */
import type { StoredEvent } from '../db/queries/load-dated-events.ts';
import type { StoredContribution, StoredLead, StoredSignup } from '../db/queries/load-leads.ts';
import type { LeadRow } from '../db/queries/save-leads.ts';
import { type LeadContribution, mergeLeadValues } from '../mapping/merge.ts';
import { counterEvents, type EngagementType } from '../model/engagement.ts';
import { type CounterField, counterFields, type LeadField, type LeadValues } from '../model/lead.ts';
import type { ConnectionId, Fields, FieldValue } from '../model/values.ts';
import { distinctEvents } from './distinct-events.ts';
import type { ConnectionRules } from './pipeline.ts';

export interface KnownValues {
  /** By fact name, for scoring and the lifecycle. */
  readonly facts: Fields;
  readonly columns: ValueColumns;
  readonly crmStatus: string | null;
  /** Whose CRM says so. */
  readonly crmStatusFrom: ConnectionId | null;
}

/** The part of a lead's row that comes from values. */
export type ValueColumns = Omit<
  LeadRow,
  | 'id'
  | 'segment'
  | 'status'
  | 'lead_score'
  | 'tier'
  | 'episode'
  | 'baseline'
  | 'mql_date'
  | 'sql_date'
  | 'opportunity_date'
>;

/**
 * What records said before this batch, by `recordKey`; null = the record is new. A record that is not in the map says what it
 * said before: then its value is no news, and does not take turns with another record that disagrees.
 */
export type PreviousValues = ReadonlyMap<string, Fields | null>;

export function recordKey(record: { connectionId: ConnectionId; object: string; externalId: string }): string {
  return `${record.connectionId} ${record.object} ${record.externalId}`;
}

export interface LeadWithEvents extends StoredLead {
  /** Its events one by one, where several connections tell of the same type; else they are not needed. */
  readonly events: readonly StoredEvent[];
}

export function leadValuesOf(
  lead: LeadWithEvents,
  connections: ReadonlyMap<ConnectionId, ConnectionRules>,
  previous: PreviousValues,
): KnownValues {
  const stored = lead.contributions.filter((one) => !one.gone && connections.has(one.connectionId));
  const contributions = stored.map((one) => contributionOf(one, connections, previous));
  const merged = mergeLeadValues(lead.values, contributions);
  const values = {
    ...merged,
    ...countersOf(lead, merged, contributions, connections),
    ...signupValues(lead.signups, contributions),
  };
  const saidBy = (field: LeadField): ConnectionId | null =>
    contributions.find((one) => one.values[field] === values[field])?.connectionId ?? null;
  const text = (field: LeadField): string | null => textOf(values[field]);
  const [first] = contributions;
  return {
    facts: { ...values, ...productFacts(lead.signups) },
    crmStatus: text('crm_status'),
    crmStatusFrom: values.crm_status === null ? null : saidBy('crm_status'),
    columns: {
      name: text('name'),
      email: text('email'),
      company_name: text('company_name'),
      title: text('title'),
      state: text('state'),
      enrollment: numberOf(values.enrollment),
      source: text('source') ?? kindOfSource(first, lead.signups, connections),
      source_detail: text('source_detail'),
      website_visits: numberOf(values.website_visits) ?? 0,
      content_downloads: numberOf(values.content_downloads) ?? 0,
      email_opens: numberOf(values.email_opens) ?? 0,
      email_clicks: numberOf(values.email_clicks) ?? 0,
      demo_requested: values.demo_requested === true,
      employee_count: numberOf(values.employee_count),
      industry: text('industry'),
      company_domain: text('company_domain'),
      crm_status: text('crm_status'),
      crm_owner: text('owner'),
      owner_connection: values.owner === null ? null : saidBy('owner'),
    },
  };
}

/** Where a lead comes from that no mapping names a source of. */
function kindOfSource(
  first: LeadContribution | undefined,
  signups: readonly StoredSignup[],
  connections: ReadonlyMap<ConnectionId, ConnectionRules>,
): string | null {
  if (first !== undefined) return connections.get(first.connectionId)?.kind ?? null;
  return signups.length > 0 ? 'signup' : null;
}

/** What the lead's signups and their companies say, of fields on which no CRM says anything. */
function signupValues(signups: readonly StoredSignup[], contributions: readonly LeadContribution[]): LeadValues {
  const values: { [F in LeadField]?: FieldValue } = {};
  for (const field of ['name', 'email', 'company_domain', 'company_name', 'industry', 'employee_count'] as const) {
    const said = signups.find((signup) => signup[field] !== null)?.[field] ?? null;
    const isOpen = contributions.every((one) => isNothing(one.values[field]));
    if (said !== null && isOpen) values[field] = said;
  }
  return values;
}

function isNothing(value: FieldValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** What the marketing profile may ask of the product side; unknown where the lead has not signed up. */
function productFacts([best]: readonly StoredSignup[]): Fields {
  return { plg_score: best?.plg_score ?? null, plg_tier: best?.plg_tier ?? null };
}

function contributionOf(
  stored: StoredContribution,
  connections: ReadonlyMap<ConnectionId, ConnectionRules>,
  previous: PreviousValues,
): LeadContribution {
  const { connectionId, object, externalId, mapped } = stored;
  const before = previous.get(recordKey(stored));
  return {
    connectionId,
    object,
    externalId,
    modifiedAt: stored.modifiedAt,
    values: mapped,
    rules: connections.get(connectionId)?.mapping.objects.get(object)?.in ?? [],
    kind: stored.kind === 'company' ? 'company' : 'lead',
    previous: before === undefined ? mapped : before,
  };
}

/**
 * A counter whose source is our events is their sum, over the connections that count so, each event once; a counter of a CRM
 * is what the CRM says. Both are totals of the same person's doings, so of two sources the greater one is nearer to the truth than the sum.
 */
function countersOf(
  lead: LeadWithEvents,
  merged: LeadValues,
  contributions: readonly LeadContribution[],
  connections: ReadonlyMap<ConnectionId, ConnectionRules>,
): LeadValues {
  const counters: { [F in CounterField]?: FieldValue } = {};
  for (const field of counterFields) {
    const counting = [...connections].filter(([, { mapping }]) => mapping.definition.counters[field] === 'events');
    if (counting.length === 0) continue;
    const ids = counting.map(([id]) => id);
    const counted = eventsCounted(lead, ids, counterEvents[field]);
    const isFromCrm = contributions.some((one) => one.values[field] !== undefined && one.values[field] !== null);
    if (field === 'demo_requested') counters[field] = counted > 0 || (isFromCrm && merged[field] === true);
    else counters[field] = Math.max(counted, isFromCrm ? Number(merged[field] ?? 0) : 0);
  }
  return counters;
}

function eventsCounted(
  { eventTotals, events }: LeadWithEvents,
  ids: readonly ConnectionId[],
  type: EngagementType,
): number {
  const totals = ids.map((id) => eventTotals[id]?.[type] ?? 0);
  if (totals.filter((total) => total > 0).length < 2) return sum(totals);
  const own = events.filter((event) => event.type === type && ids.includes(event.connectionId));
  return sum(distinctEvents(own).map(({ quantity }) => quantity));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function textOf(value: FieldValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: FieldValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
