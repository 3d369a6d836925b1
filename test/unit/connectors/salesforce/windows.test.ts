import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCursor, listPosition, passPosition, windowPosition } from '../../../../connectors/salesforce/cursor.ts';
import { pageSize } from '../../../../connectors/salesforce/limits.ts';
import {
  afterPage,
  conditionOf,
  halved,
  openWindow,
  positionAfter,
  restAfter,
  type Window,
} from '../../../../connectors/salesforce/windows.ts';
import { CursorExpiredError, ProtocolError, TransientError } from '../../../../src/connector-sdk/index.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const window: Window = { from: noon, low: noon, end: noon + 60_000, at: null, floor: 0 };
const rows = (count: number, stamp = noon): { stamp: number; id: string }[] =>
  Array.from({ length: count }, (_, index) => ({ stamp, id: `00Q${index}` }));

describe('openWindow', () => {
  const position = { kind: 'window', from: noon, end: null, at: null, floor: 0 } as const;

  test('a new window begins before the cursor by the overlap and ends in the second of until', () => {
    expect(openWindow(position, { until: noon + 90_500, overlapMs: 60_000 })).toEqual({
      from: noon,
      low: noon - 60_000,
      end: noon + 90_000,
      at: null,
      floor: 0,
    });
  });

  test('a window that is half read stays as it was, however late it is', () => {
    const at = { stamp: noon + 1_000, id: '00Q1' };
    const half = { ...position, end: noon + 5_000, at };
    expect(openWindow(half, { until: noon + 90_000, overlapMs: 0 })).toMatchObject({ end: noon + 5_000, at });
  });

  test('nothing is read where until is before the cursor', () => {
    expect(openWindow(position, { until: noon - 1_000, overlapMs: 60_000 })).toBeNull();
  });
});

describe('conditionOf', () => {
  test('every request after the first page has the keyset and the end', () => {
    expect(conditionOf({ ...window, at: { stamp: noon + 2_000, id: '00Qa' } })).toBe(
      "((SystemModstamp = 2026-11-22T12:00:02.000Z AND Id > '00Qa') OR SystemModstamp > 2026-11-22T12:00:02.000Z)" +
        ' AND SystemModstamp <= 2026-11-22T12:01:00.000Z',
    );
  });
});

describe('how far a window looks back', () => {
  const early: Window = { ...window, low: noon - 60_000 };

  test('over everything, as a rule', () => {
    expect(conditionOf(early)).toBe(
      'SystemModstamp >= 2026-11-22T11:59:00.000Z AND SystemModstamp <= 2026-11-22T12:01:00.000Z',
    );
  });

  test('before its floor over deletions alone, on every page', () => {
    const deletions = ' AND (IsDeleted = true OR SystemModstamp >= 2026-11-22T12:00:00.000Z)';
    const raised = { ...early, floor: noon };
    expect(conditionOf(raised).endsWith(deletions)).toBe(true);
    expect(conditionOf({ ...raised, at: { stamp: noon - 2_000, id: '00Qa' } }).endsWith(deletions)).toBe(true);
  });

  test('the floor rises over a window of more than a page, and stays otherwise', () => {
    expect(positionAfter(early, null)).toMatchObject({ from: early.end, floor: 0 });
    const full = afterPage(early, { totalSize: 2_000, done: true, rows: rows(2_000) });
    expect(positionAfter(early, full)).toMatchObject({ floor: 0, end: early.end });
    expect(full).not.toBeNull();
    if (full !== null) expect(positionAfter(full, null)).toMatchObject({ from: early.end, floor: early.end });
    expect(positionAfter({ ...early, floor: noon }, null)).toMatchObject({ floor: noon });
  });
});

describe('afterPage', () => {
  test('only a short page that is done ends the window', () => {
    expect(afterPage(window, { totalSize: 3, done: true, rows: rows(3) })).toBeNull();
    expect(afterPage(window, { totalSize: 9, done: false, rows: rows(3) })?.at).toEqual({ stamp: noon, id: '00Q2' });
    expect(afterPage(window, { totalSize: pageSize, done: true, rows: rows(pageSize) })).not.toBeNull();
  });

  test('rows that are counted and not sent are no end', () => {
    expect(() => afterPage(window, { totalSize: 4, done: true, rows: rows(3) })).toThrow(TransientError);
    expect(() => afterPage(window, { totalSize: 4, done: false, rows: [] })).toThrow(TransientError);
  });

  test('rows out of order are not trusted', () => {
    const disorder = [...rows(1, noon + 1_000), ...rows(1)];
    expect(() => afterPage(window, { totalSize: 2, done: true, rows: disorder })).toThrow(ProtocolError);
  });
});

