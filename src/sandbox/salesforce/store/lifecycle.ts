import type { Values } from '../schema/field.ts';
import { dateOf } from '../time.ts';
import type { Org, Writer } from './org.ts';
import type { Row } from './table.ts';

interface Conversion {
  contactId: string;
  accountId: string;
  opportunityId: string | null;
}

interface ConversionOrder {
  /** An existing contact or account is used again; only its empty fields are filled. */
  contactId?: string;
  opportunity?: boolean;
  /** Milliseconds; default now. */
  at?: number;
}

const CARRIED = ['FirstName', 'LastName', 'Name', 'Email', 'Phone', 'MobilePhone', 'Title', 'LeadSource'];

function carried(lead: Row, into: Values): Values {
  const entries = CARRIED.filter((name) => (into[name] ?? null) === null).map((name) => [
    name,
    lead.values[name] ?? null,
  ]);
  return Object.fromEntries(entries) as Values;
}

function targetContact(org: Org, lead: Row, contactId: string | undefined, writer: Writer): Row {
  const existing = contactId === undefined ? undefined : org.find(contactId);
  if (existing !== undefined) {
    org.update(existing, carried(lead, existing.values), writer);
    return existing;
  }
  const { OwnerId, Company, NumberOfEmployees } = lead.values;
  const account = org.insert(
    org.table('Account').object,
    { Name: Company ?? null, NumberOfEmployees: NumberOfEmployees ?? null, OwnerId: OwnerId ?? null },
    writer,
  );
  const values = { ...carried(lead, {}), AccountId: account.id, OwnerId: OwnerId ?? null };
  return org.insert(org.table('Contact').object, values, writer);
}

/** Tasks and events follow the person; campaign members keep their lead and learn of the contact. */
function moveActivities(org: Org, lead: Row, { contactId, opportunityId }: Conversion, writer: Writer): void {
  for (const name of ['Task', 'Event']) {
    for (const row of org.table(name).all()) {
      if (row.values['WhoId'] === lead.id) org.update(row, { WhoId: contactId, WhatId: opportunityId }, writer);
    }
  }
  for (const row of org.table('CampaignMember').all()) {
    if (row.values['LeadId'] === lead.id) org.update(row, { ContactId: contactId, LeadOrContactId: contactId }, writer);
  }
}

/** What the Convert button does. Unmapped custom fields are lost, as there. */
export function convertLead(org: Org, lead: Row, order: ConversionOrder = {}): Conversion {
  const at = order.at ?? org.now();
  const writer = { by: org.automationUser, at };
  const contact = targetContact(org, lead, order.contactId, writer);
  const accountId = String(contact.values['AccountId']);
  const opportunity =
    order.opportunity === false
      ? null
      : org.insert(
          org.table('Opportunity').object,
          {
            AccountId: accountId,
            ContactId: contact.id,
            Name: `${String(lead.values['Company'])}-`,
            StageName: 'Prospecting',
            CloseDate: dateOf(at + 90 * 86_400_000),
            OwnerId: lead.values['OwnerId'] ?? null,
            IsClosed: false,
            IsWon: false,
          },
          writer,
        ).id;
  if (opportunity !== null) {
    const role = { OpportunityId: opportunity, ContactId: contact.id, Role: null, IsPrimary: true };
    org.insert(org.table('OpportunityContactRole').object, role, writer);
  }
  const conversion = { contactId: contact.id, accountId, opportunityId: opportunity };
  moveActivities(org, lead, conversion, writer);
  const changes: Values = {
    IsConverted: true,
    Status: 'Closed - Converted',
    ConvertedDate: dateOf(at),
    ConvertedAccountId: accountId,
    ConvertedContactId: contact.id,
    ConvertedOpportunityId: opportunity,
  };
  org.update(lead, changes, writer);
  return conversion;
}

const PERSON_REFERENCES: readonly [string, readonly string[]][] = [
  ['Task', ['WhoId', 'WhatId', 'AccountId']],
  ['Event', ['WhoId', 'WhatId', 'AccountId']],
  ['CampaignMember', ['LeadId', 'ContactId', 'LeadOrContactId']],
  ['Contact', ['AccountId', 'ReportsToId']],
  ['Opportunity', ['AccountId', 'ContactId']],
  ['OpportunityContactRole', ['ContactId']],
];

/** Re-parents what hangs on `from`; as with the vendor, the children's own stamps do not move. */
function reparent(org: Org, from: string, to: string): void {
  for (const [object, names] of PERSON_REFERENCES) {
    for (const row of org.table(object).all()) {
      const changed = names.filter((name) => row.values[name] === from).map((name) => [name, to]);
      if (changed.length > 0) org.silently(row, Object.fromEntries(changed) as Values);
    }
  }
}

/** Losers go to the bin with MasterRecordId; the winner gets one update. */
export function mergeRecords(org: Org, winner: Row, losers: readonly Row[], at = org.now()): void {
  const writer = { by: org.automationUser, at };
  for (const loser of losers) {
    reparent(org, loser.id, winner.id);
    org.delete(loser, writer, { MasterRecordId: winner.id });
  }
  org.update(winner, {}, writer);
}
