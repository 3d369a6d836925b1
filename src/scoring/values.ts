import type { FieldValue } from '../model/values.ts';

/** A decimal number as text: Postgres hands over BIGINT and NUMERIC so, and losing them would score a known fact as unknown. */
const decimal = /^-?\d+(?:\.\d+)?$/;

/** Unknown is null or blank; zero, false and "0" are known. */
export function isKnown(value: FieldValue): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** The size of a fact: a number itself, true as 1, a list as its length. Null where it is unknown or has no size. */
export function amountOf(value: FieldValue): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return decimal.test(value) ? amountOf(Number(value)) : null;
  return value === null ? null : value.length;
}

/** The texts of a fact in lower case: one, or one for each item of a list. Empty where it is unknown. */
export function textsOf(value: FieldValue): readonly string[] {
  if (!isKnown(value)) return [];
  return Array.isArray(value) ? value.map((item) => item.toLowerCase()) : [String(value).toLowerCase()];
}
