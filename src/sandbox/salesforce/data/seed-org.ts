import { seedOwners } from '../../hubspot/data/owners.ts';
import { seededRandom } from '../../server/random.ts';
import type { Values } from '../schema/field.ts';
import { convertLead, mergeRecords } from '../store/lifecycle.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { DAY } from '../time.ts';
import { seedActivity, seedCampaigns, type Stage } from './activity.ts';
import { seedAccount, seedContact, seedLead, stranger } from './people.ts';
import { hubspotNeighbours, type Organisation, type Person } from './portal.ts';

export interface SeedOptions {
  readonly leads: number;
  readonly contacts: number;
  /** Contacts of the HubSpot sandbox of the same seed, of whom two thirds are here too; 0 for none. */
  readonly hubspotContacts: number;
  readonly seed: number;
  readonly epoch: number;
}

export interface Staff {
  readonly integration: string;
  /** Sales people, then the queue. */
  readonly users: readonly string[];
  readonly queue: string;
}

/** Users exist in an empty org too: the integration's own, the sales people, and the queue leads fall into. */
export function seedStaff(org: Org, epoch: number): Staff {
  const born = epoch - 900 * DAY;
  const { object } = org.table('User');
  const user = (values: Values): Row =>
    org.insert(object, { IsActive: true, UserType: 'Standard', ...values }, { by: '', at: born });
  const integration = user({
    Username: 'leadloop.integration@starling-learning.example',
    FirstName: 'Leadloop',
    LastName: 'Integration',
    Name: 'Leadloop Integration',
    Email: 'integration@starling-learning.example',
    TimeZoneSidKey: 'GMT',
  });
  const people = seedOwners()
    .filter(({ type }) => type === 'PERSON')
    .map(({ email, firstName, lastName, archived }) =>
      user({
        Username: email,
        Email: email,
        FirstName: firstName,
        LastName: lastName,
        Name: `${firstName} ${lastName}`,
        IsActive: !archived,
      }),
    );
  const queue = org.insert(
    org.table('Group').object,
    { Name: 'Inbound', DeveloperName: 'Inbound', Type: 'Queue' },
    { by: integration.id, at: born },
  );
  const organisation = {
    Id: org.id,
    Name: 'Starling Learning',
    InstanceName: 'CS1',
    IsSandbox: true,
    OrganizationType: 'Enterprise Edition',
    TimeZoneSidKey: 'GMT',
  };
  org.insert(org.table('Organization').object, organisation, { by: integration.id, at: born });
  org.automationUser = integration.id;
  return { integration: integration.id, users: people.map(({ id }) => id), queue: queue.id };
}

function neighbours(options: SeedOptions): { organisations: readonly Organisation[]; people: readonly Person[] } {
  const { hubspotContacts, seed, epoch } = options;
  const found = hubspotNeighbours({ contacts: Math.max(1, hubspotContacts), seed, epoch });
  return { organisations: found.organisations, people: hubspotContacts === 0 ? [] : found.people };
}

/** Two of three people HubSpot knows are here, as a lead or as a contact, and all who are known by name; strangers fill up. */
function cast(
  options: SeedOptions,
  organisations: readonly Organisation[],
  people: readonly Person[],
): { leads: Person[]; contacts: Person[] } {
  const random = seededRandom(options.seed + 1);
  const leads = people.filter((_, at) => at % 3 === 0).slice(0, options.leads);
  const contacts = people
    .filter(({ isKnown }, at) => at % 3 === 1 || (isKnown && at % 3 === 2))
    .slice(0, options.contacts);
  let index = people.length;
  const next = (): Person => {
    index += 1;
    return stranger(random, organisations, index);
  };
  while (leads.length < options.leads) leads.push(next());
  while (contacts.length < options.contacts) contacts.push(next());
  return { leads, contacts };
}

/** One lead each that is deleted, merged into its twin, converted, or a double that nobody has seen. */
function seedFates(org: Org, leads: readonly Row[], by: string, epoch: number): void {
  const [deleted, loser, winner, converted, original, double] = leads.slice(10, 16);
  const at = epoch - DAY;
  if (double === undefined || deleted === undefined || loser === undefined) return;
  org.delete(deleted, { by, at });
  if (winner !== undefined) mergeRecords(org, winner, [loser], at);
  if (converted !== undefined) convertLead(org, converted, { at });
  if (original !== undefined) org.silently(double, { Email: original.values['Email'] ?? null });
}

/** Fills an org: the same numbers give the same records, whatever the clock says. */
export function seedOrg(org: Org, staff: Staff, options: SeedOptions): void {
  if (options.leads + options.contacts === 0) return;
  const { integration: by, users, queue } = staff;
  const era = { random: seededRandom(options.seed), epoch: options.epoch };
  const { organisations, people } = neighbours(options);
  const accounts = organisations.map((one, index) => seedAccount({ org, era, by, owners: users }, one, index));
  const { leads, contacts } = cast(options, organisations, people);
  const stage: Stage = { org, era, by };
  const campaigns = seedCampaigns(stage);
  const rows: Row[] = [];
  for (const [index, person] of leads.entries()) {
    const organisation = organisations[person.organisation];
    if (organisation === undefined) continue;
    rows.push(seedLead({ org, era, by, owners: [...users, queue] }, person, { organisation, index }));
  }
  for (const [index, person] of contacts.entries()) {
    const account = accounts[person.organisation];
    if (account !== undefined) rows.push(seedContact({ org, era, by, owners: users }, person, { account, index }));
  }
  for (const row of rows) seedActivity(stage, row, campaigns);
  seedFates(org, rows.slice(0, leads.length), by, options.epoch);
}
