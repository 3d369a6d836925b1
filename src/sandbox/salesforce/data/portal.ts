import { knownAddresses } from '../../hubspot/data/organisations.ts';
import { seedPortal } from '../../hubspot/data/seed-portal.ts';
import { Store } from '../../hubspot/store/store.ts';
import type { CrmRecord } from '../../hubspot/store/record.ts';

export interface Organisation {
  readonly name: string;
  readonly domain: string;
  readonly state: string | null;
  readonly employees: number | null;
  readonly enrollment: number | null;
  readonly enrollmentText: string | null;
  readonly district: boolean;
  /** As the picklist of the same name has it. */
  readonly industry: string;
}

export interface Person {
  readonly first: string;
  readonly last: string;
  readonly email: string | null;
  readonly title: string | null;
  readonly phone: string | null;
  readonly visits: number;
  readonly opens: number;
  readonly clicks: number;
  readonly optedOut: boolean;
  /** Place of the organisation in the list. */
  readonly organisation: number;
  /** One of the few whom everybody knows by name. */
  readonly isKnown: boolean;
}

interface Neighbourhood {
  readonly organisations: readonly Organisation[];
  readonly people: readonly Person[];
}

function numberOf(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}

const INDUSTRIES: Readonly<Record<string, string>> = {
  PRIMARY_SECONDARY_EDUCATION: 'Education',
  FINANCIAL_SERVICES: 'Finance',
  HOSPITAL_HEALTH_CARE: 'Healthcare',
  COMPUTER_SOFTWARE: 'Technology',
};

function organisation({ properties: p }: CrmRecord): Organisation {
  return {
    name: p['name'] ?? '',
    domain: p['domain'] ?? '',
    state: p['state'] ?? null,
    employees: numberOf(p['numberofemployees']),
    enrollment: numberOf(p['district_enrollment']),
    enrollmentText: p['enrollment_text'] ?? null,
    district: p['industry'] === 'PRIMARY_SECONDARY_EDUCATION',
    industry: INDUSTRIES[p['industry'] ?? ''] ?? 'Other',
  };
}

function person({ properties: p }: CrmRecord, places: ReadonlyMap<string, number>): Person {
  return {
    first: p['firstname'] ?? '',
    last: p['lastname'] ?? 'Unknown',
    email: p['email'] ?? null,
    title: p['jobtitle'] || null,
    phone: p['phone'] ?? null,
    visits: numberOf(p['hs_analytics_num_visits']) ?? 0,
    opens: numberOf(p['hs_email_open']) ?? 0,
    clicks: numberOf(p['hs_email_click']) ?? 0,
    optedOut: p['hs_email_optout'] === 'true',
    organisation: places.get(p['associatedcompanyid'] ?? '') ?? 0,
    isKnown: knownAddresses.has(p['email'] ?? ''),
  };
}

/** The people of the HubSpot sandbox that was seeded with the same numbers: the two CRMs of one customer. */
export function hubspotNeighbours({
  contacts,
  seed,
  epoch,
}: {
  contacts: number;
  seed: number;
  epoch: number;
}): Neighbourhood {
  const store = new Store({ portalId: 0, now: () => epoch, searchLagMs: 0 });
  seedPortal(store, { contacts, seed, epoch });
  const companies = [...store.table('companies').from(0)];
  const places = new Map(companies.map(({ id }, at) => [String(id), at]));
  const live = [...store.contacts.from(0)].filter(({ archivedAt }) => archivedAt === undefined);
  return {
    organisations: companies.map(organisation),
    people: live.map((record) => person(record, places)),
  };
}
