import type { Value, Values } from '../schema/field.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { DAY, dateOf, toSecond } from '../time.ts';
import { stamps, type Era } from './people.ts';

/** Older activities are archived. */
const ARCHIVE_MS = 365 * DAY;

const CAMPAIGNS: readonly [string, string, string][] = [
  ['Assessment Whitepaper', 'Content Download', 'Downloaded'],
  ['Request a Demo', 'Demo Request', 'Responded'],
  ['Spring Webinar: Data in the Classroom', 'Webinar', 'Attended'],
  ['ISTE Booth', 'Trade Show', 'Responded'],
  ['Newsletter', 'Email', 'Sent'],
];

export interface Stage {
  readonly org: Org;
  readonly era: Era;
  readonly by: string;
}

export function seedCampaigns({ org, era, by }: Stage): Row[] {
  const { object } = org.table('Campaign');
  return CAMPAIGNS.map(([Name, Type]) =>
    org.insert(object, { ...stamps(era, by), Name, Type, Status: 'In Progress', IsActive: true, OwnerId: by }, { by }),
  );
}

/** A moment of the last 500 days, and the stamps of a record made then. */
function moment({ random, epoch }: Era, by: string): { at: number; system: Values } {
  const at = toSecond(epoch - DAY - random.integer(0, 500) * DAY - random.integer(0, 86_000) * 1_000);
  const stamp = { CreatedDate: at, LastModifiedDate: at, SystemModstamp: at, CreatedById: by, LastModifiedById: by };
  return { at, system: stamp };
}

function ids(person: Row): { LeadId: Value; ContactId: Value } {
  const lead = person.object.name === 'Lead';
  return { LeadId: lead ? person.id : null, ContactId: lead ? null : person.id };
}

function member({ org, era, by }: Stage, person: Row, campaigns: readonly Row[]): void {
  const campaign = era.random.integer(0, campaigns.length - 1);
  const [, , status = 'Sent'] = CAMPAIGNS[campaign] ?? [];
  const { at, system } = moment(era, by);
  const responded = status !== 'Sent' && era.random.chance(0.7);
  const values: Values = {
    ...system,
    ...ids(person),
    CampaignId: campaigns[campaign]?.id ?? null,
    LeadOrContactId: person.id,
    Status: responded ? status : 'Sent',
    HasResponded: responded,
    FirstRespondedDate: responded ? dateOf(at) : null,
  };
  org.insert(org.table('CampaignMember').object, values, { by });
}

function task({ org, era, by }: Stage, person: Row): Row {
  const { random } = era;
  const { at, system } = moment(era, by);
  const call = random.chance(0.5);
  const values: Values = {
    ...system,
    WhoId: person.id,
    WhatId: null,
    AccountId: person.values['AccountId'] ?? null,
    Subject: call ? 'Call' : 'Email: Following up on your questions',
    Type: call ? 'Call' : 'Email',
    TaskSubtype: call ? 'Call' : 'Email',
    ActivityDate: dateOf(at),
    Status: 'Completed',
    Priority: 'Normal',
    IsClosed: true,
    IsArchived: at < era.epoch - ARCHIVE_MS,
    CompletedDateTime: at,
    CallType: call ? 'Outbound' : null,
    CallDurationInSeconds: call ? random.integer(0, 1_800) : null,
    OwnerId: by,
  };
  return org.insert(org.table('Task').object, values, { by });
}

function email({ org, era, by }: Stage, activity: Row, person: Row): void {
  const at = Number(activity.values['CompletedDateTime']);
  const opened = era.random.chance(0.4) ? at + DAY : null;
  const values: Values = {
    CreatedDate: at,
    LastModifiedDate: at,
    SystemModstamp: at,
    ActivityId: activity.id,
    Subject: 'Following up on your questions',
    FromAddress: 'avery.stone@starling-learning.example',
    ToAddress: person.values['Email'] ?? null,
    Incoming: era.random.chance(0.3),
    MessageDate: at,
    IsTracked: true,
    IsBounced: false,
    FirstOpenedDate: opened,
    LastOpenedDate: opened,
    Status: '3',
  };
  org.insert(org.table('EmailMessage').object, values, { by });
}

function meeting({ org, era, by }: Stage, person: Row): void {
  const { at, system } = moment(era, by);
  const values: Values = {
    ...system,
    WhoId: person.id,
    AccountId: person.values['AccountId'] ?? null,
    Subject: 'Intro call',
    Type: 'Meeting',
    EventSubtype: 'Event',
    ActivityDate: dateOf(at),
    StartDateTime: at,
    ActivityDateTime: at,
    EndDateTime: at + DAY / 48,
    DurationInMinutes: 30,
    IsArchived: at < era.epoch - ARCHIVE_MS,
    OwnerId: by,
  };
  org.insert(org.table('Event').object, values, { by });
}

function deal({ org, era, by }: Stage, contact: Row): void {
  const { random } = era;
  const stage = random.pick(['Prospecting', 'Qualification', 'Proposal/Price Quote', 'Closed Won', 'Closed Lost']);
  const values: Values = {
    ...stamps(era, by),
    AccountId: contact.values['AccountId'] ?? null,
    ContactId: contact.id,
    Name: `${String(contact.values['LastName'])} - 2026 licences`,
    StageName: stage,
    Amount: random.integer(16, 400) * 250,
    CloseDate: dateOf(era.epoch + random.integer(-200, 90) * DAY),
    IsClosed: stage.startsWith('Closed'),
    IsWon: stage === 'Closed Won',
    OwnerId: by,
  };
  const opportunity = org.insert(org.table('Opportunity').object, values, { by });
  const role = {
    ...stamps(era, by),
    OpportunityId: opportunity.id,
    ContactId: contact.id,
    Role: 'Decision Maker',
    IsPrimary: true,
  };
  org.insert(org.table('OpportunityContactRole').object, role, { by });
}

/** Most people did nothing, few did a lot. */
export function seedActivity(stage: Stage, person: Row, campaigns: readonly Row[]): void {
  const { random } = stage.era;
  const heat = random.next() ** 3;
  if (heat > 0.15) member(stage, person, campaigns);
  if (heat > 0.5) member(stage, person, campaigns);
  if (heat > 0.25) {
    const done = task(stage, person);
    if (done.values['TaskSubtype'] === 'Email') email(stage, done, person);
  }
  if (heat > 0.6) meeting(stage, person);
  if (heat > 0.55 && person.object.name === 'Contact') deal(stage, person);
}
