import type { Problem } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import type { Field, Value } from '../schema/field.ts';
import type { Org } from '../store/org.ts';
import { isDate, parseDateTime, toSecond } from '../time.ts';

type Checked = { value: Value } | { problem: Problem };

function problem(code: string, message: string, fields: readonly string[] = []): Checked {
  return { problem: { code, message, fields } };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function undeserialised(type: string, value: unknown): Checked {
  const kind =
    typeof value === 'string' ? 'VALUE_STRING' : typeof value === 'number' ? 'VALUE_NUMBER_FLOAT' : 'START_OBJECT';
  const message = `Cannot deserialize instance of ${type} from ${kind} value ${shown(value)} or request may be missing a required field at [line:1, column:2]`;
  return problem('JSON_PARSER_ERROR', message);
}

const NUMERIC = new Set<Field['type']>(['int', 'double', 'currency', 'percent']);

function checkNumber(field: Field, value: unknown): Checked {
  if (typeof value !== 'number') return undeserialised(field.type === 'int' ? 'int' : 'double', value);
  const whole = 10 ** (field.precision === 0 ? 9 : field.precision - field.scale);
  if (Math.abs(value) >= whole) {
    const message = `${field.label}: value outside of valid range on numeric field: ${value}`;
    return problem('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name]);
  }
  return { value: Number(value.toFixed(field.scale)) };
}

const EMAIL = /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[A-Za-z]{2,}$/;

function checkText(field: Field, value: unknown): Checked {
  if (typeof value === 'object' || value === undefined) return undeserialised('string', value);
  const text = shown(value).trim();
  if (text === '') return { value: null };
  if (text.length > field.length) {
    const message = `${field.label}: data value too large: ${text} (max length=${field.length})`;
    return problem('STRING_TOO_LONG', message, [field.name]);
  }
  if (field.type === 'email' && !EMAIL.test(text)) {
    return problem('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, [field.name]);
  }
  if (field.restricted && !field.values.includes(text)) {
    const message = `${field.label}: bad value for restricted picklist field: ${text}`;
    return problem('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]);
  }
  return { value: text };
}

function checkReference(org: Org, field: Field, value: unknown): Checked {
  if (typeof value !== 'string') return undeserialised('reference', value);
  if (value === '') return { value: null };
  const id = canonicalId(value);
  if (id === undefined)
    return problem('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, [field.name]);
  const object = org.objectOfId(id);
  if (object === undefined || !field.referenceTo.includes(object.name)) {
    return problem('FIELD_INTEGRITY_EXCEPTION', `${field.label}: id value of incorrect type: ${value}`, [field.name]);
  }
  const row = org.find(id);
  if (row === undefined) return problem('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  if (row.deletedAt !== undefined) {
    const message = `insufficient access rights on cross-reference id: ${id.slice(0, 15)}`;
    return problem('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', message);
  }
  return { value: id };
}

function checkDateTime(value: unknown): Checked {
  const ms = typeof value === 'string' ? parseDateTime(value) : undefined;
  return ms === undefined ? undeserialised('datetime', value) : { value: toSecond(ms) };
}

/** One value of a JSON body, as the field keeps it. */
export function checkValue(org: Org, field: Field, value: unknown): Checked {
  if (value === null) return { value: field.type === 'boolean' ? false : null };
  if (NUMERIC.has(field.type)) return checkNumber(field, value);
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? { value } : undeserialised('boolean', value);
    case 'date':
      return typeof value === 'string' && isDate(value) ? { value } : undeserialised('date', value);
    case 'datetime':
      return checkDateTime(value);
    case 'reference':
      return checkReference(org, field, value);
    default:
      return checkText(field, value);
  }
}
