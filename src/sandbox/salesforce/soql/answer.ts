import { makeId } from '../ids.ts';
import { restError } from '../errors.ts';
import type { Org } from '../store/org.ts';
import type { Row } from '../store/table.ts';
import { DAY } from '../time.ts';
import { aggregate, isAggregate, isPlainCount } from './aggregate.ts';
import type { Reader } from './columns.ts';
import { attributes, place, type Wire } from './render.ts';
import { matching, type ChildSelection, type Selection } from './select.ts';

const LOCATOR_LIFE_MS = 2 * DAY;
export const MAX_PAGE = 2_000;
const MIN_PAGE = 200;
/** Records with two or more long texts come in small pages. */
const LONG_TEXT_PAGE = 200;

interface Cursor {
  readonly reader: Reader;
  readonly selection: Selection;
  readonly rows: readonly Row[];
  readonly pageSize: number;
  readonly withHidden: boolean;
  readonly expiresAt: number;
}

interface Page {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: Wire[];
}

interface Wish {
  readonly version: string;
  /** From the Sforce-Query-Options header; a wish, not a promise. */
  readonly batchSize: number | undefined;
  readonly withHidden: boolean;
}

function pageSizeOf({ paths, children }: Selection, batchSize: number | undefined, most: number): number {
  const long = paths.filter(({ field }) => field.type === 'textarea' && !field.filterable).length;
  const wished = Math.min(MAX_PAGE, Math.max(MIN_PAGE, batchSize ?? MAX_PAGE));
  const kept = long >= 2 ? Math.min(wished, LONG_TEXT_PAGE) : wished;
  // Child records count towards the page.
  return Math.max(1, Math.min(most, children.length > 0 ? Math.ceil(kept / 4) : kept));
}

/** Child rows by their parent, found once for a page. */
function childIndex(reader: Reader, { selection, link }: ChildSelection, withHidden: boolean): Map<string, Row[]> {
  const index = new Map<string, Row[]>();
  for (const row of matching(reader, { ...selection, limit: undefined, offset: 0 }, withHidden)) {
    const parent = String(row.values[link]);
    const rows = index.get(parent);
    if (rows === undefined) index.set(parent, [row]);
    else rows.push(row);
  }
  return index;
}

/** Selections made into answers, with their open cursors. */
export class Answers {
  private readonly cursors = new Map<string, Cursor>();
  private serial = 0;
  private readonly org: Org;
  /** The largest page the server is willing to give now. */
  mostRows = MAX_PAGE;

  constructor(org: Org) {
    this.org = org;
  }

  first(reader: Reader, selection: Selection, { version, batchSize, withHidden }: Wish): Page {
    const rows = matching(reader, selection, withHidden);
    if (isPlainCount(selection)) return { totalSize: rows.length, done: true, records: [] };
    if (isAggregate(selection)) {
      const records = aggregate(reader, selection, rows);
      return { totalSize: records.length, done: true, records };
    }
    const pageSize = pageSizeOf(selection, batchSize, this.mostRows);
    const expiresAt = this.org.now() + LOCATOR_LIFE_MS;
    const cursor = { reader, selection, rows, pageSize, withHidden, expiresAt };
    return this.page(cursor, { start: 0, version, id: undefined });
  }

  next(locator: string, version: string): Page {
    const [, id = '', start = ''] = /^(0r8\w{15})-(\d+)$/.exec(locator) ?? [];
    const cursor = this.cursors.get(id);
    if (cursor === undefined || cursor.expiresAt <= this.org.now()) {
      throw restError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return this.page(cursor, { start: Number(start), version, id });
  }

  /** Forgets every open cursor. */
  expire(): void {
    this.cursors.clear();
  }

  private page(
    cursor: Cursor,
    { start, version, id }: { start: number; version: string; id: string | undefined },
  ): Page {
    const { rows, pageSize } = cursor;
    const end = start + Math.min(pageSize, this.mostRows);
    const records = this.records(cursor, rows.slice(start, end), version);
    if (end >= rows.length) return { totalSize: rows.length, done: true, records };
    const known = id ?? this.remember(cursor);
    // It says /query/ for queryAll too, and goes on to include deleted rows.
    const nextRecordsUrl = `/services/data/v${version}/query/${known}-${end}`;
    return { totalSize: rows.length, done: false, nextRecordsUrl, records };
  }

  private remember(cursor: Cursor): string {
    this.serial += 1;
    const id = makeId('0r8', this.serial);
    this.cursors.set(id, cursor);
    return id;
  }

  private records({ reader, selection, withHidden }: Cursor, rows: readonly Row[], version: string): Wire[] {
    const children = selection.children.map((child) => ({ child, index: childIndex(reader, child, withHidden) }));
    return rows.map((row) => {
      const record = this.record(selection, row, version);
      for (const { child, index } of children) {
        const { limit } = child.selection;
        const own = (index.get(row.id) ?? []).slice(0, limit);
        const nested = own.map((childRow) => this.record(child.selection, childRow, version));
        record[child.relationshipName] =
          nested.length === 0 ? null : { totalSize: nested.length, done: true, records: nested };
      }
      return record;
    });
  }

  private record(selection: Selection, row: Row, version: string): Wire {
    const into: Wire = { attributes: attributes(row, version) };
    for (const path of selection.paths) place(this.org, version, { into, row }, path);
    return into;
  }
}
