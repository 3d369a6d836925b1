import {
  emptyPage,
  type ExternalId,
  type PullBatch,
  type PulledPage,
  type PullRequest,
  RequestError,
  type SourceRecord,
  type Tombstone,
} from 'leadloop/connector-sdk';
import { encodeCursor, windowPosition, type WindowPosition } from './cursor.ts';
import { opportunityLinks, stampOf } from './decode.ts';
import { getUpdated } from './endpoints.ts';
import { engagementIn } from './engagements.ts';
import { beginning, overlapMs, pageSize, replicationReachMs, replicationStepMs, stampMs } from './limits.ts';
import { followMerges, isMerged } from './merges.ts';
import type { SalesforceObject } from './objects.ts';
import { readerFor, type Reader } from './reader.ts';
import type { Session } from './session.ts';
import {
  afterPage,
  conditionOf,
  floorTo,
  halved,
  openWindow,
  positionAfter,
  restAfter,
  type Bounds,
  type Window,
} from './windows.ts';
import type { WireQuery, WireRecord } from './wire.ts';

/*
 * How changes are read, and why none is missed. For **full** and **archived** see `full-pass.ts`.
 *
 * **live** and **settled** walk through time in windows that touch. A window [low, end] is frozen when it is opened and
 * read in order of (SystemModstamp, Id), each request built from the window and the last row alone. Hence no locator that
 * could expire, no offset, no trouble with any number of equal stamps, and a stop after any page costs nothing. A page may
 * be shorter than asked for; only the two together, `done` and fewer rows than the limit, end a window.
 *
 * Let a record be changed at stamp t. It is read, at that state or a newer one, because:
 *  1. While t is its newest stamp, the windows with low ≤ t ≤ end hold it, and windows share the second in which they meet.
 *     If it changes again before the window comes to it, it moves to a later place: in this window, or in a later one.
 *  2. A record is stamped when it is written and shows when its transaction ends, which may be ten minutes later: by then
 *     the window may be past t. For that **settled** asks Salesforce itself (getUpdated) up to which moment no transaction
 *     is open any more, and ends its window there: nothing can appear behind it. And **live** reads the last quarter of an
 *     hour again, as long as that is a page: of more it asks for deletions alone, which getUpdated does not name. Where
 *     Salesforce does not vouch, settled itself looks back so far. `held` drops what came before.
 *  3. A stamp has a resolution of one second, and a record can change twice in one: a copy with this very stamp may be the
 *     older state. A window ends in a second that may not be over, so live takes all of that second again, held or not, and
 *     asks `held` only about what is stamped before it.
 *  4. The same holds for clocks: `latestDateCovered` is Salesforce's own, and `until` of settled is behind.
 *
 * Both read the recycle bin too (queryAll): a deletion moves the stamp, an undeletion brings the record back, and a merge
 * leaves the loser in the bin with the id of its master, which is then read and yielded with what it has absorbed.
 *
 * An idle lane costs one call: for live the query, for settled getUpdated, which names no id. Formula fields change without
 * a stamp: only a full pass sees them.
 */

/** Yields batches of at most 2,000 records. */
export async function* pullWindows(
  session: Session,
  object: SalesforceObject,
  request: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const position = windowPosition(request.since, beginning);
  const bounds = await boundsOf(session, object, { request, position });
  const first = bounds === null ? null : openWindow({ ...position, ...bounds }, bounds);
  if (bounds === null || first === null || bounds.isEmpty) {
    const reached = first === null ? position : positionAfter(first, null);
    yield { ...emptyPage, cursor: encodeCursor(reached), done: true };
    return;
  }
  const reader = await readerFor(session, object, request);
  const heldBefore = request.lane === 'live' ? floorTo(position.from, stampMs) : Number.POSITIVE_INFINITY;
  const until = floorTo(bounds.until, stampMs);
  // Without a bin no deletion shows, and there is nothing to look back for.
  const opened = reader.hasBin ? first : { ...first, low: Math.max(first.low, first.floor) };
  for (let window: Window | null = opened; window !== null;) {
    const { asked, page } = await readWindow(reader, window);
    const rows = page.records.map((row) => ({ stamp: stampOf(row) ?? 0, id: row.Id }));
    const next: Window | null = afterPage(asked, { ...page, rows }) ?? restAfter(asked, until);
    yield {
      ...(await pageOf(page.records, { session, object, request, reader, heldBefore })),
      cursor: encodeCursor(positionAfter(asked, next)),
      done: next === null,
    };
    window = next;
  }
}

/** The next page of a window, or of a part of it where Salesforce needs too long for so much at once. */
async function readWindow(
  reader: Reader,
  window: Window,
): Promise<{ readonly asked: Window; readonly page: WireQuery }> {
  for (let asked = window; ; asked = narrower(asked)) {
    const page = await reader
      .rows(`${conditionOf(asked)} ORDER BY SystemModstamp, Id LIMIT ${pageSize}`)
      .catch(unlessSlow);
    if (page !== null) return { asked, page };
  }
}

/** Null = Salesforce needs too long for so much at once. */
function unlessSlow(error: unknown): null {
  if (error instanceof RequestError && error.category === 'QUERY_TIMEOUT') return null;
  throw error;
}

function narrower(window: Window): Window {
  const half = halved(window);
  if (half !== null) return half;
  throw new RequestError(
    'Salesforce cannot read one second of changes in time.',
    { status: 400, category: 'QUERY_TIMEOUT' },
    { remedy: 'Map fewer fields of this object, above all fewer formulas.' },
  );
}

