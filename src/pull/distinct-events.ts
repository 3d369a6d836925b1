/**
 * PURE. The same engagement told by two CRMs counts once: what one writes into the other, or what a form tool tells both. An
 * event pairs with one of the same type that another connection tells of about the same time; each pairs once for a
 * connection, so three downloads in one CRM and two in the other are three.
 */
import type { StoredEvent } from '../db/queries/load-dated-events.ts';
import type { ConnectionId } from '../model/values.ts';

/**
 * A CRM's date without a time stands for its noon in UTC: from there the engagement itself is 26 hours away at most, in the
 * time zones there are (UTC+14 to UTC−12).
 */
const sameMs = 26 * 3_600_000;

/** Events of one lead, in order of time: those that count. */
export function distinctEvents(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const connections = [...Map.groupBy(events, ({ connectionId }) => connectionId)];
  if (connections.length < 2) return events;
  // The fullest account first: what the others add is little, and the outcome does not depend on the order of arrival.
  const [first = [], ...others] = connections
    .toSorted(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
    .map(([, own]) => own);
  const kept = [...first];
  for (const own of others) kept.push(...unpaired(own, kept));
  return kept.toSorted(byTime);
}

/** Of the events of one connection, those that pair with none of `kept`. */
function unpaired(own: readonly StoredEvent[], kept: readonly StoredEvent[]): readonly StoredEvent[] {
  const keptByType = Map.groupBy(kept.toSorted(byTime), ({ type }) => type);
  const ownByType = Map.groupBy(own.toSorted(byTime), ({ type }) => type);
  return [...ownByType].flatMap(([type, events]) => unpairedOfType(events, keptByType.get(type) ?? []));
}

/** Both in order of time: each event takes the earliest one that is still free and near enough, which pairs the most. */
function unpairedOfType(own: readonly StoredEvent[], kept: readonly StoredEvent[]): readonly StoredEvent[] {
  let next = 0;
  return own.filter(({ occurredAt }) => {
    const at = occurredAt.getTime();
    while (next < kept.length && timeOf(kept[next]) < at - sameMs) next += 1;
    const isPaired = next < kept.length && timeOf(kept[next]) <= at + sameMs;
    if (isPaired) next += 1;
    return !isPaired;
  });
}

function timeOf(event: StoredEvent | undefined): number {
  return event?.occurredAt.getTime() ?? Number.POSITIVE_INFINITY;
}

function byTime(a: StoredEvent, b: StoredEvent): number {
  return a.occurredAt.getTime() - b.occurredAt.getTime();
}

/** Whether several connections tell of the same kind of event of a lead: then its events have to be looked at one by one. */
export function isToldTwice(totals: Readonly<Record<ConnectionId, object>>): boolean {
  const types = Object.values(totals).flatMap((byType) => Object.keys(byType));
  return new Set(types).size < types.length;
}
