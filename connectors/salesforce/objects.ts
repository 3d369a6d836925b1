import type { ObjectCapability } from 'leadloop/connector-sdk';
import { collectionSize, massFrom, massSize } from './limits.ts';

/** How an object is read; see `pull.ts` and `owners.ts`. */
type Source = 'crm' | 'owners';

export interface SalesforceObject extends ObjectCapability {
  readonly source: Source;
  /** Read whatever the mapping asks for, where they can be read. */
  readonly ownFields: readonly string[];
  /** Text fields of a parent record, read as `Parent.Field` where its lookup can be read. Bulk sends every type as text. */
  readonly parentFields: readonly string[];
  /** The field that leads to the company. */
  readonly companyField: string | null;
  readonly isMergeable: boolean;
}

/** Leads, contacts and accounts carry our fields. */
const written = { optional: false, maxBatch: collectionSize, mass: { from: massFrom, maxBatch: massSize } };

const record = {
  source: 'crm',
  lanes: ['full', 'live', 'settled', 'archived'],
  optional: false,
  eventTexts: [],
  parentFields: [],
  companyField: null,
  isMergeable: true,
} as const;

const engagement = {
  kind: 'engagement',
  source: 'crm',
  lanes: ['full', 'live', 'settled'],
  push: null,
  optional: true,
  eventTexts: [],
  parentFields: [],
  companyField: null,
  isMergeable: false,
} as const;

/** `WhoCount` is there only where activities may have several people (docs, Shared Activities). */
const activityFields = ['WhoId', 'WhoCount', 'Subject', 'Type', 'ActivityDate'];

/** In the order in which a sync pulls them: owners and companies before the people who refer to them. */
export const objects: readonly SalesforceObject[] = [
  {
    ...record,
    object: 'User',
    kind: 'owner',
    source: 'owners',
    lanes: ['full'],
    push: null,
    ownFields: [],
    isMergeable: false,
  },
  {
    ...record,
    object: 'Account',
    kind: 'company',
    push: { ...written, optional: true },
    ownFields: ['IsPersonAccount'],
  },
  {
    ...record,
    object: 'Lead',
    kind: 'lead',
    push: written,
    ownFields: ['IsConverted', 'ConvertedContactId', 'ConvertedOpportunityId'],
  },
  {
    ...record,
    object: 'Contact',
    kind: 'lead',
    push: written,
    ownFields: ['AccountId'],
    companyField: 'AccountId',
  },
  {
    ...record,
    object: 'Opportunity',
    kind: 'opportunity',
    lanes: ['full', 'live', 'settled'],
    push: null,
    optional: true,
    ownFields: ['Name', 'StageName', 'Amount', 'IsClosed', 'IsWon', 'CreatedDate'],
    isMergeable: false,
  },
  { ...engagement, object: 'OpportunityContactRole', ownFields: ['OpportunityId', 'ContactId'] },
  {
    ...engagement,
    object: 'CampaignMember',
    ownFields: ['LeadId', 'ContactId', 'CampaignId', 'Status', 'HasResponded', 'FirstRespondedDate', 'CreatedDate'],
    parentFields: ['Campaign.Name', 'Campaign.Type'],
    eventTexts: ['Campaign.Type', 'Campaign.Name', 'Status'],
  },
  {
    ...engagement,
    object: 'Task',
    ownFields: [...activityFields, 'TaskSubtype', 'CallDisposition', 'IsClosed', 'CompletedDateTime'],
    // Whoever logs for another tool is known by the user's name.
    parentFields: ['CreatedBy.Name'],
    eventTexts: ['Subject', 'Type', 'TaskSubtype', 'CallDisposition', 'CreatedBy.Name'],
  },
  {
    ...engagement,
    object: 'Event',
    ownFields: [...activityFields, 'StartDateTime', 'IsAllDayEvent'],
    parentFields: ['CreatedBy.Name'],
    eventTexts: ['Subject', 'Type', 'CreatedBy.Name'],
  },
  {
    ...engagement,
    object: 'EmailMessage',
    ownFields: ['ActivityId', 'Subject', 'Incoming', 'MessageDate', 'IsBounced', 'FirstOpenedDate', 'LastOpenedDate'],
    parentFields: ['Activity.WhoId'],
    eventTexts: ['Subject'],
  },
];

/** @throws RangeError for an object that is not in the list: a mistake of the caller. */
export function objectNamed(name: string): SalesforceObject {
  const found = objects.find(({ object }) => object === name);
  if (found === undefined) throw new RangeError(`Salesforce has no object called ${name} that leadloop reads.`);
  return found;
}
