import { CursorExpiredError, type Cursor } from 'leadloop/connector-sdk';

/** A pass over everything, page by page. `after` is HubSpot's own; null = the beginning. */
export interface ListPosition {
  readonly kind: 'list';
  readonly after: string | null;
}

/** A walk through time. Everything before `from` has been read; milliseconds. */
export interface WindowPosition {
  readonly kind: 'window';
  readonly from: number;
  /** The end of the window that is half read; null = none is. */
  readonly end: number | null;
  /** How far the open window is read, in its source's own terms; '' = nothing of it. */
  readonly at: string;
}

export type Position = ListPosition | WindowPosition;

// hs1:list:AFTER and hs1:window:FROM:END:AT. A change of meaning needs a new number.
const listForm = /^hs1:list:(?<after>.*)$/s;
const windowForm = /^hs1:window:(?<from>\d+):(?<end>\d*):(?<at>.*)$/s;

export function encodeCursor(position: Position): Cursor {
  return position.kind === 'list'
    ? `hs1:list:${position.after ?? ''}`
    : `hs1:window:${position.from}:${position.end ?? ''}:${position.at}`;
}

/** Null = a pass that begins. @throws CursorExpiredError */
export function listPosition(cursor: Cursor | null): ListPosition {
  if (cursor === null) return { kind: 'list', after: null };
  const after = listForm.exec(cursor)?.groups?.['after'];
  if (after === undefined) throw unreadable();
  return { kind: 'list', after: after === '' ? null : after };
}

/** Null = from `beginning`. @throws CursorExpiredError */
export function windowPosition(cursor: Cursor | null, beginning: number): WindowPosition {
  if (cursor === null) return { kind: 'window', from: beginning, end: null, at: '' };
  const groups = windowForm.exec(cursor)?.groups;
  if (groups === undefined) throw unreadable();
  const { from, end, at = '' } = groups;
  return { kind: 'window', from: Number(from), end: end === '' ? null : Number(end), at };
}

function unreadable(): CursorExpiredError {
  return new CursorExpiredError('The cursor is not one of this connector and lane.', {
    remedy: 'Nothing: the next run reads the object from its beginning.',
  });
}
