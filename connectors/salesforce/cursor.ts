import { CursorExpiredError, type Cursor } from 'leadloop/connector-sdk';

/** A pass over everything in order of id. `after` is the last one read; null = the beginning. */
export interface ListPosition {
  readonly kind: 'list';
  readonly after: string | null;
}

/** A pass over everything by a job of Bulk. Its results have no order, and stay as they are for seven days. */
export interface BulkPosition {
  readonly kind: 'bulk';
  readonly job: string;
  /** The page that is being read; null = the first. */
  readonly locator: string | null;
  /** Rows of that page, and of the whole job, that were handed out. */
  readonly taken: number;
  readonly read: number;
}

/** A row as the keyset orders them: by stamp, then by id. Milliseconds. */
export interface Row {
  readonly stamp: number;
  readonly id: string;
}

/** A walk through time. Everything before `from` has been read; milliseconds. */
export interface WindowPosition {
  readonly kind: 'window';
  readonly from: number;
  /** The end of the window that is half read; null = none is. */
  readonly end: number | null;
  /** The last row that was read of the open window; null = nothing of it. */
  readonly at: Row | null;
  /** How far back is looked for anything but deletions: before, there was more than a page. 0 = as far as the overlap. */
  readonly floor: number;
}

export type Position = ListPosition | BulkPosition | WindowPosition;

// sf1:list:ID, sf1:bulk:JOB:LOCATOR:TAKEN:READ and sf1:window:FROM:END:STAMP:ID~FLOOR. A change of meaning needs a new number.
const listForm = /^sf1:list:(?<after>[a-zA-Z0-9]*)$/;
const bulkForm = /^sf1:bulk:(?<job>[a-zA-Z0-9]+):(?<locator>(?:[^:%]|%[0-9A-F]{2})*):(?<taken>\d+):(?<read>\d+)$/;
const windowForm = /^sf1:window:(?<from>\d+):(?<end>\d*):(?:(?<stamp>\d+):(?<id>[a-zA-Z0-9]+))?(?:~(?<floor>\d+))?$/;

export function encodeCursor(position: Position): Cursor {
  if (position.kind === 'list') return `sf1:list:${position.after ?? ''}`;
  if (position.kind === 'bulk') {
    const { job, locator, taken, read } = position;
    return `sf1:bulk:${job}:${encodeURIComponent(locator ?? '')}:${taken}:${read}`;
  }
  const { from, end, at, floor } = position;
  const row = at === null ? '' : `${at.stamp}:${at.id}`;
  return `sf1:window:${from}:${end ?? ''}:${row}${floor === 0 ? '' : `~${floor}`}`;
}

/** Null = a pass that begins. @throws CursorExpiredError */
export function listPosition(cursor: Cursor | null): ListPosition {
  if (cursor === null) return { kind: 'list', after: null };
  const after = listForm.exec(cursor)?.groups?.['after'];
  if (after === undefined) throw unreadable();
  return { kind: 'list', after: after === '' ? null : after };
}

/** Null = a pass that begins. @throws CursorExpiredError */
export function passPosition(cursor: Cursor | null): ListPosition | BulkPosition {
  const groups = cursor === null ? undefined : bulkForm.exec(cursor)?.groups;
  if (groups === undefined) return listPosition(cursor);
  const { job = '', locator = '', taken, read } = groups;
  return { kind: 'bulk', job, locator: decoded(locator), taken: Number(taken), read: Number(read) };
}

/** Null = from `beginning`. @throws CursorExpiredError */
export function windowPosition(cursor: Cursor | null, beginning: number): WindowPosition {
  if (cursor === null) return { kind: 'window', from: beginning, end: null, at: null, floor: 0 };
  const groups = windowForm.exec(cursor)?.groups;
  if (groups === undefined) throw unreadable();
  const { from, end, stamp, id, floor = '0' } = groups;
  const at = stamp === undefined || id === undefined ? null : { stamp: Number(stamp), id };
  return { kind: 'window', from: Number(from), end: end === '' ? null : Number(end), at, floor: Number(floor) };
}

/** Null = blank. @throws CursorExpiredError */
function decoded(text: string): string | null {
  try {
    return text === '' ? null : decodeURIComponent(text);
  } catch {
    throw unreadable();
  }
}

function unreadable(): CursorExpiredError {
  return new CursorExpiredError('The cursor is not one of this connector and lane.', {
    remedy: 'Nothing: the next run reads the object from its beginning.',
  });
}
