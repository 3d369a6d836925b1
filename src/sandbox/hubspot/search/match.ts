import { validationError, VendorError } from '../errors.ts';
import { findObjectType } from '../object-types.ts';
import type { IndexedDocument } from '../store/index-history.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { Filter } from './request.ts';

/** Whether a record matches, judged by what the index knows of it. */
type Predicate = (record: CrmRecord, document: IndexedDocument) => boolean;

type Read<T> = (record: CrmRecord, document: IndexedDocument) => T | undefined;

const NUMERIC_TYPES = new Set(['number', 'datetime', 'date']);

function toNumber(value: string | undefined, isTime: boolean): number {
  if (value === undefined || value === '') return Number.NaN;
  const number = Number(value);
  return Number.isNaN(number) && isTime ? Date.parse(value) : number;
}

/** Times and numbers compare as numbers; ids and both timestamps of a record are kept as such. */
export function numberReader(table: ObjectTable, name: string): Read<number> | undefined {
  if (name === 'hs_object_id') return (record) => record.id;
  if (name === table.type.createdProperty) return (record) => record.createdAt;
  if (name === table.type.modifiedProperty) return (_record, document) => document.updatedAt;
  const type = table.catalogue.get(name)?.type ?? '';
  if (!NUMERIC_TYPES.has(type)) return undefined;
  return (_record, document) => {
    const number = toNumber(document.properties?.[name], type !== 'number');
    return Number.isNaN(number) ? undefined : number;
  };
}

export function textReader(table: ObjectTable, name: string): Read<string> {
  if (name === 'hs_merged_object_ids') return (record) => table.read(record, name);
  return (_record, { properties }) => {
    const value = properties?.[name];
    return value === '' ? undefined : value;
  };
}

function required(value: string | undefined): string {
  if (value === undefined) throw validationError('There was a problem with the request.');
  return value;
}

/** Epoch 0 in a time filter breaks the search service (seen by a production reader). */
function timeOperand(value: string | undefined): number {
  const number = toNumber(required(value), true);
  if (number === 0) throw new VendorError(500, { status: 'error', message: 'internal error' });
  if (Number.isNaN(number)) throw validationError('There was a problem with the request.');
  return number;
}

function numberOperand(table: ObjectTable, filter: Filter, value: string | undefined): number {
  const isTime =
    filter.propertyName === table.type.createdProperty ||
    filter.propertyName === table.type.modifiedProperty ||
    table.catalogue.get(filter.propertyName)?.type !== 'number';
  return isTime && filter.propertyName !== 'hs_object_id' ? timeOperand(value) : Number(required(value));
}

const COMPARISONS: Record<string, (value: number, operand: number) => boolean> = {
  EQ: (value, operand) => value === operand,
  LT: (value, operand) => value < operand,
  LTE: (value, operand) => value <= operand,
  GT: (value, operand) => value > operand,
  GTE: (value, operand) => value >= operand,
};

function comparison(table: ObjectTable, filter: Filter, read: Read<number>): Predicate | undefined {
  const { operator } = filter;
  const compare = COMPARISONS[operator];
  if (compare !== undefined) {
    const operand = numberOperand(table, filter, filter.value);
    return (record, document) => {
      const value = read(record, document);
      return value !== undefined && compare(value, operand);
    };
  }
  if (operator !== 'BETWEEN') return undefined;
  const low = numberOperand(table, filter, filter.value);
  const high = numberOperand(table, filter, filter.highValue);
  return (record, document) => {
    const value = read(record, document);
    return value !== undefined && value >= low && value <= high;
  };
}

function tokens(value: string): string[] {
  return value
    .toLowerCase()
    .split(/[^\p{L}\p{N}*]+/u)
    .filter((token) => token !== '');
}

function tokenPattern(value: string): RegExp[] {
  return tokens(value).map((token) => new RegExp(`^${token.replaceAll('*', '.*')}$`, 'u'));
}

function containsTokens(value: string | undefined, patterns: readonly RegExp[]): boolean {
  const words = tokens(value ?? '');
  return patterns.every((pattern) => words.some((word) => pattern.test(word)));
}

/** Text compares without case, enumeration values with it; IN wants lower-case strings (documentation). */
function textual(table: ObjectTable, filter: Filter, read: Read<string>): Predicate {
  const exact = table.catalogue.get(filter.propertyName)?.type === 'enumeration';
  const fold = (value: string | undefined): string | undefined => (exact ? value : value?.toLowerCase());
  switch (filter.operator) {
    case 'EQ': {
      const operand = fold(required(filter.value));
      return (record, document) => fold(read(record, document)) === operand;
    }
    case 'NEQ': {
      const operand = fold(required(filter.value));
      return (record, document) => fold(read(record, document)) !== operand;
    }
    case 'IN':
    case 'NOT_IN': {
      const operands = new Set(filter.values);
      const wanted = filter.operator === 'IN';
      return (record, document) => {
        const value = fold(read(record, document));
        return value === undefined ? !wanted : operands.has(value) === wanted;
      };
    }
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN': {
      const patterns = tokenPattern(required(filter.value));
      const wanted = filter.operator === 'CONTAINS_TOKEN';
      return (record, document) => containsTokens(read(record, document), patterns) === wanted;
    }
    default:
      throw validationError(`Invalid operator ${filter.operator} for property ${filter.propertyName}`);
  }
}

function associated(store: Store, table: ObjectTable, { propertyName, value }: Filter): Predicate {
  const to = findObjectType(propertyName.slice('associations.'.length));
  if (to === undefined) throw validationError('There was a problem with the request.');
  const id = Number(required(value));
  return (record) => store.associations.list(table.type.name, to.name, record.id).some((link) => link.to === id);
}

function compile(store: Store, table: ObjectTable, filter: Filter): Predicate {
  const { propertyName, operator } = filter;
  if (propertyName.startsWith('associations.')) return associated(store, table, filter);
  if (table.catalogue.get(propertyName) === undefined) {
    throw validationError('There was a problem with the request.', {
      errors: [{ message: `Property ${propertyName} does not exist`, code: 'PROPERTY_DOESNT_EXIST' }],
    });
  }
  const readNumber = numberReader(table, propertyName);
  const readText = textReader(table, propertyName);
  if (operator === 'HAS_PROPERTY' || operator === 'NOT_HAS_PROPERTY') {
    const wanted = operator === 'HAS_PROPERTY';
    const has: Predicate = (record, document) => (readNumber ?? readText)(record, document) !== undefined;
    return (record, document) => has(record, document) === wanted;
  }
  const numeric = readNumber === undefined ? undefined : comparison(table, filter, readNumber);
  if (numeric !== undefined) return numeric;
  return textual(table, filter, readNumber === undefined ? readText : (record) => table.read(record, propertyName));
}

/** No filter at all matches everything; an empty group does too (recorded). */
export function compileFilters(store: Store, table: ObjectTable, groups: readonly (readonly Filter[])[]): Predicate {
  const compiled = groups.map((group) => group.map((filter) => compile(store, table, filter)));
  if (compiled.length === 0) return () => true;
  return (record, document) => compiled.some((group) => group.every((matches) => matches(record, document)));
}

/** Free text looks into the default search fields. */
export function compileQuery(table: ObjectTable, query: string | undefined): Predicate {
  if (query === undefined) return () => true;
  const words = query.toLowerCase();
  const names = [...table.type.defaultProperties, 'phone', 'company', 'website'];
  return (_record, { properties }) => names.some((name) => properties?.[name]?.toLowerCase().includes(words) === true);
}
