import type { ConditionWithValueQuery, LiteralType, Operator } from '@jetstreamapp/soql-parser-js';
import { restError } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import type { Field, FieldType, Value } from '../schema/field.ts';
import { dateOf, parseDateTime, toSecond } from '../time.ts';
import type { Path } from './columns.ts';
import { literalSpan } from './dates.ts';
import { malformed } from './parse.ts';
import type { Predicate } from './where.ts';

/** Characters a text in a WHERE clause may have. */
const MAX_TEXT = 4_000;

/** What a condition compares with: a value, or a span of time that a date literal means. */
type Operand = Value | { from: number; to: number };

const NUMERIC = new Set<FieldType>(['int', 'double', 'currency', 'percent']);
const LITERALS: Partial<Record<FieldType, readonly LiteralType[]>> = {
  datetime: ['DATETIME', 'DATE_LITERAL', 'DATE_N_LITERAL'],
  date: ['DATE', 'DATE_LITERAL', 'DATE_N_LITERAL'],
  boolean: ['BOOLEAN'],
};
const XSD: Partial<Record<FieldType, string>> = { datetime: 'dateTime', date: 'date', boolean: 'boolean', int: 'int' };

function checkLiteral(field: Field, literal: LiteralType | undefined): void {
  if (literal === 'NULL') return;
  const numeric = NUMERIC.has(field.type);
  const allowed = numeric ? ['INTEGER', 'DECIMAL'] : (LITERALS[field.type] ?? ['STRING']);
  if (literal !== undefined && allowed.includes(literal)) return;
  const type = XSD[field.type] ?? (numeric ? 'double' : 'string');
  const quotes = allowed.includes('STRING') ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  const message = `value of filter criterion for field '${field.name}' must be of type ${type} and ${quotes}`;
  throw restError(400, 'INVALID_FIELD', message);
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unquote(text: string): string {
  const inner = text.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  if (inner.length > MAX_TEXT) throw malformed(`Maximum length of criteria has been exceeded: ${inner.length}`);
  return inner;
}

function idOperand(text: string): string {
  if (text === '') return text;
  const id = canonicalId(text);
  if (id === undefined) throw restError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
  return id;
}

function timeOperand(text: string, literal: LiteralType, now: number): Operand {
  // A + that was not encoded in the URL has become a blank.
  const ms = literal === 'DATETIME' ? parseDateTime(text.replace(' ', '+')) : undefined;
  const operand = literal === 'DATETIME' ? (ms === undefined ? undefined : toSecond(ms)) : literalSpan(text, now);
  if (operand === undefined) throw malformed(`unexpected token: '${text}'`);
  return operand;
}

function operandOf(field: Field, text: string, literal: LiteralType | undefined, now: number): Operand {
  checkLiteral(field, literal);
  switch (literal) {
    case 'NULL':
      return null;
    case 'BOOLEAN':
      return text.toUpperCase() === 'TRUE';
    case 'INTEGER':
    case 'DECIMAL':
      return Number(text);
    case 'DATETIME':
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      return timeOperand(text, literal, now);
    case 'STRING': {
      const inner = unquote(text);
      return field.type === 'id' || field.type === 'reference' ? idOperand(inner) : inner.toLowerCase();
    }
    default:
      return text;
  }
}

/** dateTimes and dates as milliseconds, ids as they are, other text without its case. */
function comparable(field: Field, value: Value): string | number | boolean | null {
  if (typeof value !== 'string' || field.type === 'id' || field.type === 'reference' || field.type === 'date')
    return value;
  return value.toLowerCase();
}

function bounds(field: Field, operand: Operand): [Value, Value] {
  if (operand === null || typeof operand !== 'object')
    return [operand === '' ? null : operand, operand === '' ? null : operand];
  if (field.type === 'date') return [dateOf(operand.from), dateOf(operand.to - 1)];
  return [operand.from, operand.to - 1];
}

type Test = (value: Value) => boolean;

function ordered(operator: Operator, low: Value, high: Value): Test {
  if (low === null || high === null) return () => false;
  switch (operator) {
    case '<':
      return (value) => value !== null && value < low;
    case '<=':
      return (value) => value !== null && value <= high;
    case '>':
      return (value) => value !== null && value > high;
    default:
      return (value) => value !== null && value >= low;
  }
}

function equal(low: Value, high: Value): Test {
  if (low === high || low === null || high === null) return (value) => value === low;
  return (value) => value !== null && value >= low && value <= high;
}

function like(pattern: string): Test {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('%', '[^]*')
    .replaceAll('_', '[^]');
  const expression = new RegExp(`^${source}$`, 'i');
  return (value) => typeof value === 'string' && expression.test(value);
}

function testOf(field: Field, operator: Operator, operands: readonly Operand[]): Test {
  const [low, high] = bounds(field, operands[0] ?? null);
  switch (operator) {
    case '=':
      return equal(low, high);
    case '!=': {
      const same = equal(low, high);
      return (value) => !same(value);
    }
    case 'LIKE':
      return like(typeof low === 'string' ? low : '');
    case 'IN':
    case 'NOT IN': {
      const set = new Set(operands.map((operand) => bounds(field, operand)[0]));
      return operator === 'IN' ? (value) => set.has(value) : (value) => !set.has(value);
    }
    case 'INCLUDES':
    case 'EXCLUDES':
      throw malformed(`${operator} is for multi-select picklists, of which the sandbox has none`);
    default:
      return ordered(operator, low, high);
  }
}

interface Surroundings {
  readonly now: number;
  readonly resolve: (text: string) => Path;
  /** The ids a semi-join selects. */
  readonly subquery: (condition: ConditionWithValueQuery) => readonly Value[];
}

/** One `field operator value` as a test on rows. */
export function compileCondition(condition: ConditionWithValueQuery, surroundings: Surroundings): Predicate {
  if (!('field' in condition)) throw malformed('the sandbox knows no functions in WHERE');
  const { read, field } = surroundings.resolve(condition.field);
  if (!field.filterable) {
    throw restError(400, 'INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`);
  }
  if ('valueQuery' in condition) {
    const set = new Set(surroundings.subquery(condition));
    const wanted = condition.operator !== 'NOT IN';
    return (row) => set.has(read(row)) === wanted;
  }
  const texts: readonly string[] = Array.isArray(condition.value) ? condition.value : [condition.value];
  const { literalType } = condition;
  const literal = (at: number): LiteralType | undefined => (Array.isArray(literalType) ? literalType[at] : literalType);
  const operands = texts.map((text, at) => operandOf(field, text, literal(at), surroundings.now));
  const test = testOf(field, condition.operator, operands);
  return (row) => test(comparable(field, read(row)));
}
