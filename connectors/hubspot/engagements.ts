import type { EngagementEvent, EngagementType, ExternalId } from 'leadloop/connector-sdk';
import { decodeValue } from './decode.ts';
import { readAssociations } from './endpoints.ts';
import { associationBatchSize } from './limits.ts';
import type { Session } from './session.ts';
import type { WireRecord } from './wire.ts';

type Occurrence = Pick<EngagementEvent, 'type' | 'occurredAt' | 'detail'>;

/** DATA: what a record of an object says that a person did; null = nothing that counts. */
const occurrences: Readonly<Record<string, (record: WireRecord) => Occurrence | null>> = {
  meetings: ({ properties }) => {
    if (['CANCELED', 'NO_SHOW', 'RESCHEDULED'].includes(properties['hs_meeting_outcome'] ?? '')) return null;
    // A meeting counts from its booking; one that was logged afterwards, from when it took place.
    const dates = [properties['hs_createdate'], properties['hs_meeting_start_time']].flatMap(
      (text) => instant(text) ?? [],
    );
    return occurrence('meeting', dates.toSorted((a, b) => a.getTime() - b.getTime())[0]);
  },
  calls: ({ properties }) => {
    const status = properties['hs_call_status'] || 'COMPLETED';
    return status === 'COMPLETED' ? occurrence('call', instant(properties['hs_timestamp'])) : null;
  },
  emails: ({ properties }) => {
    const status = properties['hs_email_status'] || 'SENT';
    const type = properties['hs_email_direction'] === 'INCOMING_EMAIL' ? 'email_reply' : 'email';
    return status === 'SENT' ? occurrence(type, instant(properties['hs_timestamp'])) : null;
  },
};

/** The events of engagement records, each with all its contacts; those without a contact are left out. */
export async function engagementEvents(
  { client }: Session,
  object: string,
  records: readonly WireRecord[],
  signal: AbortSignal,
): Promise<readonly EngagementEvent[]> {
  const counted = records.flatMap((record) => {
    const found = occurrences[object]?.(record) ?? null;
    return found === null ? [] : [{ id: record.id, ...found }];
  });
  const contacts = await contactsOf(
    { client, object, signal },
    counted.map(({ id }) => id),
  );
  return counted.flatMap(({ id, ...what }) => {
    const contactIds = contacts.get(id) ?? [];
    return contactIds.length === 0
      ? []
      : [{ externalId: `${object}:${id}`, quantity: 1, email: null, contactIds, ...what }];
  });
}

/** Follows the paging of each result; a record without contacts is an error in HubSpot's eyes, and absent in ours. */
async function contactsOf(
  {
    client,
    object,
    signal,
  }: { readonly client: Session['client']; readonly object: string; readonly signal: AbortSignal },
  ids: readonly ExternalId[],
): Promise<ReadonlyMap<ExternalId, readonly ExternalId[]>> {
  const contacts = new Map<ExternalId, ExternalId[]>();
  let inputs: { readonly id: string; readonly after?: string }[] = ids.map((id) => ({ id }));
  while (inputs.length > 0) {
    const { results } = await readAssociations(
      client,
      [object, 'contacts'],
      inputs.slice(0, associationBatchSize),
      signal,
    );
    for (const { from, to } of results) {
      const known = contacts.get(from.id) ?? [];
      contacts.set(from.id, [...known, ...to.map(({ toObjectId }) => String(toObjectId))]);
    }
    const unfinished = results.flatMap(({ from, paging }) =>
      paging?.next ? [{ id: from.id, after: paging.next.after }] : [],
    );
    inputs = [...inputs.slice(associationBatchSize), ...unfinished];
  }
  return contacts;
}

function occurrence(type: EngagementType, occurredAt: Date | undefined): Occurrence | null {
  return occurredAt === undefined ? null : { type, occurredAt, detail: null };
}

function instant(text: string | null | undefined): Date | undefined {
  const iso = decodeValue('datetime', text ?? null);
  return typeof iso === 'string' ? new Date(iso) : undefined;
}
