import type { ObjectCapability } from 'leadloop/connector-sdk';
import { collectionSize, massPushFrom, massPushSize } from './limits.ts';

/** How an object is read; see `pull.ts` and `owners.ts`. */
type Source = 'crm' | 'owners';

export interface SalesforceObject extends ObjectCapability {
  readonly source: Source;
  /** Read whatever the mapping asks for, where they can be read. */
  readonly ownFields: readonly string[];
  /** Fields of a parent record, read as `Parent.Field` where its lookup can be read. */
  readonly parentFields: readonly string[];
  /** The field that leads to the company. */
  readonly companyField: string | null;
  readonly isMergeable: boolean;
}

/** Leads and contacts alone carry our fields. */
const written = { maxBatch: collectionSize, mass: { from: massPushFrom, maxBatch: massPushSize } };

const record = {
  source: 'crm',
  lanes: ['full', 'live', 'settled', 'archived'],
  optional: false,
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
  parentFields: [],
  companyField: null,
  isMergeable: false,
} as const;

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
  { ...record, object: 'Account', kind: 'company', push: null, ownFields: [] },
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
    ownFields: ['LeadId', 'ContactId', 'CampaignId', 'HasResponded', 'FirstRespondedDate', 'CreatedDate'],
    parentFields: ['Campaign.Name', 'Campaign.Type'],
  },
  {
    ...engagement,
    object: 'Task',
    ownFields: ['WhoId', 'Subject', 'TaskSubtype', 'IsClosed', 'CompletedDateTime', 'ActivityDate'],
  },
  { ...engagement, object: 'Event', ownFields: ['WhoId', 'Subject', 'StartDateTime', 'CreatedDate'] },
];

/** @throws RangeError for an object that is not in the list: a mistake of the caller. */
export function objectNamed(name: string): SalesforceObject {
  const found = objects.find(({ object }) => object === name);
  if (found === undefined) throw new RangeError(`Salesforce has no object called ${name} that leadloop reads.`);
  return found;
}