interface Walk {
  readonly request: PullRequest;
  readonly position: WindowPosition;
}

interface LaneBounds extends Bounds {
  /** Everything before has been read for good. */
  readonly from: number;
  readonly floor: number;
  /** Salesforce says that nothing has changed up to there. */
  readonly isEmpty: boolean;
}

/** How far the lane may read now; null = not further than it has. */
async function boundsOf(
  session: Session,
  object: SalesforceObject,
  { request, position }: Walk,
): Promise<LaneBounds | null> {
  const until = request.until.getTime();
  const { overlapMinutes } = session.context.settings;
  const overlap = overlapMinutes === undefined ? overlapMs : overlapMinutes * 60_000;
  const bounds = { from: position.from, floor: 0, until, overlapMs: 0, isEmpty: false };
  if (request.lane === 'live') return { ...bounds, floor: position.floor, overlapMs: overlap };
  // A window that is half read ends where Salesforce vouched when it was opened.
  if (position.end !== null) return { ...bounds, until: Math.min(until, position.end) };
  if (until < position.from) return bounds;
  const end = floorTo(until, replicationStepMs);
  const reach = end - replicationReachMs;
  const start = Math.max(reach, Math.min(floorTo(position.from, replicationStepMs), end - replicationStepMs));
  const answer = await getUpdated(session.client, object.object, { start, end }, request.signal).catch(unlessRefused);
  if (answer === null) return { ...bounds, from: Math.max(beginning, position.from - overlap) };
  const covered = Math.min(until, Date.parse(answer.latestDateCovered));
  if (covered < position.from) return null;
  return { ...bounds, until: covered, isEmpty: answer.ids.length === 0 && start <= position.from };
}

/** Some objects are not replicated, and more than 600,000 ids are too many (docs, getUpdated): the lag must do then. */
function unlessRefused(error: unknown): null {
  if (error instanceof RequestError) return null;
  throw error;
}

interface Part {
  readonly session: Session;
  readonly object: SalesforceObject;
  readonly request: PullRequest;
  readonly reader: Reader;
  /** A row stamped before this is left out where the caller holds it as new as it is. */
  readonly heldBefore: number;
}

export async function pageOf(rows: readonly WireRecord[], part: Part): Promise<PulledPage> {
  const { session, object, request, reader } = part;
  const living = rows.filter(({ IsDeleted }) => IsDeleted !== true);
  const merged = object.isMergeable ? rows.filter((row) => isMerged(row)) : [];
  const followed = await followMerges(merged, rows, reader.byId);
  const survivors = new Map(followed.flatMap(({ survivor }) => (survivor === null ? [] : [[survivor.Id, survivor]])));
  const held = await heldOf(living, part);
  const wanted = [...living.filter(({ Id }) => !held.has(Id) && !survivors.has(Id)), ...survivors.values()].map((row) =>
    reader.decode(row),
  );
  const absorbedBy = (id: ExternalId): readonly string[] => [
    ...new Set(followed.flatMap(({ survivor, absorbed }) => (survivor?.Id === id ? absorbed : []))),
  ];
  const records = wanted.flatMap(({ record }): SourceRecord[] =>
    record === null ? [] : [{ ...record, mergedIds: absorbedBy(record.externalId) }],
  );
  const dead = rows.filter((row) => row.IsDeleted === true && !isMerged(row)).map(({ Id }) => gone(object, Id));
  const lost = followed.flatMap(({ survivor, absorbed: [id] }) =>
    survivor === null && id !== undefined ? [gone(object, id)] : [],
  );
  const read = rows.filter(({ Id }) => !held.has(Id));
  return {
    records,
    rejected: wanted.flatMap(({ rejected }) => rejected),
    tombstones: object.kind === 'engagement' ? [] : [...dead, ...lost],
    ...(object.kind === 'engagement'
      ? await engagementIn(session, object.object, { rows: read, rules: request.events, signal: request.signal })
      : { events: [], withdrawn: [] }),
    links: opportunityLinks(object.object, living),
  };
}

/** Ids of the rows that the caller holds as new as they are. */
async function heldOf(
  rows: readonly WireRecord[],
  { request: { held }, heldBefore }: Part,
): Promise<ReadonlySet<ExternalId>> {
  const references = rows.flatMap((row) => {
    const stamp = stampOf(row);
    return stamp === null || stamp >= heldBefore ? [] : [{ externalId: row.Id, modifiedAt: new Date(stamp) }];
  });
  return references.length === 0 ? new Set() : held(references);
}

/** The recycle bin: what was deleted, and what was merged into what. */
export async function tombstones(
  rows: readonly WireRecord[],
  { object, reader }: Pick<Part, 'object' | 'reader'>,
): Promise<readonly Tombstone[]> {
  const merged = await followMerges(
    rows.filter((row) => isMerged(row)),
    rows,
    reader.byId,
  );
  const into = new Map(merged.map(({ survivor, absorbed }) => [absorbed[0], survivor?.Id ?? null]));
  return rows.map(({ Id }) => {
    const mergedInto = into.get(Id) ?? null;
    return mergedInto === null
      ? gone(object, Id)
      : { object: object.object, externalId: Id, reason: 'merged', mergedInto };
  });
}

function gone({ object }: SalesforceObject, externalId: ExternalId): Tombstone {
  return { object, externalId, reason: 'archived', mergedInto: null };
}
