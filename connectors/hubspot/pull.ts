import {
  emptyPage,
  type EngagementEvent,
  type PullBatch,
  type PulledPage,
  type PullRequest,
  RequestError,
} from 'leadloop/connector-sdk';
import { encodeCursor, listPosition, windowPosition } from './cursor.ts';
import { decoderFor, modifiedAtOf, type Decoder } from './decode.ts';
import { listPath, listRecords, readBatch, search, type ListQuery } from './endpoints.ts';
import { engagementEvents } from './engagements.ts';
import { batchSize, beginning, maxUrlLength } from './limits.ts';
import type { HubSpotObject } from './objects.ts';
import { describe } from './schema.ts';
import type { Session } from './session.ts';
import { afterPage, endingBy, openWindow, positionAfter, searchFor, type Window } from './windows.ts';
import type { WirePage, WireRecord } from './wire.ts';

/*
 * How records are read, and why none is missed.
 *
 * **full** and **archived** list every record in order of id, 100 a page. An id never changes and new ones are the highest,
 * so a pass sees every record that was there when it began. What changes behind its back is the next lane's work: the
 * caller takes `startCursor(object, when the pass began)` for it.
 *
 * **live** and **settled** walk through time in windows that touch. A window [from, end] is frozen when it is opened
 * (end = `until`) and read by search in order of id, each request asking for "modified in [from, end] and id above the
 * last one". Hence no offset, which HubSpot ends at 10,000 rows; no trouble with any number of equal stamps; and a stop
 * after any page costs nothing, for the cursor (from, end, last id) says all. The next window begins at `end`.
 *
 * Let a record be changed at stamp t. It is read, at that state or a newer one, because:
 *  1. While t is its newest stamp, exactly the windows with from ≤ t ≤ end hold it, and windows touch: one does. If it
 *     changes again before that window comes to it, it leaves this window for a later one, with t' > t: nothing is lost,
 *     since we want its newest state. If it changes after it was read, t' lies in a later window too.
 *  2. t' is never at or before the end of a window that is already done: `end` is not after the moment it was frozen, and a
 *     later change has a later stamp, or the very same millisecond, which is why windows share it.
 *  3. Both assume that the index shows a change at once and that the clocks agree. They do not: a change may appear moments
 *     late. For **live** such a change is lost. So **settled** walks the same way with `until` = now − lag: when it freezes
 *     a window, all of it has long been visible. As long as the lag covers both, nothing is lost; live is only sooner.
 *     A clock of ours that is ahead would freeze ends that have not come yet at HubSpot: its answers tell their time, and no
 *     window ends after that of its first answer.
 *  4. The filter works on the index, the answer on the record: a hit may show a stamp after `end`. It is taken as it is.
 *
 * What both lanes see is read once: `held` drops the references that we have as new as they are, before any record is
 * read. An idle lane costs one call, the search that finds nothing new. Records come from batch/read, which is never behind
 * the index and takes any number of properties; the search itself asks for ids and stamps alone.
 */

/** Yields batches of at most 200 records. An optional object that we may not read ends at once, where it stood. */
export function pullRecords(
  session: Session,
  object: HubSpotObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  return request.lane === 'live' || request.lane === 'settled'
    ? pullWindow(session, object, request)
    : pullPass(session, object, request);
}

async function* pullWindow(
  session: Session,
  object: HubSpotObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const position = windowPosition(request.since, beginning);
  let window = openWindow(position, request.until.getTime());
  if (window === null) yield { ...emptyPage, cursor: encodeCursor(position), done: true };
  const reader = await readerFor(session, object, request);

  while (window !== null) {
    const { total, results } = await search(
      session.client,
      object.object,
      searchFor(window, object.modifiedProperty),
      request.signal,
    );
    window = endingBy(window, request.until.getTime() - session.client.aheadMs);
    const next: Window | null = afterPage(window, { total, ids: results.map(({ id }) => id) });
    const page = await reader.page(await reader.records(await wanted(results, object, request)));
    yield { ...page, cursor: encodeCursor(positionAfter(window, next)), done: next === null };
    window = next;
  }
}

