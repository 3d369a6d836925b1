import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../../src/db/queries/load-dated-events.ts';
import type { EngagementType } from '../../../src/model/engagement.ts';
import { distinctEvents, isToldTwice } from '../../../src/pull/distinct-events.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const hour = 3_600_000;

function event(connectionId: string, hours: number, type: EngagementType = 'content_download'): StoredEvent {
  return { leadId: 'lead', connectionId, type, occurredAt: new Date(noon + hours * hour), quantity: 1 };
}

const told = (events: readonly StoredEvent[]): string[] =>
  events.map(({ connectionId, occurredAt }) => `${connectionId} ${(occurredAt.getTime() - noon) / hour}`);

describe('distinctEvents', () => {
  test('what one CRM tells counts as often as it tells it', () => {
    const events = [event('a', 0), event('a', 0), event('a', 1)];
    expect(distinctEvents(events)).toEqual(events);
  });

  test('a form at ten in the morning and a campaign response of that day are one engagement', () => {
    expect(distinctEvents([event('hubspot', -2), event('salesforce', 0)])).toHaveLength(1);
  });

  test('a day without a zone may be the day before or after in UTC', () => {
    expect(distinctEvents([event('hubspot', -26), event('salesforce', 0)])).toHaveLength(1);
    expect(distinctEvents([event('hubspot', -27), event('salesforce', 0)])).toHaveLength(2);
  });

  test('three in one CRM and two in the other are three', () => {
    const events = [event('a', 0), event('a', 1), event('a', 2), event('b', 0), event('b', 3)];
    expect(told(distinctEvents(events))).toEqual(['a 0', 'a 1', 'a 2']);
  });

  test('two days are two engagements, whoever tells of them', () => {
    expect(distinctEvents([event('a', -72), event('b', 0)])).toHaveLength(2);
  });

  test('another type is another engagement', () => {
    expect(distinctEvents([event('a', 0), event('b', 0, 'demo_request')])).toHaveLength(2);
  });

  test('pairs as many as can be: an event between two does not take the wrong one', () => {
    // b 20 fits to both, b 40 to the later one only.
    expect(distinctEvents([event('a', 0), event('a', 30), event('b', 20), event('b', 40)])).toHaveLength(2);
  });

  test('three CRMs that tell the same tell it once', () => {
    expect(distinctEvents([event('a', 0), event('b', 1), event('c', 2)])).toHaveLength(1);
  });
});

describe('distinctEvents, for any events', () => {
  const anyEvents = fc.array(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: -200, max: 200 }),
        fc.constantFrom<EngagementType>('content_download', 'email_open'),
      )
      .map(([connection, hours, type]) => event(connection, hours, type)),
    { maxLength: 40 },
  );
  const numberOf = (events: readonly StoredEvent[], connectionId: string, type: EngagementType): number =>
    events.filter((one) => one.connectionId === connectionId && one.type === type).length;

  test('never fewer than the fullest CRM tells, never more than all tell together', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const kept = distinctEvents(events);
        for (const type of ['content_download', 'email_open'] as const) {
          const counts = ['a', 'b', 'c'].map((connection) => numberOf(events, connection, type));
          const counted = kept.filter((one) => one.type === type).length;
          expect(counted).toBeGreaterThanOrEqual(Math.max(...counts));
          expect(counted).toBeLessThanOrEqual(counts.reduce((sum, count) => sum + count, 0));
        }
      }),
    );
  });

  test('the order in which they are stored makes no difference', () => {
    fc.assert(
      fc.property(anyEvents, fc.infiniteStream(fc.nat()), (events, keys) => {
        const shuffled = events
          .map((one) => ({ one, key: keys.next().value as number }))
          .toSorted((left, right) => left.key - right.key)
          .map(({ one }) => one);
        expect(distinctEvents(shuffled)).toHaveLength(distinctEvents(events).length);
      }),
    );
  });
});

test('isToldTwice: only where two connections tell of the same type', () => {
  expect(isToldTwice({})).toBe(false);
  expect(isToldTwice({ a: { email_open: 3, meeting: 1 } })).toBe(false);
  expect(isToldTwice({ a: { email_open: 3 }, b: { meeting: 1 } })).toBe(false);
  expect(isToldTwice({ a: { email_open: 3 }, b: { meeting: 1, email_open: 1 } })).toBe(true);
});
