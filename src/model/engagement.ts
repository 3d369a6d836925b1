import type { CounterField } from './lead.ts';
import type { ExternalId, LeadId } from './values.ts';

export const engagementTypes = [
  'page_visit',
  'content_download',
  'demo_request',
  'form_submission',
  'email_open',
  'email_click',
  'email_reply',
  'meeting',
  'call',
  'email',
] as const;
export type EngagementType = (typeof engagementTypes)[number];

/** Something a person did, with its date. `externalId` is stable at the source, so a repeat is the same event. */
export interface EngagementEvent {
  readonly externalId: string;
  readonly type: EngagementType;
  readonly occurredAt: Date;
  /** How many at once: 1, or the growth of a CRM counter between two reads. */
  readonly quantity: number;
  /** The people it belongs to: CRM ids where the source links them, else an e-mail address (lower case). */
  readonly contactIds: readonly ExternalId[];
  readonly email: string | null;
  /** A form's or campaign's name; never a body or a subject. */
  readonly detail: string | null;
}

/** An event as scoring sees it. */
export interface DatedEvent {
  readonly leadId: LeadId;
  readonly type: EngagementType;
  readonly occurredAt: Date;
  readonly quantity: number;
}

/** The event types that stand behind each counter of the lead model. */
export const counterEvents: { readonly [F in CounterField]: EngagementType } = {
  website_visits: 'page_visit',
  content_downloads: 'content_download',
  email_opens: 'email_open',
  email_clicks: 'email_click',
  demo_requested: 'demo_request',
};