interface Stamped {
  readonly stamp: number;
  readonly id: string;
}

/** What Salesforce answers, with pages of its own size. */
function answer(table: readonly Stamped[], { low, end, at }: Window, most: number): Parameters<typeof afterPage>[1] {
  const after = ({ stamp, id }: Stamped): boolean =>
    at === null ? stamp >= low : stamp > at.stamp || (stamp === at.stamp && id > at.id);
  const found = table.filter((row) => after(row) && row.stamp <= end).slice(0, pageSize);
  return { totalSize: found.length, done: found.length <= most, rows: found.slice(0, most) };
}

test('whatever the pages, the ties and the restarts: each row of the time is read once', () => {
  const table = fc.array(fc.record({ second: fc.nat(20), serial: fc.nat(10_000) }), { maxLength: 60 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 7 }), fc.nat(20), (drawn, most, seconds) => {
      const sorted = [...new Map(drawn.map((row) => [row.serial, row])).values()]
        .map(({ second, serial }) => ({ stamp: noon + second * 1_000, id: String(serial).padStart(6, '0') }))
        .toSorted((a, b) => a.stamp - b.stamp || (a.id < b.id ? -1 : 1));
      const until = noon + seconds * 1_000;
      const seen: string[] = [];
      let cursor = encodeCursor({ kind: 'window', from: noon, end: null, at: null, floor: 0 });
      for (let done = false; !done;) {
        // Each page is a new process.
        const open = openWindow(windowPosition(cursor, 0), { until, overlapMs: 0 });
        if (open === null) break;
        const page = answer(sorted, open, most);
        seen.push(...page.rows.map(({ id }) => id));
        const next = afterPage(open, page);
        cursor = encodeCursor(positionAfter(open, next));
        done = next === null;
      }
      expect(seen).toEqual(sorted.filter(({ stamp }) => stamp <= until).map(({ id }) => id));
      expect(windowPosition(cursor, 0).from).toBe(until);
    }),
  );
});

test('a window that is too slow is halved down to a second, and its rest is read after it', () => {
  let part: Window | null = { ...window, low: noon - 60_000 };
  const ends: number[] = [];
  for (; part !== null; part = halved(part)) ends.push(part.end);
  expect(ends.at(-1)).toBe(noon - 59_000);
  expect(restAfter({ ...window, end: noon + 1_000 }, window.end)).toMatchObject({ low: noon + 1_000, end: window.end });
  expect(restAfter(window, window.end)).toBeNull();
});

describe('cursors', () => {
  test('come back as they were', () => {
    const at = fc.option(fc.record({ stamp: fc.nat(), id: fc.stringMatching(/^[a-zA-Z0-9]{15,18}$/) }));
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat()), at, fc.nat(), (from, end, row, floor) => {
        const position = { kind: 'window', from, end, at: row, floor } as const;
        expect(windowPosition(encodeCursor(position), 0)).toEqual(position);
      }),
    );
    const job = fc.record({
      kind: fc.constant('bulk' as const),
      job: fc.stringMatching(/^[a-zA-Z0-9]{15,18}$/),
      locator: fc.option(fc.string({ minLength: 1, unit: 'grapheme' })),
      taken: fc.nat(),
      read: fc.nat(),
    });
    fc.assert(
      fc.property(job, (position) => {
        expect(passPosition(encodeCursor(position))).toEqual(position);
      }),
    );
    expect(passPosition('sf1:list:00Q5')).toEqual({ kind: 'list', after: '00Q5' });
    expect(passPosition(null)).toEqual({ kind: 'list', after: null });
    expect(listPosition('sf1:list:00Q5')).toEqual({ kind: 'list', after: '00Q5' });
  });

  test('of another lane or connector ask for a reset', () => {
    expect(() => windowPosition('sf1:list:', 0)).toThrow(CursorExpiredError);
    expect(() => listPosition('hs1:list:5')).toThrow(CursorExpiredError);
    expect(() => listPosition('sf1:bulk:750:a:0:0')).toThrow(CursorExpiredError);
    expect(() => windowPosition('sf1:bulk:750:a:0:0', 0)).toThrow(CursorExpiredError);
    expect(() => passPosition('sf1:bulk:750/../x:a:0:0')).toThrow(CursorExpiredError);
    expect(() => passPosition('sf1:bulk:750:%FF:0:0')).toThrow(CursorExpiredError);
    expect(() => passPosition('sf1:window:1:2:')).toThrow(CursorExpiredError);
    expect(() => windowPosition("sf1:window:1:2:3:' OR Id != null", 0)).toThrow(CursorExpiredError);
  });
});
