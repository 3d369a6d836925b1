/** PURE. The kinds of fields that rows have: what documents say of them, and how a value becomes what is stored. */
import { type TSchema, Type } from 'typebox';
import {
  type Converted,
  isInvalid,
  type Scalar,
  toBoolean,
  toDate,
  toDatetime,
  toDomain,
  toInteger,
} from '../mapping/convert.ts';
import { emailPattern, storable } from '../mapping/normalise.ts';

export interface RowField {
  readonly schema: TSchema;
  readonly isRequired: boolean;
  /** Of a value that is not blank. Reasons never quote it. */
  readonly read: (value: Scalar | readonly Scalar[]) => Converted;
}

/** A field that must be there, with something in it. */
export function required(field: RowField): RowField {
  return { ...field, isRequired: true };
}

/** The largest values of INTEGER, and of what JavaScript counts exactly. */
const maxInteger = 2_147_483_647;
const maxExact = Number.MAX_SAFE_INTEGER;

export function email(description: string): RowField {
  return field(Type.String({ format: 'email', maxLength: 255, description }), (value) => {
    const text = textOf(value, 255);
    if (isInvalid(text)) return text;
    const address = String(text).toLowerCase();
    return emailPattern.test(address) ? address : { invalid: 'is not an e-mail address' };
  });
}

/** A URL or an address will do: what is kept is its domain. */
export function domain(description: string): RowField {
  return field(Type.String({ maxLength: 253, description }), (value) => {
    const text = textOf(value, 2_000);
    return isInvalid(text) ? text : toDomain(String(text));
  });
}

export function text(maxLength: number, description: string): RowField {
  return field(Type.String({ maxLength, description }), (value) => textOf(value, maxLength));
}

/** One of few words, which rules compare: "Series B" is series_b. */
export function word(description: string): RowField {
  return field(Type.String({ maxLength: 100, description }), (value) => {
    const text = textOf(value, 100);
    return isInvalid(text) ? text : String(text).toLowerCase().replaceAll(/\s+/gu, '_');
  });
}

export function oneOf(words: readonly string[], description: string): RowField {
  const { read } = word('');
  return field(Type.Enum([...words], { description }), (value) => {
    const given = read(value);
    return isInvalid(given) || words.includes(String(given)) ? given : { invalid: `is none of ${words.join(', ')}` };
  });
}

export function count(description: string, maximum = maxInteger): RowField {
  return field(Type.Integer({ minimum: 0, maximum, description }), (value) => {
    const number = ofOne(value, toInteger);
    if (typeof number !== 'number') return number;
    return number >= 0 && number <= maximum ? number : { invalid: `is not between 0 and ${maximum}` };
  });
}

export function bigCount(description: string): RowField {
  return count(description, maxExact);
}

export function flag(description: string): RowField {
  return field(Type.Boolean({ description }), (value) => ofOne(value, toBoolean));
}

export function instant(description: string): RowField {
  return field(Type.String({ format: 'date-time', description }), (value) => ofOne(value, toDatetime));
}

export function day(description: string): RowField {
  return field(Type.String({ format: 'date', description }), (value) => ofOne(value, toDate));
}

const maxItems = 200;

/** A list of short texts; as text: a JSON list, or items with `;` or `,` between them. */
export function list(description: string): RowField {
  const items = Type.String({ maxLength: 100 });
  return field(Type.Array(items, { maxItems, description }), (value) => {
    const given = typeof value === 'object' ? value : listOf(String(value));
    if (given.length > maxItems) return { invalid: `has more than ${maxItems} items` };
    const texts = given.map((item) => textOf(item, 100));
    const wrong = texts.find(isInvalid);
    return wrong ?? [...new Set(texts.map(String).filter((item) => item !== ''))];
  });
}

function listOf(text: string): readonly Scalar[] {
  if (text.trim().startsWith('[')) {
    const parsed = jsonOf(text);
    if (Array.isArray(parsed) && parsed.every(isScalar)) return parsed;
  }
  return text.split(text.includes(';') ? ';' : ',');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function field(schema: TSchema, read: RowField['read']): RowField {
  return { schema, isRequired: false, read };
}

function ofOne(value: Scalar | readonly Scalar[], convert: (value: Scalar) => Converted): Converted {
  return typeof value === 'object' ? { invalid: 'is a list' } : convert(value);
}

/** Trimmed, and without what PostgreSQL cannot store. */
function textOf(value: Scalar | readonly Scalar[], maxLength: number): Converted {
  if (typeof value === 'object') return { invalid: 'is a list' };
  const text = storable(String(value)).trim();
  // Characters as PostgreSQL counts them; a JavaScript length counts some of them twice, so it can only be too large.
  const isTooLong = text.length > maxLength && Array.from(text).length > maxLength;
  return isTooLong ? { invalid: `is longer than ${maxLength} characters` } : text;
}
