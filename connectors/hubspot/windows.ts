import { ProtocolError, TransientError } from 'leadloop/connector-sdk';
import type { WindowPosition } from './cursor.ts';
import type { SearchBody } from './endpoints.ts';
import { searchPageSize } from './limits.ts';

// PURE: how a stretch of time is read through a search that shows at most 10,000 rows. See `pull.ts` for the argument.

/** Records modified from `from` to `end`, both included, in order of id. Frozen: it does not move while it is read. */
export interface Window {
  readonly from: number;
  readonly end: number;
  /** Every record up to this id has been read; '' = none. */
  readonly at: string;
}

/** The window to read now: the one that is half read, else a new one up to `until`. Null = nothing can be new. */
export function openWindow(position: WindowPosition, until: number): Window | null {
  if (until < position.from) return null;
  if (position.end === null) return { from: position.from, end: until, at: '' };
  // The clock may have been set back: a shorter window loses nothing, for the next one begins at its end.
  return { from: position.from, end: Math.min(position.end, until), at: position.at };
}

/** The same window, ending where HubSpot's clock stands instead of ours: what is yet to come there belongs to the next. */
export function endingBy(window: Window, instant: number): Window {
  return { ...window, end: Math.max(window.from, Math.min(window.end, instant)) };
}

/** Every request has all three filters and no offset, and is built from the window alone. */
export function searchFor(window: Window, modifiedProperty: string): SearchBody {
  return {
    filterGroups: [
      {
        filters: [
          { propertyName: modifiedProperty, operator: 'GTE', value: String(window.from) },
          { propertyName: modifiedProperty, operator: 'LTE', value: String(window.end) },
          { propertyName: 'hs_object_id', operator: 'GT', value: window.at === '' ? '0' : window.at },
        ],
      },
    ],
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    properties: [modifiedProperty],
    limit: searchPageSize,
  };
}

export interface Page {
  /** Hits of the search, archived records that the answer leaves out included. */
  readonly total: number;
  readonly ids: readonly string[];
}

/**
 * The window after a page of it; null = it has been read to its end.
 * @throws TransientError when the page hides what it counts; ProtocolError when HubSpot did not do as it was asked.
 */
export function afterPage(window: Window, { total, ids }: Page): Window | null {
  if (!Number.isSafeInteger(total)) throw new ProtocolError('HubSpot answered a search without a total.');
  if (!areAscending([window.at, ...ids])) throw new ProtocolError('HubSpot answered a search out of order.');
  // A page may be short because archived records were taken out of it, with more behind: the total must agree.
  if (ids.length < searchPageSize && total <= searchPageSize) return null;
  const last = ids.at(-1);
  if (last === undefined) {
    throw new TransientError('HubSpot’s search counts records that it does not show yet.', { retryAfterMs: 60_000 });
  }
  return { ...window, at: last };
}

/** Where the next pull resumes. Windows share their boundary millisecond, in which records may still have been written. */
export function positionAfter(window: Window, next: Window | null): WindowPosition {
  return next === null
    ? { kind: 'window', from: window.end, end: null, at: '' }
    : { kind: 'window', from: next.from, end: next.end, at: next.at };
}

/** Ids are numbers of up to 64 bits, written as text of unequal length. */
function areAscending(ids: readonly string[]): boolean {
  const numbers = ids.map((id) => BigInt(id === '' ? '0' : id));
  return numbers.every((id, index) => index === 0 || id > (numbers[index - 1] ?? id));
}
