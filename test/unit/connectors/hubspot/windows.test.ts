import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCursor, listPosition, windowPosition } from '../../../../connectors/hubspot/cursor.ts';
import { searchPageSize } from '../../../../connectors/hubspot/limits.ts';
import {
  afterPage,
  openWindow,
  positionAfter,
  searchFor,
  type Window,
} from '../../../../connectors/hubspot/windows.ts';
import { CursorExpiredError, ProtocolError, TransientError } from '../../../../src/connector-sdk/index.ts';

const window: Window = { from: 1_000, end: 2_000, at: '' };
const ids = (count: number, from = 1): string[] => Array.from({ length: count }, (_, index) => String(from + index));

describe('openWindow', () => {
  test('a new window reaches to until', () => {
    expect(openWindow({ kind: 'window', from: 5, end: null, at: '' }, 9)).toEqual({ from: 5, end: 9, at: '' });
  });

  test('a window that is half read stays as it was, however late it is', () => {
    expect(openWindow({ kind: 'window', from: 5, end: 7, at: '42' }, 9)).toEqual({ from: 5, end: 7, at: '42' });
  });

  test('it never reaches beyond until, though the clock was set back', () => {
    expect(openWindow({ kind: 'window', from: 5, end: 9, at: '42' }, 7)).toEqual({ from: 5, end: 7, at: '42' });
    expect(openWindow({ kind: 'window', from: 5, end: 9, at: '42' }, 4)).toBeNull();
  });
});

describe('searchFor', () => {
  test('every request has both ends and the last id, no offset, and is sorted by id (trap 2)', () => {
    const property = fc.property(
      fc.nat(),
      fc.nat(),
      fc.constantFrom('', '7', '90071992547409931'),
      (from, length, at) => {
        const body = searchFor({ from, end: from + length, at }, 'lastmodifieddate');
        expect(body.filterGroups).toEqual([
          {
            filters: [
              { propertyName: 'lastmodifieddate', operator: 'GTE', value: String(from) },
              { propertyName: 'lastmodifieddate', operator: 'LTE', value: String(from + length) },
              { propertyName: 'hs_object_id', operator: 'GT', value: at || '0' },
            ],
          },
        ]);
        expect(body.sorts).toEqual([{ propertyName: 'hs_object_id', direction: 'ASCENDING' }]);
        expect(body).not.toHaveProperty('after');
      },
    );
    fc.assert(property);
  });
});

describe('afterPage', () => {
  test('a page that holds all there is ends the window', () => {
    expect(afterPage(window, { total: 0, ids: [] })).toBeNull();
    expect(afterPage(window, { total: 3, ids: ids(3) })).toBeNull();
    // Archived records are counted and left out.
    expect(afterPage(window, { total: 180, ids: ids(150) })).toBeNull();
  });

  test('a full page goes on behind its last id', () => {
    expect(afterPage(window, { total: searchPageSize, ids: ids(searchPageSize) })).toEqual({ ...window, at: '200' });
  });

  test('a short page with more behind it goes on', () => {
    expect(afterPage(window, { total: 900, ids: ids(120) })).toEqual({ ...window, at: '120' });
  });

  test('a page that hides all that it counts is tried later, not taken for the end', () => {
    expect(() => afterPage(window, { total: 900, ids: [] })).toThrow(TransientError);
  });

  test('ids are compared as numbers of any length', () => {
    expect(afterPage({ ...window, at: '99' }, { total: 2, ids: ['100', '9007199254740993'] })).toBeNull();
    expect(() => afterPage(window, { total: 2, ids: ['9007199254740993', '9007199254740992'] })).toThrow(ProtocolError);
  });

  test('an answer that ignores the id filter is no endless loop', () => {
    expect(() => afterPage({ ...window, at: '200' }, { total: 900, ids: ids(searchPageSize) })).toThrow(ProtocolError);
  });
});

describe('a walk through windows', () => {
  interface Row {
    readonly id: number;
    readonly stamp: number;
    readonly isArchived: boolean;
  }
  /** HubSpot's search, as far as its documents go: at most 200 rows, archived ones counted but not shown. */
  const answer = (rows: readonly Row[], { from, end, at }: Window): { total: number; ids: string[] } => {
    const hits = rows
      .filter(({ id, stamp }) => stamp >= from && stamp <= end && id > Number(at || '0'))
      .sort((a, b) => a.id - b.id);
    const page = hits.slice(0, searchPageSize).filter(({ isArchived }) => !isArchived);
    return { total: hits.length, ids: page.map(({ id }) => String(id)) };
  };
  const row = (id: number): fc.Arbitrary<Row> =>
    fc.record({ id: fc.constant(id), stamp: fc.integer({ min: 1, max: 6 }), isArchived: fc.boolean() });
  const portal = fc.integer({ min: 0, max: 700 }).chain((size) => fc.tuple(...ids(size).map((id) => row(Number(id)))));

  test('finds every record once in a window, over any number of stops, and touches its neighbours (traps 1 and 4)', () => {
    const property = fc.property(portal, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }), (rows, ends) => {
      let cursor = encodeCursor({ kind: 'window', from: 1, end: null, at: '' });
      const seen = new Set<string>();
      for (const until of [...ends.sort((a, b) => a - b), 6]) {
        // After each page everything is forgotten but the cursor.
        for (let done = false; !done;) {
          const open = openWindow(windowPosition(cursor, 0), until);
          if (open === null) break;
          const page = answer(rows, open);
          if (page.ids.length === 0 && page.total > searchPageSize) return;
          const next = afterPage(open, page);
          for (const id of page.ids) seen.add(id);
          cursor = encodeCursor(positionAfter(open, next));
          done = next === null;
        }
      }
      const living = rows.filter(({ isArchived }) => !isArchived).map(({ id }) => String(id));
      expect([...seen].sort()).toEqual(living.sort());
    });
    fc.assert(property, { numRuns: 40 });
  });

  test('the next window begins in the millisecond in which the last one ended', () => {
    expect(positionAfter(window, null)).toEqual({ kind: 'window', from: 2_000, end: null, at: '' });
  });
});

describe('a cursor', () => {
  test('comes back as it was', () => {
    const at = fc.string();
    const position = fc.record({ kind: fc.constant('window' as const), from: fc.nat(), end: fc.option(fc.nat()), at });
    fc.assert(
      fc.property(position, (position) => {
        expect(windowPosition(encodeCursor(position), 0)).toEqual(position);
      }),
    );
    const list = fc.record({ kind: fc.constant('list' as const), after: fc.option(fc.string({ minLength: 1 })) });
    fc.assert(
      fc.property(list, (position) => {
        expect(listPosition(encodeCursor(position))).toEqual(position);
      }),
    );
  });

  test('of another kind or maker asks for a reset', () => {
    expect(() => windowPosition('hs1:list:5', 0)).toThrow(CursorExpiredError);
    expect(() => listPosition('hs1:window:1::')).toThrow(CursorExpiredError);
    expect(() => listPosition('hs2:list:5')).toThrow(CursorExpiredError);
  });
});
