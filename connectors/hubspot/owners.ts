import {
  emptyPage,
  type FieldSchema,
  type PullBatch,
  type PullRequest,
  type SourceRecord,
} from 'leadloop/connector-sdk';
import { encodeCursor, listPosition } from './cursor.ts';
import { listOwners } from './endpoints.ts';
import { accountAgeMs } from './limits.ts';
import type { HubSpotObject } from './objects.ts';
import type { Session } from './session.ts';
import type { WireOwner } from './wire.ts';

/** Owners are no CRM object: they have no properties, and no search. */
export const ownerSchema: readonly FieldSchema[] = (['email', 'firstName', 'lastName', 'archived'] as const).map(
  (name) => ({
    name,
    label: name,
    type: name === 'archived' ? 'boolean' : 'text',
    options: [],
    readOnly: true,
    calculated: false,
    custom: false,
  }),
);

/**
 * A snapshot: one call for up to 100 owners. Those who left come with it, for old records still name them; they are read
 * once a day, since they are a list of their own.
 */
export async function* pullOwners(
  session: Session,
  { object }: HubSpotObject,
  { since, signal }: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  let { after } = listPosition(since);
  do {
    const { results, paging } = await listOwners(session.client, { after, archived: false }, signal);
    after = paging?.next?.after ?? null;
    const former = after === null ? await formerOwners(session, signal) : [];
    const records = [...results, ...former].map((owner) => ownerRecord(object, owner));
    yield {
      ...emptyPage,
      records,
      cursor: encodeCursor({ kind: 'list', after }),
      done: after === null,
    };
  } while (after !== null);
}

function formerOwners({ client, context }: Session, signal: AbortSignal): Promise<readonly WireOwner[]> {
  return context.cache.through('owners:archived', accountAgeMs, async () => {
    const owners: WireOwner[] = [];
    let after: string | null = null;
    do {
      const { results, paging } = await listOwners(client, { after, archived: true }, signal);
      owners.push(...results.map((owner) => ({ ...owner, archived: true })));
      after = paging?.next?.after ?? null;
    } while (after !== null);
    return owners;
  });
}

/** `hubspot_owner_id` of a contact holds the owner's `id`, not the `userId` (docs, owners). */
function ownerRecord(object: string, { id, email, firstName, lastName, updatedAt, archived }: WireOwner): SourceRecord {
  return {
    object,
    externalId: id,
    modifiedAt: new Date(updatedAt ?? 0),
    fields: {
      email: email ?? null,
      firstName: firstName ?? null,
      lastName: lastName ?? null,
      archived: archived ?? false,
    },
    mergedIds: [],
    companyId: null,
    successor: null,
  };
}
