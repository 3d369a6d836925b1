import { field, fields, lookup, picklist, readOnly, systemFields, type Field } from './field.ts';
import { activities, linked, owned, SObject } from './sobject.ts';

const OWNER = lookup('OwnerId', ['User'], { nillable: false, permissionable: false });

export function campaignObject(): SObject {
  return new SObject({
    name: 'Campaign',
    keyPrefix: '701',
    children: [
      owned('CampaignMembers', 'CampaignMember', 'CampaignId'),
      ...activities('WhatId'),
      linked('ChildCampaigns', 'Campaign', 'ParentId'),
    ],
    fields: [
      ...systemFields(),
      field('Name', 'string', { length: 80, nameField: true, required: true }),
      picklist('Type', ['Webinar', 'Content Download', 'Demo Request', 'Trade Show', 'Email', 'Other']),
      picklist('Status', ['Planned', 'In Progress', 'Completed', 'Aborted']),
      ...['StartDate', 'EndDate'].map((name) => field(name, 'date')),
      field('IsActive', 'boolean'),
      lookup('ParentId', ['Campaign']),
      OWNER,
    ],
  });
}

export function campaignMemberObject(): SObject {
  return new SObject({
    name: 'CampaignMember',
    keyPrefix: '00v',
    label: 'Campaign Member',
    flags: { undeletable: false },
    fields: [
      ...systemFields(),
      lookup('CampaignId', ['Campaign'], { required: true, updateable: false }),
      lookup('LeadId', ['Lead'], { updateable: false }),
      lookup('ContactId', ['Contact'], { updateable: false }),
      readOnly('LeadOrContactId', 'reference', { referenceTo: ['Contact', 'Lead'], relationshipName: 'LeadOrContact' }),
      picklist('Status', ['Sent', 'Registered', 'Attended', 'Responded', 'Downloaded'], { defaultValue: 'Sent' }),
      readOnly('HasResponded', 'boolean'),
      readOnly('FirstRespondedDate', 'date'),
    ],
  });
}

/** What Task and Event have in common. */
function activityFields(): Field[] {
  return [
    ...systemFields(),
    lookup('WhoId', ['Contact', 'Lead']),
    lookup('WhatId', ['Account', 'Opportunity', 'Campaign']),
    lookup('AccountId', ['Account'], { createable: false, updateable: false }),
    field('Subject', 'string', { nameField: true }),
    field('ActivityDate', 'date'),
    field('Description', 'textarea', { length: 32_000 }),
    field('Type', 'picklist', { values: ['Call', 'Email', 'Meeting', 'Other'] }),
    readOnly('IsArchived', 'boolean'),
    // The org shares activities: how many people have a part in it.
    readOnly('WhoCount', 'int'),
    lookup('OwnerId', ['User', 'Group'], { nillable: false, permissionable: false }),
  ];
}

export function taskObject(): SObject {
  return new SObject({
    name: 'Task',
    keyPrefix: '00T',
    children: [owned('TaskWhoRelations', 'TaskWhoRelation', 'TaskId')],
    fields: [
      ...activityFields(),
      picklist('Status', ['Not Started', 'In Progress', 'Completed', 'Deferred'], {
        required: true,
        defaultValue: 'Not Started',
      }),
      picklist('Priority', ['High', 'Normal', 'Low'], { required: true, defaultValue: 'Normal' }),
      picklist('TaskSubtype', ['Task', 'Email', 'Call', 'List Email', 'LinkedIn'], {
        updateable: false,
        defaultValue: 'Task',
      }),
      picklist('CallType', ['Internal', 'Inbound', 'Outbound']),
      field('CallDurationInSeconds', 'int', { precision: 8 }),
      field('CallDisposition', 'string'),
      readOnly('CompletedDateTime', 'datetime'),
      readOnly('IsClosed', 'boolean'),
    ],
  });
}

export function eventObject(): SObject {
  return new SObject({
    name: 'Event',
    keyPrefix: '00U',
    children: [owned('EventWhoRelations', 'EventWhoRelation', 'EventId')],
    fields: [
      ...activityFields(),
      ...['StartDateTime', 'EndDateTime', 'ActivityDateTime'].map((name) => field(name, 'datetime')),
      field('DurationInMinutes', 'int', { precision: 8 }),
      field('IsAllDayEvent', 'boolean'),
      picklist('EventSubtype', ['Event'], { updateable: false, defaultValue: 'Event' }),
    ],
  });
}

export function emailMessageObject(): SObject {
  return new SObject({
    name: 'EmailMessage',
    keyPrefix: '02s',
    label: 'Email Message',
    children: [owned('EmailMessageRelations', 'EmailMessageRelation', 'EmailMessageId')],
    fields: [
      ...systemFields(),
      lookup('ActivityId', ['Task'], { updateable: false }),
      lookup('RelatedToId', ['Account', 'Opportunity', 'Campaign']),
      field('Subject', 'string', { length: 3_000, nameField: true }),
      ...fields('string', 4_000, 'FromAddress', 'ToAddress'),
      field('Incoming', 'boolean'),
      field('MessageDate', 'datetime'),
      field('IsTracked', 'boolean'),
      field('IsBounced', 'boolean'),
      ...['FirstOpenedDate', 'LastOpenedDate'].map((name) => field(name, 'datetime')),
      picklist('Status', ['0', '1', '2', '3', '4', '5'], { required: true, defaultValue: '3' }),
    ],
  });
}

/** Who an e-mail is from and to: people of the org by id, strangers by their address alone. */
export function emailMessageRelationObject(): SObject {
  return new SObject({
    name: 'EmailMessageRelation',
    // No document tells the vendor's own prefix.
    keyPrefix: '0EM',
    label: 'Email Message Relation',
    flags: { undeletable: false },
    fields: [
      ...systemFields().filter(({ name }) => !name.startsWith('LastModified')),
      lookup('EmailMessageId', ['EmailMessage'], { required: true, updateable: false }),
      lookup('RelationId', ['Contact', 'Lead', 'User']),
      picklist('RelationType', ['ToAddress', 'CcAddress', 'BccAddress', 'FromAddress', 'OtherAddress'], {
        required: true,
        restricted: true,
        updateable: false,
      }),
      field('RelationAddress', 'string', { updateable: false }),
      readOnly('RelationObjectType', 'string', { length: 50 }),
    ],
  });
}
