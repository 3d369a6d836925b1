import { address, field, fields, formula, lookup, picklist, readOnly, systemFields } from './field.ts';
import { activities, linked, owned, SObject } from './sobject.ts';

const LEAD_STATUSES = [
  'Open - Not Contacted',
  'Working - Contacted',
  'Nurturing',
  'Closed - Converted',
  'Closed - Not Converted',
];
const SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Webinar', 'Trade Show', 'Other'];

/** What marketing tools and administrators have put on people. */
const ENGAGEMENT = [
  field('Website_Visits__c', 'double', { precision: 8 }),
  field('Email_Opens__c', 'double', { precision: 8 }),
  field('Email_Clicks__c', 'double', { precision: 8 }),
  field('Demo_Requested__c', 'boolean'),
  field('pi__score__c', 'double', { precision: 5 }),
  field('pi__grade__c', 'string', { length: 10 }),
  field('pi__last_activity__c', 'datetime'),
  field('Notes__c', 'textarea', { length: 32_768 }),
  field('Research__c', 'textarea', { length: 32_768 }),
  field('External_Id__c', 'string', { length: 64, externalId: true, unique: true }),
];

function person(): ReturnType<typeof field>[] {
  return [
    readOnly('MasterRecordId', 'reference', { referenceTo: ['Lead', 'Contact'], relationshipName: 'MasterRecord' }),
    readOnly('Name', 'string', { length: 121, nameField: true, nillable: false }),
    field('FirstName', 'string', { length: 40 }),
    field('LastName', 'string', { length: 80, required: true }),
    picklist('Salutation', ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.']),
    ...fields('string', 128, 'Title'),
    field('Email', 'email', { length: 80 }),
    ...fields('phone', 40, 'Phone', 'MobilePhone'),
    picklist('LeadSource', SOURCES),
    field('Description', 'textarea', { length: 32_000 }),
    field('HasOptedOutOfEmail', 'boolean'),
    readOnly('EmailBouncedDate', 'datetime', { permissionable: true }),
    readOnly('LastActivityDate', 'date', { permissionable: true }),
    ...ENGAGEMENT,
  ];
}

export function leadObject(): SObject {
  return new SObject({
    name: 'Lead',
    keyPrefix: '00Q',
    flags: { mergeable: true },
    children: [
      ...activities('WhoId'),
      owned('CampaignMembers', 'CampaignMember', 'LeadId'),
      linked('EmailMessageRelations', 'EmailMessageRelation', 'RelationId'),
    ],
    fields: [
      ...systemFields(),
      ...person(),
      field('Company', 'string', { required: true }),
      ...address(''),
      field('Website', 'url'),
      picklist('Status', LEAD_STATUSES, { required: true, defaultValue: 'Open - Not Contacted' }),
      picklist('Industry', ['Education', 'Technology', 'Finance', 'Healthcare', 'Other']),
      picklist('Rating', ['Hot', 'Warm', 'Cold']),
      field('AnnualRevenue', 'currency', { scale: 2 }),
      field('NumberOfEmployees', 'int', { precision: 8 }),
      lookup('OwnerId', ['Group', 'User'], { nillable: false, permissionable: false }),
      readOnly('IsConverted', 'boolean'),
      readOnly('ConvertedDate', 'date'),
      lookup('ConvertedAccountId', ['Account'], { createable: false, updateable: false, permissionable: false }),
      lookup('ConvertedContactId', ['Contact'], { createable: false, updateable: false, permissionable: false }),
      lookup('ConvertedOpportunityId', ['Opportunity'], {
        createable: false,
        updateable: false,
        permissionable: false,
      }),
      field('District_Enrollment__c', 'double', { precision: 9 }),
      field('Enrollment_Text__c', 'string'),
      formula('Days_Since_Created__c', 'double', 'FLOOR(NOW() - CreatedDate)'),
    ],
  });
}

export function contactObject(): SObject {
  return new SObject({
    name: 'Contact',
    keyPrefix: '003',
    flags: { mergeable: true },
    children: [
      ...activities('WhoId'),
      owned('CampaignMembers', 'CampaignMember', 'ContactId'),
      owned('OpportunityContactRoles', 'OpportunityContactRole', 'ContactId'),
      linked('EmailMessageRelations', 'EmailMessageRelation', 'RelationId'),
    ],
    fields: [
      ...systemFields(),
      ...person(),
      lookup('AccountId', ['Account']),
      field('Department', 'string', { length: 80 }),
      ...address('Mailing'),
      lookup('ReportsToId', ['Contact']),
      lookup('OwnerId', ['User'], { nillable: false, permissionable: false }),
      formula('District_Enrollment__c', 'double', 'Account.Enrollment__c'),
    ],
  });
}

export function accountObject(): SObject {
  return new SObject({
    name: 'Account',
    keyPrefix: '001',
    flags: { mergeable: true },
    children: [
      owned('Contacts', 'Contact', 'AccountId'),
      owned('Opportunities', 'Opportunity', 'AccountId'),
      ...activities('WhatId'),
      linked('ChildAccounts', 'Account', 'ParentId'),
    ],
    fields: [
      ...systemFields(),
      readOnly('MasterRecordId', 'reference', { referenceTo: ['Account'], relationshipName: 'MasterRecord' }),
      field('Name', 'string', { nameField: true, required: true }),
      picklist('Type', ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Partner', 'Other']),
      lookup('ParentId', ['Account']),
      ...address('Billing'),
      ...address('Shipping'),
      ...fields('phone', 40, 'Phone', 'Fax'),
      field('AccountNumber', 'string', { length: 40 }),
      field('Website', 'url'),
      ...fields('string', 20, 'Sic', 'TickerSymbol', 'Jigsaw'),
      readOnly('JigsawCompanyId', 'string', { length: 20 }),
      ...fields('string', 80, 'Site', 'SicDesc'),
      picklist('Ownership', ['Public', 'Private', 'Subsidiary', 'Other']),
      picklist('Rating', ['Hot', 'Warm', 'Cold']),
      picklist('AccountSource', SOURCES),
      readOnly('LastActivityDate', 'date', { permissionable: true }),
      picklist('Industry', ['Education', 'Technology', 'Finance', 'Healthcare', 'Other']),
      field('AnnualRevenue', 'currency', { scale: 2 }),
      field('NumberOfEmployees', 'int', { precision: 8 }),
      field('Description', 'textarea', { length: 32_000 }),
      lookup('OwnerId', ['User'], { nillable: false, permissionable: false }),
      field('Enrollment__c', 'double', { precision: 9 }),
      field('Enrollment_Text__c', 'string'),
      field('NCES_Id__c', 'string', { length: 20, externalId: true }),
    ],
  });
}
