import type { EventRule, PulledPage } from 'leadloop/connector-sdk';
import { eventId, occurrencesIn } from './engagement/occurrences.ts';
import { participants } from './engagement/participants.ts';
import type { Session } from './session.ts';
import type { WireRecord } from './wire.ts';

/** The events of rows, each with its people; what counts nothing, is nobody's or is in the bin is withdrawn. */
export async function engagementIn(
  session: Session,
  object: string,
  {
    rows,
    rules,
    signal,
  }: { readonly rows: readonly WireRecord[]; readonly rules: readonly EventRule[]; readonly signal: AbortSignal },
): Promise<Pick<PulledPage, 'events' | 'withdrawn'>> {
  const now = session.context.now();
  const read = rows.map((row) => ({ row, ...occurrencesIn(object, row, { rules, now }) }));
  const counted = read.flatMap(({ row, occurrences }) => occurrences.map((what) => ({ row, ...what })));
  const people = await participants(session, object, { rows: [...new Set(counted.map(({ row }) => row))], signal });
  const events = counted.map(({ row, part, ...what }) => ({
    externalId: eventId(object, row.Id, part),
    quantity: 1,
    email: null,
    contactIds: people.get(row.Id) ?? [],
    ...what,
  }));
  return {
    events: events.filter(({ contactIds }) => contactIds.length > 0),
    withdrawn: [
      ...read.flatMap(({ withdrawn }) => withdrawn),
      ...events.filter(({ contactIds }) => contactIds.length === 0).map(({ externalId }) => externalId),
    ],
  };
}
