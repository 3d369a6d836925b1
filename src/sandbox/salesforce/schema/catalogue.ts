import {
  campaignMemberObject,
  campaignObject,
  emailMessageObject,
  emailMessageRelationObject,
  eventObject,
  taskObject,
} from './engagement.ts';
import { accountObject, contactObject, leadObject } from './people.ts';
import {
  assignmentObject,
  contactRoleObject,
  fieldPermissionsObject,
  groupObject,
  opportunityObject,
  organizationObject,
  permissionSetObject,
  userObject,
} from './sales.ts';
import { eventWhoRelationObject, taskWhoRelationObject } from './shared-activities.ts';
import type { SObject } from './sobject.ts';

/** The objects of an org, fresh: administrators change them. */
export function standardObjects(): SObject[] {
  return [
    accountObject(),
    contactObject(),
    leadObject(),
    campaignObject(),
    campaignMemberObject(),
    taskObject(),
    eventObject(),
    emailMessageObject(),
    emailMessageRelationObject(),
    opportunityObject(),
    contactRoleObject(),
    userObject(),
    groupObject(),
    organizationObject(),
    permissionSetObject(),
    assignmentObject(),
    fieldPermissionsObject(),
    taskWhoRelationObject(),
    eventWhoRelationObject(),
  ];
}
