import { NOTHING_MERGED, type Properties } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { isoInstant, MINUTE } from '../time.ts';
import type { SeededContact } from './contacts.ts';
import type { Era } from './organisations.ts';

const FIRST_ID = 41_200_000_000;
/** HubSpot's guid for the call disposition "Connected". */
const CONNECTED = 'f240bbac-87c9-4f6e-bf70-924b57d47db7';

type Engagement = 'meetings' | 'calls' | 'emails' | 'deals';

function add(store: Store, kind: Engagement, contact: SeededContact, properties: Properties): void {
  const table = store.table(kind);
  const id = FIRST_ID + table.size * 11 + kind.length;
  const at = Math.max(contact.activity.lastAt - MINUTE, 0);
  table.insert({
    id,
    createdAt: at,
    updatedAt: at + 750,
    archivedAt: undefined,
    mergedIds: NOTHING_MERGED,
    properties: { hubspot_owner_id: contact.ownerId, hs_object_source: 'CRM_UI', ...properties },
  });
  store.associations.add({ type: kind, id }, { type: 'contacts', id: contact.id }, false);
  store.associations.add({ type: kind, id }, { type: 'companies', id: contact.organisation.id }, kind === 'deals');
}

/** Warm contacts were called and written to, hot ones met; late stages have a deal. */
export function seedEngagements(store: Store, { random }: Era, contact: SeededContact): void {
  const { heat, lastAt } = contact.activity;
  const time = isoInstant(lastAt);
  if (heat > 0.15 && random.chance(0.5)) {
    const connected = random.chance(0.4);
    add(store, 'calls', contact, {
      hs_timestamp: time,
      hs_call_direction: 'OUTBOUND',
      hs_call_status: connected ? 'COMPLETED' : 'NO_ANSWER',
      hs_call_disposition: connected ? CONNECTED : undefined,
      hs_call_duration: connected ? String(random.integer(30, 1_800) * 1_000) : '0',
    });
  }
  if (heat > 0.1 && random.chance(0.6)) {
    add(store, 'emails', contact, {
      hs_timestamp: time,
      hs_email_direction: random.chance(0.3) ? 'INCOMING_EMAIL' : 'EMAIL',
      hs_email_status: 'SENT',
      hs_email_subject: 'Following up on your questions',
    });
  }
  if (heat > 0.4) {
    add(store, 'meetings', contact, {
      hs_timestamp: time,
      hs_meeting_title: `Intro call with ${contact.organisation.name}`,
      hs_meeting_start_time: time,
      hs_meeting_end_time: isoInstant(lastAt + 30 * MINUTE),
      hs_meeting_outcome: random.pick(['COMPLETED', 'COMPLETED', 'SCHEDULED', 'NO_SHOW', 'CANCELED']),
    });
  }
  if (contact.stage === 'opportunity' || contact.stage === 'customer') seedDeal(store, contact, time);
}

function seedDeal(store: Store, contact: SeededContact, closedate: string): void {
  const won = contact.stage === 'customer';
  add(store, 'deals', contact, {
    dealname: `${contact.organisation.name} - 2026 licences`,
    amount: String(4_000 + (contact.id % 97) * 250),
    pipeline: 'default',
    dealstage: won ? 'closedwon' : 'presentationscheduled',
    closedate,
    hs_is_closed: String(won),
    hs_is_closed_won: String(won),
  });
}
