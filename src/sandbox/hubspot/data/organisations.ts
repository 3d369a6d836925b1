import { US_STATES } from '../schema/enumerations.ts';
import { DAY } from '../time.ts';
import type { ObjectTable } from '../store/object-table.ts';
import { NOTHING_MERGED, type Properties } from '../store/record.ts';
import type { PersonName } from './people.ts';
import type { Random } from '../../server/random.ts';

export interface Organisation {
  readonly id: number;
  readonly kind: 'district' | 'software';
  readonly name: string;
  readonly domain: string;
  readonly state: string;
  /** Students, for districts. */
  readonly enrollment: number | undefined;
  readonly people: readonly KnownPerson[];
}

const PLACES = (
  'Maple Cedar Oak River Lake Spring Pine Prairie Summit Valley Granite Willow Harbor Eagle Fox Clear Stone Sunset ' +
  'Blue Silver'
).split(' ');
const ENDINGS = 'Grove Creek Ridge Falls Point Hills Park Field Crossing Haven Bend Springs Mesa Bluff Hollow'.split(
  ' ',
);
const SUFFIXES = ['Unified School District', 'Independent School District', 'Public Schools', 'County Schools'];

/** Somebody known by name; the address is the one they signed up with. */
interface KnownPerson extends PersonName {
  title: string;
  email: string;
}

interface SoftwareCompany {
  name: string;
  domain: string;
  industry: string;
  employees: number;
  people: readonly KnownPerson[];
}

function person(first: string, last: string, title: string, email: string): KnownPerson {
  return { first, last, title, email };
}

/** The five developer-signup companies of the product-led demo, with the people known there. */
const SOFTWARE: readonly SoftwareCompany[] = [
  {
    name: 'VelocityPay',
    domain: 'velocitypay.io',
    industry: 'FINANCIAL_SERVICES',
    employees: 180,
    people: [
      person('Marcus', 'Chen', 'Senior Software Engineer', 'marcus.chen@velocitypay.io'),
      person('Sarah', 'Kim', 'VP of Engineering', 'sarah.kim@velocitypay.io'),
      person('David', 'Park', 'CTO', 'david.park@velocitypay.io'),
    ],
  },
  {
    name: 'HomeFront Technologies',
    domain: 'homefront.example',
    industry: 'REAL_ESTATE',
    employees: 850,
    people: [person('Priya', 'Patel', 'Director of Platform Engineering', 'priya.patel@homefront.example')],
  },
  {
    name: 'CloudMetrics',
    domain: 'cloudmetrics.example',
    industry: 'COMPUTER_SOFTWARE',
    employees: 65,
    people: [person('Jonas', 'Weber', 'Founder & CEO', 'jonas.weber@cloudmetrics.example')],
  },
  {
    name: 'MediSync',
    domain: 'medisync.example',
    industry: 'HOSPITAL_HEALTH_CARE',
    employees: 320,
    people: [person('Amara', 'Okafor', 'Head of Engineering', 'amara.okafor@medisync.example')],
  },
  {
    name: 'TaskFlow',
    domain: 'taskflow.example',
    industry: 'COMPUTER_SOFTWARE',
    employees: 8,
    people: [person('Sam', 'Rivera', 'Founder', 'sam@taskflow.example')],
  },
];

/** By which they are known in any CRM. */
export const knownAddresses: ReadonlySet<string> = new Set(
  SOFTWARE.flatMap(({ people }) => people.map(({ email }) => email)),
);

const FIRST_COMPANY_ID = 7_421_000_117;
/** Modified at the latest ten minutes before the start, so that a first pull meets settled records. */
const SETTLED_MS = 10 * 60_000;
const HISTORY_MS = 730 * DAY;

export interface Era {
  readonly random: Random;
  /** No seeded time lies after it. */
  readonly epoch: number;
}

/** A creation and a modification time within the two years before the epoch. */
export function lifetime({ random, epoch }: Era): { createdAt: number; updatedAt: number } {
  const createdAt = epoch - DAY - Math.floor(random.next() * (HISTORY_MS - DAY));
  const latest = epoch - SETTLED_MS;
  return { createdAt, updatedAt: latest - Math.floor(random.next() ** 2 * (latest - createdAt)) };
}

function insert(table: ObjectTable, era: Era, properties: Properties): number {
  const id = FIRST_COMPANY_ID + table.size * 13;
  const sourced = { hs_object_source: 'CRM_UI', hs_pipeline: 'companies-lifecycle-pipeline', ...properties };
  table.insert({ id, ...lifetime(era), archivedAt: undefined, mergedIds: NOTHING_MERGED, properties: sourced });
  return id;
}

/** Most districts are small, a few have more than 25,000 students. */
function enrollmentOf(random: Random): number {
  return Math.round(300 + 90_000 * random.next() ** 4);
}

function district(table: ObjectTable, era: Era, index: number): Organisation {
  const { random } = era;
  const place = PLACES[index % PLACES.length] ?? '';
  const ending = ENDINGS[Math.floor(index / PLACES.length) % ENDINGS.length] ?? '';
  const round = Math.floor(index / (PLACES.length * ENDINGS.length));
  const number = round === 0 ? '' : ` ${round}`;
  const name = `${place} ${ending}${number} ${random.pick(SUFFIXES)}`;
  const state = random.pick(US_STATES);
  const domain = `${place}${ending}${round === 0 ? '' : round}.k12.us`.toLowerCase();
  // One in eight keeps the number only as text, the way people type it; one in twelve has none at all.
  const enrollment = index % 12 === 11 ? undefined : enrollmentOf(random);
  const asText = index % 8 === 5 && enrollment !== undefined;
  const id = insert(table, era, {
    name,
    domain,
    industry: 'PRIMARY_SECONDARY_EDUCATION',
    state,
    country: 'United States',
    numberofemployees: enrollment === undefined ? undefined : String(Math.round(enrollment / 9)),
    district_enrollment: asText || enrollment === undefined ? undefined : String(enrollment),
    enrollment_text: asText ? `${enrollment.toLocaleString('en-US')} students` : undefined,
    lifecyclestage: 'lead',
  });
  return { id, kind: 'district', name, domain, state, enrollment: asText ? undefined : enrollment, people: [] };
}

function software(table: ObjectTable, era: Era, company: SoftwareCompany): Organisation {
  const { name, domain, industry, employees, people } = company;
  const state = era.random.pick(US_STATES);
  const id = insert(table, era, {
    name,
    domain,
    industry,
    state,
    country: 'United States',
    numberofemployees: String(employees),
    lifecyclestage: 'lead',
  });
  return { id, kind: 'software', name, domain, state, enrollment: undefined, people };
}

export function seedOrganisations(table: ObjectTable, era: Era, contacts: number): Organisation[] {
  const districts = Math.max(6, Math.ceil(contacts * 0.09));
  const known = SOFTWARE.map((company) => software(table, era, company));
  return [...known, ...Array.from({ length: districts }, (_, index) => district(table, era, index))];
}
