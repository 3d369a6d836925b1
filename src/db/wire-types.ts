import { type CustomTypesConfig, types } from 'pg';

/**
 * How PostgreSQL values become JavaScript values in `Tx.query`; the entity manager has its own mapping (`entities/`).
 *
 * | PostgreSQL | JavaScript |
 * |---|---|
 * | smallint, integer, bigint | number; a bigint beyond 2⁵³ is an error, never a rounded number |
 * | numeric | number: weights, percentages and amounts to be shown; sums over them are made in SQL |
 * | timestamptz | Date |
 * | date | text `YYYY-MM-DD`: a day has no time zone |
 * | json, jsonb | parsed |
 * | uuid, text, enum | text |
 * | bytea | Buffer |
 */
export const wireTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => parsers.get(oid) ?? types.getTypeParser(oid, format),
};

const { builtins } = types;

const parsers = new Map<number | string, (text: string) => unknown>([
  [builtins.INT8, safeInteger],
  [1016, (text: string) => parseArray(text).map(safeInteger)],
  [builtins.NUMERIC, Number],
  [1231, (text: string) => parseArray(text).map(Number)],
  [builtins.DATE, (text: string) => text],
  [1182, parseArray],
]);

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`);
  return value;
}

/** Flat arrays of numbers or dates, which PostgreSQL never quotes. */
function parseArray(text: string): string[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',');
}
