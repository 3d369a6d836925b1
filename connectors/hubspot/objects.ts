import type { ObjectCapability } from 'leadloop/connector-sdk';
import { batchSize } from './limits.ts';

/** How an object is read; see `pull.ts`, `owners.ts`, `forms.ts` and `email-events.ts`. */
type Source = 'crm' | 'owners' | 'forms' | 'email-events';

export interface HubSpotObject extends ObjectCapability {
  readonly source: Source;
  /** Moves with every change of a property; one millisecond fine (docs, search). */
  readonly modifiedProperty: string;
  /** Read whatever the mapping asks for. */
  readonly ownProperties: readonly string[];
  /** Any one of them suffices. */
  readonly scopes: readonly string[];
}

const company = {
  object: 'companies',
  kind: 'company',
  source: 'crm',
  lanes: ['full', 'live', 'settled', 'archived'],
  push: { optional: true, maxBatch: batchSize, mass: null },
  optional: false,
  eventTexts: [],
  modifiedProperty: 'hs_lastmodifieddate',
  ownProperties: ['hs_lastmodifieddate', 'hs_merged_object_ids'],
  scopes: ['crm.objects.companies.read'],
} as const satisfies HubSpotObject;

const contact = {
  object: 'contacts',
  kind: 'lead',
  source: 'crm',
  lanes: ['full', 'live', 'settled', 'archived'],
  push: { optional: false, maxBatch: batchSize, mass: null },
  optional: false,
  eventTexts: [],
  // Contacts alone have no prefix.
  modifiedProperty: 'lastmodifieddate',
  // The primary company is a property of the contact, so no association is read.
  ownProperties: ['lastmodifieddate', 'hs_merged_object_ids', 'associatedcompanyid'],
  scopes: ['crm.objects.contacts.read'],
} as const satisfies HubSpotObject;

const owner = {
  object: 'owners',
  kind: 'owner',
  source: 'owners',
  lanes: ['full'],
  push: null,
  optional: false,
  eventTexts: [],
  modifiedProperty: 'updatedAt',
  ownProperties: [],
  scopes: ['crm.objects.owners.read'],
} as const satisfies HubSpotObject;

const engagement = {
  kind: 'engagement',
  push: null,
  optional: true,
  eventTexts: [],
  modifiedProperty: 'hs_lastmodifieddate',
} as const;

/** In the order in which a sync pulls them: owners and companies before the people who refer to them. */
export const objects: readonly HubSpotObject[] = [
  owner,
  company,
  contact,
  {
    ...engagement,
    object: 'forms',
    source: 'forms',
    lanes: ['live'],
    // Also the `detail` of each event: see `forgetUncounted`.
    eventTexts: ['name'],
    ownProperties: [],
    scopes: ['forms'],
  },
  {
    ...engagement,
    object: 'meetings',
    source: 'crm',
    lanes: ['full', 'live', 'settled'],
    ownProperties: ['hs_lastmodifieddate', 'hs_createdate', 'hs_meeting_start_time', 'hs_meeting_outcome'],
    scopes: ['crm.objects.contacts.read'],
  },
  {
    ...engagement,
    object: 'calls',
    source: 'crm',
    lanes: ['full', 'live', 'settled'],
    ownProperties: ['hs_lastmodifieddate', 'hs_timestamp', 'hs_call_status'],
    scopes: ['crm.objects.contacts.read'],
  },
  {
    ...engagement,
    object: 'emails',
    source: 'crm',
    lanes: ['full', 'live', 'settled'],
    ownProperties: ['hs_lastmodifieddate', 'hs_timestamp', 'hs_email_direction', 'hs_email_status'],
    scopes: ['sales-email-read'],
  },
  {
    ...engagement,
    object: 'marketing_emails',
    source: 'email-events',
    lanes: ['live', 'settled'],
    ownProperties: [],
    scopes: ['content'],
  },
];

/** @throws RangeError for an object that is not in the list: a mistake of the caller. */
export function objectNamed(name: string): HubSpotObject {
  const found = objects.find(({ object }) => object === name);
  if (found === undefined) throw new RangeError(`HubSpot has no object called ${name}.`);
  return found;
}
