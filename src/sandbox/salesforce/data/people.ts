import { jobTitle, personName } from '../../hubspot/data/people.ts';
import type { Random } from '../../server/random.ts';
import type { Values } from '../schema/field.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { DAY, MINUTE, toSecond } from '../time.ts';
import type { Organisation, Person } from './portal.ts';

export interface Era {
  readonly random: Random;
  /** No seeded time lies after it. */
  readonly epoch: number;
}

const HISTORY_MS = 730 * DAY;
/** Modified at the latest so long before the start, so that a first pull meets settled records. */
const SETTLED_MS = 20 * MINUTE;

export function stamps({ random, epoch }: Era, by: string): Values {
  const created = epoch - DAY - Math.floor(random.next() * (HISTORY_MS - DAY));
  const latest = epoch - SETTLED_MS;
  const modified = latest - Math.floor(random.next() ** 2 * (latest - created));
  return {
    CreatedDate: toSecond(created),
    CreatedById: by,
    LastModifiedDate: toSecond(modified),
    LastModifiedById: by,
    SystemModstamp: toSecond(modified),
  };
}

/** Somebody only Salesforce knows. */
export function stranger(random: Random, organisations: readonly Organisation[], index: number): Person {
  const organisation = random.integer(0, organisations.length - 1);
  const at = organisations[organisation];
  const { first, last } = personName(random);
  const visits = random.chance(0.6) ? 0 : random.integer(1, 40);
  const opens = random.chance(0.5) ? 0 : random.integer(1, 20);
  return {
    first,
    last,
    email: index % 41 === 40 ? null : `${first}.${last}.${index}@${at?.domain ?? 'example.org'}`.toLowerCase(),
    title: jobTitle(random, at?.district === true ? 'district' : 'software'),
    phone: random.chance(0.4) ? `+1555${String(2_000_000 + index).slice(-7)}` : null,
    visits,
    opens,
    clicks: Math.floor(opens * random.next() * 0.5),
    optedOut: index % 37 === 12,
    organisation,
    isKnown: false,
  };
}

function personValues(person: Person, { random, epoch }: Era): Values {
  const first = person.first.slice(0, 40);
  const last = person.last.slice(0, 80);
  return {
    FirstName: first,
    LastName: last,
    Name: `${first} ${last}`.trim(),
    Email: person.email,
    Title: person.title,
    Phone: person.phone,
    LeadSource: random.pick(['Web', 'Webinar', 'Purchased List', 'Trade Show', 'Partner Referral']),
    HasOptedOutOfEmail: person.optedOut,
    Website_Visits__c: person.visits,
    Email_Opens__c: person.opens,
    Email_Clicks__c: person.clicks,
    pi__score__c: person.visits * 3 + person.clicks,
    pi__last_activity__c: person.visits > 0 ? toSecond(epoch - random.integer(1, 300) * DAY) : null,
  };
}

/** What people type into leads. */
function uglyLead(index: number, organisation: Organisation): Values {
  switch (index % 43) {
    case 3:
      return { Enrollment_Text__c: '12,500 students', District_Enrollment__c: null };
    case 9:
      return { Notes__c: 'Called twice.\nSaid: "send it, please".\r\nNo answer since; see 2,3' };
    case 14:
      return { Email: `Info@${organisation.domain}` };
    case 21:
      return { Phone: '+1 (555) 010-0199 ext. 4', Title: ' assistant  superintendent ' };
    default:
      return {};
  }
}

interface Cast {
  readonly org: Org;
  readonly era: Era;
  readonly by: string;
  /** Who owns records: users, and a queue for leads. */
  readonly owners: readonly string[];
}

export function seedLead(
  { org, era, by, owners }: Cast,
  person: Person,
  { organisation, index }: { organisation: Organisation; index: number },
): Row {
  const { random } = era;
  const values: Values = {
    ...personValues(person, era),
    ...stamps(era, by),
    Company: organisation.name,
    State: organisation.state,
    Country: 'United States',
    Website: `https://${organisation.domain}`,
    Status: random.pick(['Open - Not Contacted', 'Open - Not Contacted', 'Working - Contacted', 'Nurturing']),
    Industry: organisation.industry,
    Rating: person.visits > 20 ? 'Hot' : person.visits > 5 ? 'Warm' : null,
    NumberOfEmployees: organisation.employees,
    District_Enrollment__c: organisation.enrollment,
    Enrollment_Text__c: organisation.enrollmentText,
    OwnerId: owners[index % owners.length] ?? by,
    Demo_Requested__c: person.visits > 25,
    IsConverted: false,
    ...uglyLead(index, organisation),
  };
  return org.insert(org.table('Lead').object, values, { by });
}

export function seedContact(
  { org, era, by, owners }: Cast,
  person: Person,
  { account, index }: { account: Row; index: number },
): Row {
  const values: Values = {
    ...personValues(person, era),
    ...stamps(era, by),
    AccountId: account.id,
    MailingState: account.values['BillingState'] ?? null,
    MailingCountry: 'United States',
    OwnerId: owners[index % owners.length] ?? by,
  };
  return org.insert(org.table('Contact').object, values, { by });
}

export function seedAccount({ org, era, by, owners }: Cast, organisation: Organisation, index: number): Row {
  const values: Values = {
    ...stamps(era, by),
    Name: organisation.name,
    Type: 'Prospect',
    BillingState: organisation.state,
    BillingCountry: 'United States',
    Website: `https://${organisation.domain}`,
    Industry: organisation.industry,
    NumberOfEmployees: organisation.employees,
    OwnerId: owners[index % owners.length] ?? by,
    Enrollment__c: organisation.enrollment,
    Enrollment_Text__c: organisation.enrollmentText,
    NCES_Id__c: organisation.district ? String(3_600_000 + index) : null,
  };
  return org.insert(org.table('Account').object, values, { by });
}
