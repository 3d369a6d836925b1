import type { Value, Values } from '../schema/field.ts';
import { DAY, dateOf } from '../time.ts';
import type { Org, Writer } from './org.ts';
import type { Row } from './table.ts';

interface Conversion {
  contactId: string;
  accountId: string;
  opportunityId: string | null;
}

interface ConversionOrder {
  /** An existing contact (with its account) or account is used again: only its empty fields are filled. */
  contact?: Row;
  account?: Row;
  opportunity?: boolean;
  /** Milliseconds; default now. */
  at?: number;
}

/** By the field of the target, that of the lead. */
const PERSON = ['FirstName', 'LastName', 'Name', 'Email', 'Phone', 'MobilePhone', 'Title', 'LeadSource'].map(
  (name) => [name, name] as const,
);
const COMPANY = [
  ['Name', 'Company'],
  ['NumberOfEmployees', 'NumberOfEmployees'],
  ['Website', 'Website'],
  ['Industry', 'Industry'],
] as const;

/** One conversion at work. */
interface Case {
  readonly org: Org;
  readonly lead: Row;
  readonly writer: Writer;
}

/** What the lead knows and the target does not. */
function carried({ lead }: Case, into: Values, names: readonly (readonly [string, string])[]): Values {
  const empty = names.filter(([to]) => (into[to] ?? null) === null);
  return Object.fromEntries(empty.map(([to, from]): [string, Value] => [to, lead.values[from] ?? null]));
}

/** Contacts and accounts cannot belong to a queue: somebody has to be named, here the one who converts. */
function ownerOf({ org, lead }: Case): Value {
  const { OwnerId } = lead.values;
  return typeof OwnerId === 'string' && OwnerId.startsWith('005') ? OwnerId : org.automationUser;
}

function accountFor(work: Case, existing: Row | undefined): Row {
  const { org, writer } = work;
  const values = carried(work, existing?.values ?? {}, COMPANY);
  if (existing === undefined) {
    return org.insert(org.table('Account').object, { ...values, OwnerId: ownerOf(work) }, writer);
  }
  org.update(existing, values, writer);
  return existing;
}

function contactFor(work: Case, existing: Row | undefined, account: Row): Row {
  const { org, writer } = work;
  const values = carried(work, existing?.values ?? {}, PERSON);
  if (existing === undefined) {
    const more = { AccountId: account.id, OwnerId: ownerOf(work) };
    return org.insert(org.table('Contact').object, { ...values, ...more }, writer);
  }
  org.update(existing, values, writer);
  return existing;
}

function opportunityFor(work: Case, contact: Row): string {
  const { org, lead, writer } = work;
  const values: Values = {
    AccountId: contact.values['AccountId'] ?? null,
    ContactId: contact.id,
    Name: `${String(lead.values['Company'])}-`,
    StageName: 'Prospecting',
    CloseDate: dateOf((writer.at ?? org.now()) + 90 * DAY),
    LeadSource: lead.values['LeadSource'] ?? null,
    OwnerId: ownerOf(work),
    IsClosed: false,
    IsWon: false,
  };
  const { id } = org.insert(org.table('Opportunity').object, values, writer);
  const role = { OpportunityId: id, ContactId: contact.id, Role: null, IsPrimary: true };
  org.insert(org.table('OpportunityContactRole').object, role, writer);
  return id;
}

/** Tasks, events and e-mails follow the person; campaign members keep their lead and learn of the contact. */
function moveActivities({ org, lead, writer }: Case, { contactId, accountId, opportunityId }: Conversion): void {
  const activity = { WhoId: contactId, WhatId: opportunityId, AccountId: accountId };
  const moves: readonly [string, string, Values][] = [
    ['Task', 'WhoId', activity],
    ['Event', 'WhoId', activity],
    ['TaskWhoRelation', 'RelationId', { RelationId: contactId, AccountId: accountId, Type: 'Contact' }],
    ['EventWhoRelation', 'RelationId', { RelationId: contactId, AccountId: accountId, Type: 'Contact' }],
    ['EmailMessageRelation', 'RelationId', { RelationId: contactId, RelationObjectType: 'Contact' }],
    ['CampaignMember', 'LeadId', { ContactId: contactId, LeadOrContactId: contactId }],
  ];
  for (const [object, name, changes] of moves) {
    for (const row of org.table(object).pointingAt(name, lead.id)) org.update(row, changes, writer);
  }
}

/** What the Convert button does. Unmapped custom fields are lost, as there. */
export function convertLead(org: Org, lead: Row, order: ConversionOrder = {}): Conversion {
  const at = order.at ?? org.now();
  const work = { org, lead, writer: { by: org.automationUser, at } };
  const ownAccount = order.contact?.values['AccountId'];
  const account = accountFor(
    work,
    order.account ?? (typeof ownAccount === 'string' ? org.find(ownAccount) : undefined),
  );
  const contact = contactFor(work, order.contact, account);
  const opportunityId = order.opportunity === false ? null : opportunityFor(work, contact);
  const conversion = { contactId: contact.id, accountId: account.id, opportunityId };
  moveActivities(work, conversion);
  const changes: Values = {
    IsConverted: true,
    Status: 'Closed - Converted',
    ConvertedDate: dateOf(at),
    ConvertedAccountId: account.id,
    ConvertedContactId: contact.id,
    ConvertedOpportunityId: opportunityId,
  };
  org.update(lead, changes, work.writer);
  return conversion;
}

/** What can hang on a lead, a contact or an account. */
const REFERENCES: readonly [string, readonly string[]][] = [
  ['Task', ['WhoId', 'WhatId', 'AccountId']],
  ['Event', ['WhoId', 'WhatId', 'AccountId']],
  ['CampaignMember', ['LeadId', 'ContactId', 'LeadOrContactId']],
  ['TaskWhoRelation', ['RelationId', 'AccountId']],
  ['EventWhoRelation', ['RelationId', 'AccountId']],
  ['EmailMessageRelation', ['RelationId']],
  ['EmailMessage', ['RelatedToId']],
  ['Contact', ['AccountId', 'ReportsToId']],
  ['Account', ['ParentId']],
  ['Opportunity', ['AccountId', 'ContactId']],
  ['OpportunityContactRole', ['ContactId']],
];

/** Re-parents what hangs on `from`; as with the vendor, the children's own stamps do not move. */
function reparent(org: Org, from: string, to: string): void {
  for (const [object, names] of REFERENCES) {
    for (const name of names) {
      for (const row of org.table(object).pointingAt(name, from)) org.silently(row, { [name]: to });
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
