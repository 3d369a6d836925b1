import type { Store } from '../store/store.ts';
import { DAY } from '../time.ts';
import { seedContact, seedMergedContact, type SeededContact } from './contacts.ts';
import { seedEngagements } from './engagements.ts';
import { emailEvent, seedForms, submission } from './forms.ts';
import { seedOrganisations, type Era, type Organisation } from './organisations.ts';
import { seedOwners } from './owners.ts';
import { seededRandom } from '../../server/random.ts';

interface SeedOptions {
  contacts: number;
  seed: number;
  /** No seeded time lies after it. */
  epoch: number;
}

/** Events kept per contact and type: the counters go on, the event API only knows the recent ones. */
const RECENT_EVENTS = 3;

/** The people known by name come first, then contacts fall on organisations in turn. */
function seats(
  organisations: readonly Organisation[],
  contacts: number,
): { organisation: Organisation; seat: number }[] {
  const known = organisations.flatMap((organisation) => organisation.people.map((_, seat) => ({ organisation, seat })));
  const rest = Array.from({ length: Math.max(0, contacts - known.length) }, (_, index) => {
    // Software companies are five of many, so they come round less often than the districts fill up.
    const organisation = organisations[(index * 7) % organisations.length];
    return organisation === undefined ? [] : [{ organisation, seat: Number.MAX_SAFE_INTEGER }];
  }).flat();
  return [...known, ...rest].slice(0, contacts);
}

function seedMarketing(store: Store, contact: SeededContact, serial: number): void {
  const { email, firstname, id, activity, form } = contact;
  if (email === undefined) return;
  if (form !== undefined) {
    const list = store.submissions.get(form.id) ?? [];
    store.submissions.set(form.id, list);
    list.push(submission({ email, firstname, contactId: id }, activity.lastAt, form));
  }
  const events: ['OPEN' | 'CLICK', number][] = [
    ['OPEN', activity.opens],
    ['CLICK', activity.clicks],
  ];
  for (const [type, total] of events) {
    for (let index = 0; index < Math.min(total, RECENT_EVENTS); index += 1) {
      const at = activity.lastAt - index * DAY;
      const order = serial * 2 * RECENT_EVENTS + (type === 'OPEN' ? 0 : RECENT_EVENTS) + index;
      store.emailEvents.push(emailEvent(email, { type, at, portalId: store.portalId, serial: order }));
    }
  }
}

function archiveSome(store: Store, era: Era, contacts: readonly SeededContact[]): void {
  for (const [index, contact] of contacts.entries()) {
    const record = store.contacts.get(contact.id);
    if (index % 61 !== 60 || record === undefined) continue;
    store.contacts.archive(record, record.updatedAt + Math.floor((era.epoch - record.updatedAt) / 2));
  }
}

/** Fills an empty store: the same seed and number give the same portal, whatever the clock says. */
export function seedPortal(store: Store, { contacts, seed, epoch }: SeedOptions): void {
  const era: Era = { random: seededRandom(seed), epoch };
  store.owners.push(...seedOwners());
  store.forms.push(...seedForms());
  if (contacts === 0) return;
  const owners = store.owners.filter((owner) => owner.type === 'PERSON').map((owner) => owner.id);
  const organisations = seedOrganisations(store.table('companies'), era, contacts);
  const seeded: SeededContact[] = [];
  for (const [index, { organisation, seat }] of seats(organisations, contacts - 1).entries()) {
    const previous = seeded.at(-1)?.email;
    const place = { index, seat, total: contacts, owners, previous };
    const contact = seedContact(store.contacts, era, organisation, place);
    seeded.push(contact);
    store.associations.add({ type: 'contacts', id: contact.id }, { type: 'companies', id: organisation.id }, true);
    seedEngagements(store, era, contact);
    seedMarketing(store, contact, index);
  }
  seedMergedContact(store.contacts, era);
  archiveSome(store, era, seeded);
  store.emailEvents.sort((a, b) => a.created - b.created);
  for (const list of store.submissions.values()) list.sort((a, b) => b.submittedAt - a.submittedAt);
}
