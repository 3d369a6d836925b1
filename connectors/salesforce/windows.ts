import { ProtocolError, TransientError } from 'leadloop/connector-sdk';
import type { Row, WindowPosition } from './cursor.ts';
import { pageSize, stampMs } from './limits.ts';

// PURE: how a stretch of time is read by the keyset (SystemModstamp, Id). See `pull.ts` for the argument.

/** Rows stamped from `low` to `end`, both included, in order of stamp and id; before `floor` only deleted ones. Milliseconds. */
export interface Window {
  /** Where the cursor stood when the window was opened. */
  readonly from: number;
  /** Before `from` by the overlap. */
  readonly low: number;
  readonly end: number;
  /** Every row up to this one has been read; null = none. */
  readonly at: Row | null;
  readonly floor: number;
}

export interface Bounds {
  /** The window may not pass this; a whole second, since stamps are. */
  readonly until: number;
  readonly overlapMs: number;
}

/** The window to read now: the one that is half read, else a new one up to `until`. Null = nothing can be new. */
export function openWindow({ from, end, at, floor }: WindowPosition, { until, overlapMs }: Bounds): Window | null {
  const last = floorTo(until, stampMs);
  if (last < floorTo(from, stampMs)) return null;
  const low = Math.max(0, floorTo(from - overlapMs, stampMs));
  // The clock may have been set back: a shorter window loses nothing, for the next one begins at its end.
  const open = { from, low, floor };
  return end === null ? { ...open, end: last, at: null } : { ...open, end: Math.max(low, Math.min(end, last)), at };
}

/** The SOQL that every request of the window has, built from the window alone. Literals are in UTC and not quoted. */
export function conditionOf({ low, end, at, floor }: Window): string {
  const again = low < floor ? ` AND (IsDeleted = true OR SystemModstamp >= ${literal(floor)})` : '';
  const upTo = `SystemModstamp <= ${literal(end)}${again}`;
  if (at === null) return `SystemModstamp >= ${literal(low)} AND ${upTo}`;
  const stamp = literal(at.stamp);
  return `((SystemModstamp = ${stamp} AND Id > '${at.id}') OR SystemModstamp > ${stamp}) AND ${upTo}`;
}

export interface Page {
  readonly totalSize: number;
  /** False = Salesforce cut the page: what comes after it is asked for anew, by the keyset. */
  readonly done: boolean;
  readonly rows: readonly Row[];
}

/**
 * The window after a page of it; null = it has been read to its end.
 * @throws TransientError when the page hides what it counts; ProtocolError when Salesforce did not do as it was asked.
 */
export function afterPage(window: Window, { totalSize, done, rows }: Page): Window | null {
  if (done && rows.length < Math.min(totalSize, pageSize)) {
    throw new TransientError('Salesforce counted rows that it did not send.');
  }
  if (!isInOrder([window.at, ...rows])) throw new ProtocolError('Salesforce answered a query out of order.');
  if (done && rows.length < pageSize) return null;
  const last = rows.at(-1);
  if (last === undefined) throw new TransientError('Salesforce sent an empty page that is not the last one.');
  return { ...window, at: last };
}

/** What is left up to `until` after a window that was cut short; null = nothing. */
export function restAfter({ from, end, floor }: Window, until: number): Window | null {
  return end >= until ? null : { from: Math.max(from, end), low: end, end: until, at: null, floor };
}

/**
 * Where the next pull resumes. Windows share the second between them, in which rows may still be written. After a window of
 * more than a page, the floor is its end: to look back over so much would cost calls each time, although nothing is new.
 */
export function positionAfter(window: Window, next: Window | null): WindowPosition {
  if (next !== null) return { kind: 'window', from: next.from, end: next.end, at: next.at, floor: next.floor };
  const floor = window.at === null ? window.floor : floorTo(window.end, stampMs);
  return { kind: 'window', from: Math.max(window.from, window.end), end: null, at: null, floor };
}

/** The first half of what is still to be read of a window; null = it is down to a second. */
export function halved(window: Window): Window | null {
  const begin = window.at?.stamp ?? window.low;
  const middle = floorTo(begin + (window.end - begin) / 2, stampMs);
  return middle >= window.end || window.end - begin <= stampMs ? null : { ...window, end: middle };
}

export function floorTo(instant: number, stepMs: number): number {
  return Math.floor(instant / stepMs) * stepMs;
}

/** Only stamps can be compared here: how Salesforce orders ids is its own business. */
function isInOrder(rows: readonly (Row | null)[]): boolean {
  const stamps = rows.flatMap((row) => row?.stamp ?? []);
  return stamps.every((stamp, index) => stamp >= (stamps[index - 1] ?? stamp));
}

function literal(instant: number): string {
  return new Date(instant).toISOString();
}
