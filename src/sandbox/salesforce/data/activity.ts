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

const SALES = 'avery.stone@starling-learning.example';

/** Who it is from and to; people of the org are named by their id. */
function relations({ org, by }: Stage, message: Row, person: Row): void {
  const [user] = org.table('User').having('Email', SALES);
  const ends = message.values['Incoming'] === true ? [person, user] : [user, person];
  for (const [at, end] of ends.entries()) {
    const RelationType = at === 0 ? 'FromAddress' : 'ToAddress';
    const { CreatedDate = null, SystemModstamp = null } = message.values;
    const values: Values = {
      CreatedDate,
      SystemModstamp,
      EmailMessageId: message.id,
      RelationType,
      RelationId: end?.id ?? null,
      RelationObjectType: end?.object.name ?? null,
      RelationAddress: message.values[RelationType] ?? null,
    };
    org.insert(org.table('EmailMessageRelation').object, values, { by });
  }
}

/** Opens are known of what was sent only. */
function email(stage: Stage, activity: Row, person: Row): void {
  const { org, era, by } = stage;
  const at = Number(activity.values['CompletedDateTime']);
  const wasOpened = era.random.chance(0.4);
  const incoming = era.random.chance(0.3);
  const opened = wasOpened && !incoming ? at + DAY : null;
  const address = person.values['Email'] ?? null;
  const values: Values = {
    CreatedDate: at,
    LastModifiedDate: at,
    SystemModstamp: at,
    ActivityId: activity.id,
    Subject: incoming ? 'Re: Following up on your questions' : 'Following up on your questions',
    FromAddress: incoming ? address : SALES,
    ToAddress: incoming ? SALES : address,
    Incoming: incoming,
    MessageDate: at,
    IsTracked: !incoming,
    IsBounced: false,
    FirstOpenedDate: opened,
    LastOpenedDate: opened,
    Status: incoming ? '1' : '3',
  };
  relations(stage, org.insert(org.table('EmailMessage').object, values, { by }), person);
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
