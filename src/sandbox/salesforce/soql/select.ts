import type { FieldFunctionExpression, FieldType, Query, QueryBase } from '@jetstreamapp/soql-parser-js';
import { restError } from '../errors.ts';
import type { Value } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Row } from '../store/table.ts';
import { resolvePath, type Path, type Reader } from './columns.ts';
import { compileCondition } from './condition.ts';
import { orderOf, sorted, type Order } from './order.ts';
import { malformed, parseSoql } from './parse.ts';
import { compileWhere, type Predicate } from './where.ts';

export interface ChildSelection {
  readonly relationshipName: string;
  /** The child's field that names its parent. */
  readonly link: string;
  readonly selection: Selection;
}

/** A statement made ready to run. */
export interface Selection {
  readonly object: SObject;
  readonly paths: readonly Path[];
  readonly children: readonly ChildSelection[];
  readonly where: Predicate | undefined;
  readonly order: Order | undefined;
  readonly limit: number | undefined;
  readonly offset: number;
  readonly query: QueryBase;
}

const MAX_OFFSET = 2_000;
const MAX_FIELDS_LIMIT = 200;

function objectOf(reader: Reader, name: string): SObject {
  const object = reader.org.object(name);
  if (object === undefined) {
    const message = `\nFROM ${name}\n     ^\nERROR at Row:1:Column:1\nsObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw restError(400, 'INVALID_TYPE', message);
  }
  return object;
}

function groupName({ parameters: [group] }: FieldFunctionExpression): string {
  return typeof group === 'string' ? group.toUpperCase() : '';
}

/** FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM). */
function fieldGroup({ org, userId }: Reader, object: SObject, group: string, limit: number | undefined): string[] {
  if (group !== 'STANDARD' && (limit === undefined || limit > MAX_FIELDS_LIMIT)) {
    throw malformed('The SOQL FIELDS function must have a LIMIT of at most 200');
  }
  return object
    .fields()
    .filter((field) => org.access.readable(userId, object, field))
    .filter(({ custom }) => group === 'ALL' || custom === (group === 'CUSTOM'))
    .map(({ name }) => name);
}

function names(reader: Reader, object: SObject, { fields = [], limit }: QueryBase): string[] {
  return fields.flatMap((selected: FieldType) => {
    if (selected.type === 'Field') return [selected.field];
    if (selected.type === 'FieldRelationship') return [[...selected.relationships, selected.field].join('.')];
    if (selected.type === 'FieldFunctionExpression' && selected.functionName.toUpperCase() === 'FIELDS') {
      return fieldGroup(reader, object, groupName(selected), limit);
    }
    if (selected.type === 'FieldTypeof') throw malformed('the sandbox does not know TYPEOF');
    return [];
  });
}

function distinctPaths(reader: Reader, object: SObject, base: QueryBase): Path[] {
  const found = new Set<string>();
  return names(reader, object, base).map((name) => {
    const key = name.toLowerCase();
    if (found.has(key)) throw malformed(`duplicate field selected: ${name}`);
    found.add(key);
    return resolvePath(reader, object, name);
  });
}

function childrenOf(reader: Reader, object: SObject, fields: readonly FieldType[]): ChildSelection[] {
  return fields.flatMap((selected) => {
    if (selected.type !== 'FieldSubquery') return [];
    const { relationshipName } = selected.subquery;
    const child = object.child(relationshipName);
    const target = child === undefined ? undefined : reader.org.object(child.childSObject);
    if (child === undefined || target === undefined) {
      const message = `Didn't understand relationship '${relationshipName}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`;
      throw restError(400, 'INVALID_TYPE', message);
    }
    const selection = select(reader, target, selected.subquery);
    return [{ relationshipName: child.relationshipName, link: child.field, selection }];
  });
}

function whereOf(reader: Reader, object: SObject, where: QueryBase['where']): Predicate | undefined {
  if (where === undefined) return undefined;
  const surroundings = {
    now: reader.org.now(),
    resolve: (text: string): Path => resolvePath(reader, object, text),
    subquery: (condition: object): Value[] => {
      if (!('valueQuery' in condition)) return [];
      const inner = compileQuery(reader, condition.valueQuery as Query);
      const [path] = inner.paths;
      return path === undefined ? [] : matching(reader, inner, false).map((row) => path.read(row));
    },
  };
  return compileWhere(where, (condition) => compileCondition(condition, surroundings));
}

function select(reader: Reader, object: SObject, base: QueryBase): Selection {
  const { fields = [], limit, offset = 0 } = base;
  if (offset > MAX_OFFSET) {
    throw restError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  }
  return {
    object,
    paths: distinctPaths(reader, object, base),
    children: childrenOf(reader, object, fields),
    where: whereOf(reader, object, base.where),
    order: orderOf(reader, object, base.orderBy),
    limit,
    offset,
    query: base,
  };
}

function compileQuery(reader: Reader, query: Query): Selection {
  if (query.having !== undefined) throw malformed('the sandbox does not know HAVING');
  return select(reader, objectOf(reader, query.sObject ?? ''), query);
}

export function compileSoql(reader: Reader, soql: string): Selection {
  return compileQuery(reader, parseSoql(soql));
}

/** Deleted and archived records show only where they are asked for. */
function isHidden({ deletedAt, values }: Row): boolean {
  return deletedAt !== undefined || values['IsArchived'] === true;
}

/** The rows a selection means, in its order. */
export function matching({ org }: Reader, selection: Selection, withHidden: boolean): Row[] {
  const { object, where, order, limit, offset } = selection;
  const end = limit === undefined ? undefined : offset + limit;
  const found: Row[] = [];
  for (const row of org.table(object).all()) {
    if ((withHidden || !isHidden(row)) && (where === undefined || where(row))) found.push(row);
  }
  const ordered = order === undefined ? found : sorted(found, order, end);
  return end === undefined && offset === 0 ? ordered : ordered.slice(offset, end);
}
