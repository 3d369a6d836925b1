import type { ObjectTable } from '../store/object-table.ts';
import { NOTHING_MERGED, type Properties } from '../store/record.ts';
import { isoInstant } from '../time.ts';
import { activityOf, activityProperties, type Activity, type Conversion } from './activity.ts';
import { conversionName, DEMO_FORM, pickForm } from './forms.ts';
import { lifetime, type Era, type Organisation } from './organisations.ts';
import { jobTitle, personName, UGLY_NAMES, type PersonName } from './people.ts';
import type { Random } from '../../server/random.ts';

export interface SeededContact {
  readonly id: number;
  readonly email: string | undefined;
  readonly firstname: string;
  readonly organisation: Organisation;
  readonly activity: Activity;
  readonly stage: string;
  readonly ownerId: string | undefined;
  /** The form it filled in last. */
  readonly form: ReturnType<typeof pickForm> | undefined;
}

/** Short ids of an old portal and long ones of today: whoever sorts them as text gets them wrong. */
function contactId(index: number, total: number): number {
  return index < total * 0.3 ? 51 + 50 * index : 24_300_000_000 + 37 * index;
}

function stageOf(random: Random, heat: number): string {
  const draw = random.next() * 0.6 + heat * 0.6;
  if (draw > 0.95) return 'customer';
  if (draw > 0.85) return 'opportunity';
  if (draw > 0.75) return 'salesqualifiedlead';
  if (draw > 0.66) return 'marketingqualifiedlead';
  return draw > 0.2 ? 'lead' : 'subscriber';
}

function addressOf(table: ObjectTable, { first, last }: PersonName, domain: string, index: number): string {
  const plain = `${first}.${last}`
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z.]/g, '')
    .slice(0, 40);
  const local = plain.length > 2 ? plain : `contact${index}`;
  const email = `${local}@${domain}`;
  return table.unique.owner('email', email) === undefined ? email : `${local}${index}@${domain}`;
}

interface Person {
  name: PersonName;
  title: string;
  /** Left out = made from the name. */
  email?: string;
}

function personOf(
  random: Random,
  organisation: Organisation,
  { index, seat }: { index: number; seat: number },
): Person {
  const known = organisation.people[seat];
  if (known !== undefined) return { name: known, title: known.title, email: known.email };
  const title = jobTitle(random, organisation.kind);
  const ugly = index % 29 === 17 ? UGLY_NAMES[Math.floor(index / 29) % UGLY_NAMES.length] : undefined;
  return { name: ugly ?? personName(random), title };
}

/** Cases every real portal has; `previous` is the address of another contact. */
function uglyProperties(index: number, previous: string | undefined): Properties {
  switch (index % 43) {
    case 3:
      // Another contact's address in other letters: only text properties can hold that, primaries are unique.
      return { secondary_email_text: previous?.toUpperCase() };
    case 9:
      return { secondary_email_text: 'none@ (ask the office)' };
    case 14:
      return { enrollment_text: '12,500 students' };
    case 21:
      return { hs_additional_emails: `old.address.${index}@formerschool.example` };
    case 30:
      return { phone: '+1 (555) 010-0199 ext. 4', jobtitle: '' };
    default:
      return {};
  }
}

function conversionOf(random: Random, activity: Activity, form: SeededContact['form']): Conversion {
  if (form === undefined) return { first: undefined, recent: undefined };
  const first = activity.conversions > 1 ? pickForm(random) : form;
  return { first: conversionName(first), recent: conversionName(form) };
}

interface Place {
  index: number;
  /** Whose of the organisation's known people this is; beyond them, anybody. */
  seat: number;
  total: number;
  owners: readonly string[];
  previous: string | undefined;
}

function crmProperties(contact: Omit<SeededContact, 'id'>, { name, title }: Person, createdAt: number): Properties {
  const { email, organisation, stage, ownerId } = contact;
  return {
    email,
    firstname: name.first,
    lastname: name.last,
    jobtitle: title,
    company: organisation.name,
    state: organisation.state,
    country: 'United States',
    lifecyclestage: stage,
    [`hs_lifecyclestage_${stage}_date`]: isoInstant(createdAt),
    hs_lead_status: stage === 'salesqualifiedlead' ? 'OPEN' : undefined,
    hubspot_owner_id: ownerId,
    associatedcompanyid: String(organisation.id),
    district_enrollment: organisation.enrollment?.toString(),
    hs_email_domain: email?.split('@')[1],
    hs_full_name_or_email: `${name.first} ${name.last}`,
    hs_is_contact: 'true',
    hs_object_source: 'IMPORT',
    hs_pipeline: 'contacts-lifecycle-pipeline',
  };
}

export function seedContact(table: ObjectTable, era: Era, organisation: Organisation, place: Place): SeededContact {
  const { random } = era;
  const { index, total } = place;
  const { createdAt, updatedAt } = lifetime(era);
  const person = personOf(random, organisation, place);
  const address = person.email ?? addressOf(table, person.name, organisation.domain, index);
  const email = index % 41 === 40 ? undefined : address;
  const activity = activityOf(random, { from: createdAt, until: updatedAt });
  const form = activity.conversions > 0 && email !== undefined ? pickForm(random) : undefined;
  const stage = form === DEMO_FORM && activity.heat > 0.4 ? 'salesqualifiedlead' : stageOf(random, activity.heat);
  const ownerId = random.chance(0.6) ? random.pick(place.owners) : undefined;
  const id = contactId(index, total);
  const contact: SeededContact = {
    id,
    email,
    firstname: person.name.first,
    organisation,
    activity,
    stage,
    ownerId,
    form,
  };
  const properties: Properties = {
    ...crmProperties(contact, person, createdAt),
    phone: random.chance(0.4) ? `+1555${String(1_000_000 + index).slice(-7)}` : undefined,
    hs_email_optout: index % 37 === 12 ? 'true' : undefined,
    ...activityProperties(activity, conversionOf(random, activity, form)),
    ...uglyProperties(index, place.previous),
  };
  table.insert({ id, createdAt, updatedAt, archivedAt: undefined, mergedIds: NOTHING_MERGED, properties });
  return contact;
}

/** A contact that came out of a merge before anyone looked: its two former ids lead to it. */
export function seedMergedContact(table: ObjectTable, era: Era): void {
  const { createdAt, updatedAt } = lifetime(era);
  const former = table.nextId();
  table.insert({
    id: former + 20,
    createdAt,
    updatedAt,
    archivedAt: undefined,
    mergedIds: [former, former + 7],
    properties: {
      email: 'merged.once@maplegrove.k12.us',
      firstname: 'Merged',
      lastname: 'Once',
      jobtitle: 'Superintendent',
      lifecyclestage: 'lead',
      hs_additional_emails: 'm.once@maplegrove.k12.us',
      hs_all_contact_vids: `${former};${former + 7}`,
      hs_analytics_num_visits: '14',
      hs_is_contact: 'true',
    },
  });
}
