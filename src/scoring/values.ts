import type { Fields, FieldValue } from '../model/values.ts';

/** A decimal number as text: Postgres hands over BIGINT and NUMERIC so, and losing them would score a known fact as unknown. */
const decimal = /^-?\d+(?:\.\d+)?$/;

/** How many expansion signals there are of one type, whatever types there may be: `signals.hiring`. */
export const signalCount = 'signals.';

/**
 * How a fact is read; its name is looked at once. Of a type that is not among the known signals there are none: where no signal
 * is known at all, their number is not known either.
 */
export function readerOf(name: string): (values: Fields) => FieldValue {
  if (!name.startsWith(signalCount)) return (values) => values[name] ?? null;
  return (values) => values[name] ?? (isKnown(values['signal_types'] ?? null) ? 0 : null);
}

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
