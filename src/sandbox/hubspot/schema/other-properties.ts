import { BOOL, DATETIME, NUMBER, SELECT, TEXT, family, type PropertySeed } from './definition.ts';
import { DEAL_STAGES, INDUSTRIES, LIFECYCLE_STAGES, MEETING_OUTCOMES, US_STATES } from './enumerations.ts';

const readOnly = { readOnly: true };
const calculated = { calculated: true };

function sourceProperties(group: string): PropertySeed[] {
  return family(TEXT, group, 'hs_object_source hs_object_source_id hs_object_source_label', readOnly);
}

const COMPANY = 'companyinformation';

export const COMPANY_PROPERTIES: readonly PropertySeed[] = [
  ...family(TEXT, COMPANY, 'name domain website phone address city zip country description'),
  ...family(SELECT, COMPANY, 'state', { options: US_STATES }),
  ...family(SELECT, COMPANY, 'industry', { options: INDUSTRIES }),
  ...family(NUMBER, COMPANY, 'numberofemployees annualrevenue'),
  ...family(SELECT, COMPANY, 'lifecyclestage', { options: LIFECYCLE_STAGES }),
  ...family(SELECT, COMPANY, 'hubspot_owner_id'),
  ...family(DATETIME, COMPANY, 'createdate hs_lastmodifieddate', readOnly),
  ...family(NUMBER, COMPANY, 'hs_object_id', readOnly),
  ...family(TEXT, COMPANY, 'hs_merged_object_ids hs_pipeline', calculated),
  ...family(NUMBER, COMPANY, 'num_associated_contacts', calculated),
  ...sourceProperties(COMPANY),
  ...family(NUMBER, COMPANY, 'district_enrollment', { custom: true }),
  ...family(TEXT, COMPANY, 'enrollment_text nces_district_id', { custom: true }),
];

const DEAL = 'dealinformation';

export const DEAL_PROPERTIES: readonly PropertySeed[] = [
  ...family(TEXT, DEAL, 'dealname description'),
  ...family(NUMBER, DEAL, 'amount'),
  ...family(SELECT, DEAL, 'pipeline', { options: ['default'] }),
  ...family(SELECT, DEAL, 'dealstage', { options: DEAL_STAGES }),
  ...family(SELECT, DEAL, 'hubspot_owner_id'),
  ...family(DATETIME, DEAL, 'closedate'),
  ...family(DATETIME, DEAL, 'createdate hs_lastmodifieddate', readOnly),
  ...family(NUMBER, DEAL, 'hs_object_id', readOnly),
  ...family(TEXT, DEAL, 'hs_merged_object_ids', calculated),
  ...family(BOOL, DEAL, 'hs_is_closed hs_is_closed_won hs_is_closed_lost', calculated),
  ...sourceProperties(DEAL),
];

const ENGAGEMENT = 'engagement';

const engagementBase: readonly PropertySeed[] = [
  ...family(DATETIME, ENGAGEMENT, 'hs_timestamp'),
  ...family(DATETIME, ENGAGEMENT, 'hs_createdate hs_lastmodifieddate', readOnly),
  ...family(NUMBER, ENGAGEMENT, 'hs_object_id', readOnly),
  ...family(TEXT, ENGAGEMENT, 'hs_merged_object_ids hs_body_preview', calculated),
  ...family(SELECT, ENGAGEMENT, 'hubspot_owner_id'),
  ...sourceProperties(ENGAGEMENT),
];

export const MEETING_PROPERTIES: readonly PropertySeed[] = [
  ...engagementBase,
  ...family(TEXT, ENGAGEMENT, 'hs_meeting_title hs_meeting_body hs_meeting_location'),
  ...family(DATETIME, ENGAGEMENT, 'hs_meeting_start_time hs_meeting_end_time'),
  ...family(SELECT, ENGAGEMENT, 'hs_meeting_outcome', { options: MEETING_OUTCOMES }),
];

export const CALL_PROPERTIES: readonly PropertySeed[] = [
  ...engagementBase,
  ...family(TEXT, ENGAGEMENT, 'hs_call_title hs_call_body hs_call_disposition'),
  ...family(SELECT, ENGAGEMENT, 'hs_call_direction', { options: ['INBOUND', 'OUTBOUND'] }),
  ...family(NUMBER, ENGAGEMENT, 'hs_call_duration'),
  ...family(SELECT, ENGAGEMENT, 'hs_call_status', {
    options: ['BUSY', 'CALLING_CRM_USER', 'CANCELED', 'COMPLETED', 'FAILED', 'NO_ANSWER', 'QUEUED', 'RINGING'],
  }),
];

export const EMAIL_PROPERTIES: readonly PropertySeed[] = [
  ...engagementBase,
  ...family(TEXT, ENGAGEMENT, 'hs_email_subject hs_email_text hs_email_html'),
  ...family(SELECT, ENGAGEMENT, 'hs_email_direction', { options: ['EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL'] }),
  ...family(SELECT, ENGAGEMENT, 'hs_email_status', {
    options: ['BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING', 'SENT'],
  }),
];

export const NOTE_PROPERTIES: readonly PropertySeed[] = [
  ...engagementBase,
  ...family(TEXT, ENGAGEMENT, 'hs_note_body'),
];

export const TASK_PROPERTIES: readonly PropertySeed[] = [
  ...engagementBase,
  ...family(TEXT, ENGAGEMENT, 'hs_task_subject hs_task_body'),
  ...family(SELECT, ENGAGEMENT, 'hs_task_status', {
    options: ['NOT_STARTED', 'IN_PROGRESS', 'WAITING', 'COMPLETED', 'DEFERRED'],
  }),
  ...family(SELECT, ENGAGEMENT, 'hs_task_type', { options: ['TODO', 'EMAIL', 'CALL'] }),
  ...family(SELECT, ENGAGEMENT, 'hs_task_priority', { options: ['NONE', 'LOW', 'MEDIUM', 'HIGH'] }),
];
