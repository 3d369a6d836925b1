import { field, lookup, picklist, readOnly, systemFields, type Field } from './field.ts';
import { activities, owned, SObject } from './sobject.ts';

export function opportunityObject(): SObject {
  return new SObject({
    name: 'Opportunity',
    keyPrefix: '006',
    labelPlural: 'Opportunities',
    children: [owned('OpportunityContactRoles', 'OpportunityContactRole', 'OpportunityId'), ...activities('WhatId')],
    fields: [
      ...systemFields(),
      lookup('AccountId', ['Account']),
      field('Name', 'string', { length: 120, nameField: true, required: true }),
      picklist('StageName', ['Prospecting', 'Qualification', 'Proposal/Price Quote', 'Closed Won', 'Closed Lost'], {
        required: true,
      }),
      field('Amount', 'currency', { scale: 2 }),
      field('CloseDate', 'date', { required: true }),
      readOnly('IsClosed', 'boolean'),
      readOnly('IsWon', 'boolean'),
      readOnly('LastActivityDate', 'date', { permissionable: true }),
      picklist('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Other']),
      lookup('CampaignId', ['Campaign']),
      lookup('ContactId', ['Contact'], { updateable: false }),
      lookup('OwnerId', ['User'], { nillable: false, permissionable: false }),
    ],
  });
}

export function contactRoleObject(): SObject {
  return new SObject({
    name: 'OpportunityContactRole',
    keyPrefix: '00K',
    label: 'Opportunity Contact Role',
    labelPlural: 'Opportunity Contact Role',
    flags: { undeletable: false },
    fields: [
      ...systemFields(),
      lookup('OpportunityId', ['Opportunity'], { required: true, updateable: false }),
      lookup('ContactId', ['Contact'], { required: true }),
      picklist('Role', ['Decision Maker', 'Economic Buyer', 'Influencer', 'Evaluator', 'Other']),
      field('IsPrimary', 'boolean'),
    ],
  });
}

const KEPT = { deletable: false, undeletable: false } as const;
const SETUP = { undeletable: false, replicateable: false } as const;

/** Users and set-up records have no recycle bin and no IsDeleted. */
function withoutBin(): Field[] {
  return systemFields().filter(({ name }) => name !== 'IsDeleted');
}

export function userObject(): SObject {
  return new SObject({
    name: 'User',
    keyPrefix: '005',
    flags: KEPT,
    fields: [
      ...withoutBin(),
      field('Username', 'string', { length: 80, required: true }),
      readOnly('Name', 'string', { length: 121, nameField: true }),
      field('FirstName', 'string', { length: 40 }),
      field('LastName', 'string', { length: 80, required: true }),
      field('Email', 'email', { length: 128, required: true }),
      field('IsActive', 'boolean'),
      picklist('UserType', ['Standard', 'AutomatedProcess'], { defaultValue: 'Standard' }),
      field('Title', 'string', { length: 80 }),
      field('TimeZoneSidKey', 'string', { length: 40 }),
    ],
  });
}

export function groupObject(): SObject {
  return new SObject({
    name: 'Group',
    keyPrefix: '00G',
    flags: SETUP,
    fields: [
      ...withoutBin(),
      field('Name', 'string', { length: 40, nameField: true, required: true }),
      field('DeveloperName', 'string', { length: 80 }),
      picklist('Type', ['Queue', 'Regular']),
    ],
  });
}

export function organizationObject(): SObject {
  return new SObject({
    name: 'Organization',
    keyPrefix: '00D',
    flags: { createable: false, updateable: false, ...KEPT },
    fields: [
      ...withoutBin(),
      field('Name', 'string', { length: 80, nameField: true }),
      field('InstanceName', 'string', { length: 5 }),
      field('IsSandbox', 'boolean'),
      field('OrganizationType', 'string', { length: 40 }),
      field('NamespacePrefix', 'string', { length: 15 }),
      field('TrialExpirationDate', 'datetime'),
      field('TimeZoneSidKey', 'string', { length: 40 }),
    ],
  });
}

export function permissionSetObject(): SObject {
  return new SObject({
    name: 'PermissionSet',
    keyPrefix: '0PS',
    label: 'Permission Set',
    flags: SETUP,
    fields: [
      ...withoutBin(),
      field('Name', 'string', { length: 80, nameField: true, required: true }),
      field('Label', 'string', { length: 80, required: true }),
      field('Description', 'string'),
      readOnly('IsOwnedByProfile', 'boolean'),
    ],
  });
}

export function assignmentObject(): SObject {
  return new SObject({
    name: 'PermissionSetAssignment',
    keyPrefix: '0Pa',
    label: 'Permission Set Assignment',
    flags: { ...SETUP, updateable: false },
    fields: [
      readOnly('Id', 'id', { nillable: false }),
      readOnly('SystemModstamp', 'datetime'),
      lookup('PermissionSetId', ['PermissionSet'], { required: true }),
      lookup('AssigneeId', ['User'], { required: true }),
    ],
  });
}

export function fieldPermissionsObject(): SObject {
  return new SObject({
    name: 'FieldPermissions',
    keyPrefix: '01k',
    label: 'Field Permissions',
    flags: SETUP,
    fields: [
      readOnly('Id', 'id', { nillable: false }),
      readOnly('SystemModstamp', 'datetime'),
      lookup('ParentId', ['PermissionSet'], { required: true }),
      field('SobjectType', 'string', { required: true }),
      field('Field', 'string', { required: true }),
      field('PermissionsRead', 'boolean'),
      field('PermissionsEdit', 'boolean'),
    ],
  });
}
