/** PURE. One row as somebody sent it → a row as it is stored, or why it cannot be. */
import { didYouMean } from '../config/problems.ts';
import { type Converted, isInvalid } from '../mapping/convert.ts';
import type { FieldValue } from '../model/values.ts';
import { isScalar, type RowField } from './fields.ts';
import { type IngestKind, rowForms } from './rows.ts';

/** The fields that a row names, in the types of their columns. */
export type Row = Readonly<Record<string, FieldValue>>;

/** Why a row is left out. The message never quotes a value: it may be personal, and messages are logged. */
export interface RowRejection {
  /** Null = the row as a whole. */
  readonly field: string | null;
  readonly code:
    | 'not-json'
    | 'quotes'
    | 'columns'
    | 'not-a-row'
    | 'unknown-field'
    | 'missing'
    | 'invalid'
    | 'future'
    | 'erased';
  readonly message: string;
}

export type ReadRow = { readonly row: Row } | { readonly rejection: RowRejection };

/** A clock that is a day ahead, or a time zone that was mistaken, is no reason to lose a row. */
const toleratedMs = 86_400_000;

/** `now`: a snapshot of next year would stay the latest one until then. */
export function readRow(kind: IngestKind, value: unknown, now: Date): ReadRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { rejection: { field: null, code: 'not-a-row', message: 'is not an object of fields' } };
  }
  const { fields } = rowForms[kind];
  const given = value as Readonly<Record<string, unknown>>;
  const row: Record<string, FieldValue> = {};
  for (const name of Object.keys(given)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return { rejection: unknownField(name, Object.keys(fields)) };
    if (given[name] === undefined) continue;
    const read = readValue(field, given[name]);
    if (isInvalid(read)) return { rejection: { field: name, code: 'invalid', message: `${name} ${read.invalid}` } };
    row[name] = read;
  }
  const missing = Object.keys(fields).find((name) => fields[name]?.isRequired === true && (row[name] ?? null) === null);
  if (missing !== undefined)
    return { rejection: { field: missing, code: 'missing', message: `${missing} is missing` } };
  const captured = row['captured_at'];
  if (typeof captured === 'string' && Date.parse(captured) > now.getTime() + toleratedMs) {
    return { rejection: { field: 'captured_at', code: 'future', message: 'captured_at lies in the future' } };
  }
  return { row };
}

/** Blanks are null: they say that nothing is known. */
function readValue(field: RowField, value: unknown): Converted {
  if (value === null) return null;
  if (isScalar(value)) {
    if (typeof value === 'string' && value.trim() === '') return null;
    return blankAsNull(field.read(value));
  }
  if (Array.isArray(value) && value.every(isScalar)) return field.read(value);
  return { invalid: 'is neither a value nor a list of values' };
}

/** Nothing but characters that cannot be stored. */
function blankAsNull(value: Converted): Converted {
  return value === '' ? null : value;
}

/** The longest of our own names is half as long; a longer one is rather a value in the wrong place. */
const maxShownName = 60;

export function unknownField(name: string, known: readonly string[]): RowRejection {
  const meant = didYouMean(name.slice(0, maxShownName), known);
  const hint = meant === null ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return { field: name.slice(0, maxShownName), code: 'unknown-field', message: `there is no such field. ${hint}` };
}
