import type { FieldFunctionExpression } from '@jetstreamapp/soql-parser-js';
import type { Field, Value } from '../schema/field.ts';
import type { Row } from '../store/table.ts';
import { restDateTime } from '../time.ts';
import { resolvePath, type Path, type Reader } from './columns.ts';
import { malformed } from './parse.ts';
import type { Wire } from './render.ts';
import type { Selection } from './select.ts';

interface Column {
  readonly name: string;
  readonly compute: (rows: readonly Row[]) => unknown;
}

function functionsOf({ query }: Selection): FieldFunctionExpression[] {
  return (query.fields ?? []).filter(
    (field): field is FieldFunctionExpression =>
      field.type === 'FieldFunctionExpression' && field.isAggregateFn === true,
  );
}

export function isAggregate(selection: Selection): boolean {
  return functionsOf(selection).length > 0 || selection.query.groupBy !== undefined;
}

/** `SELECT COUNT() FROM Lead`: the answer is totalSize alone. */
export function isPlainCount(selection: Selection): boolean {
  const [only, ...others] = functionsOf(selection);
  return others.length === 0 && only?.functionName.toUpperCase() === 'COUNT' && only.parameters.length === 0;
}

function wire(field: Field, value: Value): Value {
  return field.type === 'datetime' && typeof value === 'number' ? restDateTime(value) : value;
}

function computation(name: string, { read, field }: Path): Column['compute'] {
  const present = (rows: readonly Row[]): Exclude<Value, null>[] =>
    rows.flatMap((row) => {
      const value = read(row);
      return value === null ? [] : [value];
    });
  const extreme = (rows: readonly Row[], sign: number): Value => {
    const sorted = present(rows).toSorted((a, b) => (a < b ? -sign : a > b ? sign : 0));
    return wire(field, sorted[0] ?? null);
  };
  const sum = (rows: readonly Row[]): number =>
    present(rows).reduce<number>((total, value) => total + Number(value), 0);
  switch (name) {
    case 'COUNT':
      return (rows) => present(rows).length;
    case 'COUNT_DISTINCT':
      return (rows) => new Set(present(rows)).size;
    case 'MIN':
      return (rows) => extreme(rows, 1);
    case 'MAX':
      return (rows) => extreme(rows, -1);
    case 'SUM':
      return sum;
    case 'AVG':
      return (rows) => (rows.length === 0 ? null : sum(rows) / present(rows).length);
    default:
      throw malformed(`unexpected token: '${name}'`);
  }
}

function columnsOf(reader: Reader, selection: Selection): Column[] {
  return functionsOf(selection).map((expression, at) => {
    const [parameter] = expression.parameters;
    const path = resolvePath(reader, selection.object, typeof parameter === 'string' ? parameter : 'Id');
    const compute = computation(expression.functionName.toUpperCase(), path);
    return { name: expression.alias ?? `expr${at}`, compute };
  });
}

/** Groups, each as an AggregateResult, whose attributes have no URL. */
export function aggregate(reader: Reader, selection: Selection, rows: readonly Row[]): Wire[] {
  const { groupBy } = selection.query;
  const clauses = groupBy === undefined ? [] : [groupBy].flat();
  const keys = clauses.map((clause) => {
    if (!('field' in clause)) throw malformed('the sandbox groups by fields only');
    return resolvePath(reader, selection.object, clause.field);
  });
  const columns = columnsOf(reader, selection);
  const groups = new Map<string, Row[]>();
  if (keys.length === 0) groups.set('', [...rows]);
  else {
    for (const row of rows) {
      const key = JSON.stringify(keys.map(({ read }) => read(row)));
      const members = groups.get(key);
      if (members === undefined) groups.set(key, [row]);
      else members.push(row);
    }
  }
  return [...groups.values()].map((members) => {
    const [sample] = members;
    const grouped = keys.map(({ field, read }) => [
      field.name,
      sample === undefined ? null : wire(field, read(sample)),
    ]);
    const computed = columns.map(({ name, compute }) => [name, compute(members)]);
    return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries([...grouped, ...computed]) } as Wire;
  });
}
