import {
  emptyPage,
  type EngagementEvent,
  type EngagementType,
  ProtocolError,
  type PullBatch,
  type PullRequest,
} from 'leadloop/connector-sdk';
import { encodeCursor, windowPosition } from './cursor.ts';
import { listEmailEvents } from './endpoints.ts';
import { beginning } from './limits.ts';
import type { HubSpotObject } from './objects.ts';
import type { Session } from './session.ts';
import { endingBy, openWindow } from './windows.ts';
import type { WireEmailEvent, WireEmailEvents } from './wire.ts';

/*
 * What people did with marketing e-mail. Windows of time as in `pull.ts`, but read with HubSpot's own offset, which is stable
 * because both ends of the range are fixed. `eventType` takes one type a call: without it, nothing new costs one call instead
 * of two, and we drop here what is neither an open nor a click.
 */

const types: Readonly<Record<string, EngagementType>> = { OPEN: 'email_open', CLICK: 'email_click' };

export async function* pullEmailEvents(
  { client }: Session,
  { object }: HubSpotObject,
  { since, until, signal }: PullRequest,
): AsyncGenerator<PullBatch, void, void> {
  const position = windowPosition(since, beginning);
  const window = openWindow(position, until.getTime());
  if (window === null) {
    yield { ...emptyPage, cursor: encodeCursor(position), done: true };
    return;
  }
  const { from, end } = window;
  let offset: string | null = window.at === '' ? null : window.at;
  let reached: number | null = null;
  do {
    const answer = await listEmailEvents(client, { startTimestamp: from, endTimestamp: end, offset }, signal);
    const events = answer.events.flatMap((event) => engagement(object, event) ?? []);
    offset = answer.hasMore ? offsetIn(answer) : null;
    reached ??= endingBy(window, until.getTime() - client.aheadMs).end;
    const next = offset === null ? { from: reached, end: null, at: '' } : { from, end, at: offset };
    yield { ...emptyPage, events, cursor: encodeCursor({ kind: 'window', ...next }), done: offset === null };
  } while (offset !== null);
}

/** More, but not where: to stop here would lose it. */
function offsetIn({ offset }: WireEmailEvents): string {
  if (offset === undefined) throw new ProtocolError('HubSpot has more e-mail events, but no offset to read them from.');
  return offset;
}

/** Pure; null = not counted. An event is identified by its id together with its date. */
function engagement(object: string, event: WireEmailEvent): EngagementEvent | null {
  const type = types[event.type ?? ''];
  if (type === undefined || event.filteredEvent === true) return null;
  return {
    externalId: `${object}:${event.id}:${event.created}`,
    type,
    occurredAt: new Date(event.created),
    quantity: 1,
    contactIds: [],
    email: event.recipient.toLowerCase(),
    detail: event.emailCampaignId === undefined ? null : `campaign ${event.emailCampaignId}`,
  };
}
