import type { OrderByClause, QueryBase } from '@jetstreamapp/soql-parser-js';
import { restError } from '../errors.ts';
import type { Value } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Row } from '../store/table.ts';
import { resolvePath, type Reader } from './columns.ts';
import { malformed } from './parse.ts';

interface Criterion {
  readonly key: (row: Row) => Value;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export type Order = readonly Criterion[];

/** A row with what it is ordered by, read once. */
interface Keyed {
  readonly row: Row;
  readonly keys: readonly Value[];
}

function criterion(reader: Reader, object: SObject, clause: OrderByClause): Criterion {
  if (!('field' in clause)) throw malformed('the sandbox orders by fields only');
  const { read, field } = resolvePath(reader, object, clause.field);
  if (!field.filterable) {
    throw restError(400, 'INVALID_FIELD', `field '${field.name}' can not be sorted in a query call`);
  }
  const text = !['id', 'reference', 'date', 'datetime'].includes(field.type);
  const key = (row: Row): Value => {
    const value = read(row);
    return text && typeof value === 'string' ? value.toLowerCase() : value;
  };
  return { key, descending: clause.order === 'DESC', nullsFirst: (clause.nulls ?? 'FIRST') === 'FIRST' };
}

export function orderOf(reader: Reader, object: SObject, orderBy: QueryBase['orderBy']): Order | undefined {
  if (orderBy === undefined) return undefined;
  return [orderBy].flat().map((clause) => criterion(reader, object, clause));
}

/** Where nulls go does not turn round with the direction. */
function compareValues(a: Value, b: Value, { descending, nullsFirst }: Criterion): number {
  if (a === b) return 0;
  if (a === null || b === null) return (a === null) === nullsFirst ? -1 : 1;
  return a < b === descending ? 1 : -1;
}

/** Rows in order, and of many no more than the first `end`: nobody sorts 100,000 rows to show 2,000. */
export function sorted(rows: readonly Row[], order: Order, end = Infinity): Row[] {
  const compare = (a: Keyed, b: Keyed): number => {
    for (const [at, criterion] of order.entries()) {
      const result = compareValues(a.keys[at] ?? null, b.keys[at] ?? null, criterion);
      if (result !== 0) return result;
    }
    return 0;
  };
  let kept: Keyed[] = [];
  let last: Keyed | undefined;
  for (const row of rows) {
    const keyed = { row, keys: order.map(({ key }) => key(row)) };
    if (last !== undefined && compare(keyed, last) >= 0) continue;
    kept.push(keyed);
    if (kept.length < 2 * end) continue;
    kept = kept.sort(compare).slice(0, end);
    last = kept.at(-1);
  }
  return kept.sort(compare).map(({ row }) => row);
}