async function* pullPass(
  session: Session,
  object: HubSpotObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const reader = await readerFor(session, object, request);
  const isArchived = request.lane === 'archived';
  let { after } = listPosition(request.since);
  do {
    const { results, paging } = isArchived ? await reader.archived(after) : await reader.list(after);
    after = paging?.next?.after ?? null;
    const page = isArchived
      ? { ...emptyPage, tombstones: results.map(({ id }) => tombstone(object, id)) }
      : await reader.page(results);
    yield { ...page, cursor: encodeCursor({ kind: 'list', after }), done: after === null };
  } while (after !== null);
}

interface Reader {
  /** A page of the list, with all properties. */
  list(after: string | null): Promise<WirePage<WireRecord>>;
  /** A page of the list of archived records, ids only. */
  archived(after: string | null): Promise<WirePage<WireRecord>>;
  /** Records by id; those that are gone are absent. */
  records(ids: readonly string[]): Promise<readonly WireRecord[]>;
  page(wires: readonly WireRecord[]): Promise<PulledPage>;
}

async function readerFor(session: Session, object: HubSpotObject, { fields, signal }: PullRequest): Promise<Reader> {
  const { client } = session;
  const properties = [...new Set([...fields, ...object.ownProperties])];
  const schema = await describe(session, object.object, signal);
  const decode = decoderFor(object, fields, schema);
  const decodeAll = decoderFor(object, properties, schema);
  let isListable =
    listPath(object.object, { properties, after: '9'.repeat(20), archived: false }).length <= maxUrlLength;

  const list = (query: ListQuery): Promise<WirePage<WireRecord>> => listRecords(client, object.object, query, signal);
  const records = async (ids: readonly string[]): Promise<readonly WireRecord[]> => {
    const batches = await Promise.all(
      batchesOf(ids).map((batch) => readBatch(client, object.object, { ids: batch, properties }, signal)),
    );
    return batches.flatMap(({ results }) => results);
  };
  const narrowly = async (after: string | null): Promise<WirePage<WireRecord>> => {
    const page = await list({ properties: [object.modifiedProperty], after, archived: false });
    return { ...page, results: await records(page.results.map(({ id }) => id)) };
  };

  return {
    records,
    archived: (after) => list({ properties: [object.modifiedProperty], after, archived: true }),
    async list(after) {
      if (!isListable) return narrowly(after);
      return list({ properties, after, archived: false }).catch((error: unknown) => {
        if (!(error instanceof RequestError && error.status === 414)) throw error;
        isListable = false;
        return narrowly(after);
      });
    },
    async page(wires) {
      const page = decoded(wires, decode);
      if (object.kind !== 'engagement') return { ...page, events: [] };
      // Its dates are no part of the image; one that cannot be read leaves the event out, and that has to be said.
      const { rejected } = decoded(wires, decodeAll);
      const events = await engagementEvents(session, object.object, wires, signal);
      return { ...page, rejected, events, withdrawn: withoutEvent(object.object, wires, events) };
    },
  };
}

/** A meeting that was cancelled, an engagement that has lost its people: what was stored of it counts no more. */
function withoutEvent(
  object: string,
  wires: readonly WireRecord[],
  events: readonly EngagementEvent[],
): readonly string[] {
  const counted = new Set(events.map(({ externalId }) => externalId));
  return wires.map(({ id }) => `${object}:${id}`).filter((id) => !counted.has(id));
}

/** Ids of the references that we do not hold as new as they are. */
async function wanted(
  results: readonly WireRecord[],
  object: HubSpotObject,
  request: PullRequest,
): Promise<readonly string[]> {
  const references = results.flatMap((record) => {
    const modifiedAt = modifiedAtOf(record, object.modifiedProperty);
    return modifiedAt === null ? [] : [{ externalId: record.id, modifiedAt }];
  });
  const held = references.length === 0 ? new Set() : await request.held(references);
  return results.map(({ id }) => id).filter((id) => !held.has(id));
}

function decoded(wires: readonly WireRecord[], decode: Decoder): PulledPage {
  const all = wires.map((wire) => decode(wire));
  return {
    ...emptyPage,
    records: all.flatMap(({ record }) => record ?? []),
    rejected: all.flatMap(({ rejected }) => rejected),
  };
}

function tombstone({ object }: HubSpotObject, externalId: string): PulledPage['tombstones'][number] {
  return { object, externalId, reason: 'archived', mergedInto: null };
}

export function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / batchSize) }, (_, batch) =>
    items.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
