import { BOOL, DATETIME, NUMBER, SELECT, TEXT, family, type PropertySeed } from './definition.ts';
import { ANALYTICS_SOURCES, LEAD_STATUSES, LIFECYCLE_STAGES, US_STATES } from './enumerations.ts';

const INFO = 'contactinformation';
const ANALYTICS = 'analyticsinformation';
const EMAIL = 'emailinformation';
const SALES = 'sales_properties';
const CONVERSION = 'conversioninformation';

const readOnly = { readOnly: true };
const calculated = { calculated: true };

const identity: PropertySeed[] = [
  ...family(
    TEXT,
    INFO,
    'email firstname lastname jobtitle company phone mobilephone website address city zip country industry ' +
      'annualrevenue numemployees seniority message hs_linkedin_url',
  ),
  ...family(SELECT, INFO, 'state', { options: US_STATES }),
  ...family(DATETIME, INFO, 'createdate lastmodifieddate', readOnly),
  ...family(NUMBER, INFO, 'hs_object_id', readOnly),
  ...family(TEXT, INFO, 'hs_object_source hs_object_source_id hs_object_source_label', readOnly),
  ...family(TEXT, INFO, 'hs_all_contact_vids hs_merged_object_ids hs_additional_emails hs_email_domain', calculated),
  ...family(TEXT, INFO, 'hs_full_name_or_email hs_pipeline', calculated),
  ...family(BOOL, INFO, 'hs_is_contact hs_is_unworked', calculated),
  ...family(SELECT, INFO, 'hs_marketable_status', { options: ['true', 'false'], readOnly: true }),
  ...family(NUMBER, INFO, 'associatedcompanyid'),
  ...family(NUMBER, INFO, 'num_associated_deals', calculated),
  ...family(NUMBER, INFO, 'hubspotscore hs_predictivecontactscore_v2', calculated),
  ...family(DATETIME, INFO, 'closedate'),
  ...family(NUMBER, INFO, 'days_to_close', calculated),
];

const lifecycle: PropertySeed[] = [
  ...family({ type: 'enumeration', fieldType: 'radio' }, INFO, 'lifecyclestage', { options: LIFECYCLE_STAGES }),
  ...family({ type: 'enumeration', fieldType: 'radio' }, INFO, 'hs_lead_status', { options: LEAD_STATUSES }),
  ...family(DATETIME, INFO, LIFECYCLE_STAGES.map((stage) => `hs_lifecyclestage_${stage}_date`).join(' '), readOnly),
];

/** Read-only but not flagged `calculated` (dump of a portal, 2023). */
const engagement: PropertySeed[] = [
  ...family(
    NUMBER,
    ANALYTICS,
    'hs_analytics_num_visits hs_analytics_num_page_views hs_analytics_num_event_completions ' +
      'hs_analytics_average_page_views',
    readOnly,
  ),
  ...family(
    DATETIME,
    ANALYTICS,
    'hs_analytics_first_timestamp hs_analytics_last_timestamp hs_analytics_first_visit_timestamp ' +
      'hs_analytics_last_visit_timestamp hs_latest_source_timestamp',
    readOnly,
  ),
  ...family(
    TEXT,
    ANALYTICS,
    'hs_analytics_first_url hs_analytics_last_url hs_analytics_source_data_1 hs_analytics_source_data_2',
    readOnly,
  ),
  ...family(SELECT, ANALYTICS, 'hs_analytics_source hs_latest_source', { options: ANALYTICS_SOURCES, readOnly: true }),
  ...family(
    NUMBER,
    EMAIL,
    'hs_email_delivered hs_email_open hs_email_click hs_email_replied hs_email_bounce ' +
      'hs_email_sends_since_last_engagement',
    readOnly,
  ),
  ...family(
    DATETIME,
    EMAIL,
    'hs_email_first_send_date hs_email_first_open_date hs_email_first_click_date hs_email_first_reply_date ' +
      'hs_email_last_send_date hs_email_last_open_date hs_email_last_click_date hs_email_last_reply_date',
    readOnly,
  ),
  ...family(BOOL, EMAIL, 'hs_email_optout'),
  ...family(BOOL, EMAIL, 'hs_email_quarantined', readOnly),
  ...family(SELECT, EMAIL, 'hs_email_hard_bounce_reason_enum', {
    options: ['UNKNOWN_USER', 'MAILBOX_FULL', 'CONTENT', 'SPAM', 'POLICY', 'OTHER'],
    readOnly: true,
  }),
];

const sales: PropertySeed[] = [
  ...family(SELECT, SALES, 'hubspot_owner_id'),
  ...family(
    DATETIME,
    SALES,
    'hubspot_owner_assigneddate hs_sales_email_last_opened hs_sales_email_last_clicked hs_sales_email_last_replied ' +
      'notes_last_contacted notes_last_updated hs_last_sales_activity_timestamp engagements_last_meeting_booked ' +
      'hs_latest_meeting_activity',
    readOnly,
  ),
  ...family(NUMBER, SALES, 'num_notes num_contacted_notes', readOnly),
  ...family(NUMBER, CONVERSION, 'num_conversion_events num_unique_conversion_events', calculated),
  ...family(DATETIME, CONVERSION, 'first_conversion_date recent_conversion_date', calculated),
  ...family(TEXT, CONVERSION, 'first_conversion_event_name recent_conversion_event_name', calculated),
];

/** What this imaginary customer added; `enrollment_text` is a text field people type numbers into. */
const custom: PropertySeed[] = [
  ...family(NUMBER, INFO, 'district_enrollment', { custom: true }),
  ...family(TEXT, INFO, 'enrollment_text secondary_email_text', { custom: true }),
  ...family(SELECT, INFO, 'persona', { custom: true, options: ['decision_maker', 'influencer', 'end_user'] }),
  ...family({ type: 'enumeration', fieldType: 'checkbox' }, INFO, 'product_interests', {
    custom: true,
    options: ['assessment', 'analytics', 'curriculum', 'integrations'],
  }),
];

export const CONTACT_PROPERTIES: readonly PropertySeed[] = [
  ...identity,
  ...lifecycle,
  ...engagement,
  ...sales,
  ...custom,
];
