import { type CustomTypesConfig, types } from 'pg';

/**
 * How values of somebody else's database become values of a row, as JSON would hold them.
 *
 * | PostgreSQL | value |
 * |---|---|
 * | smallint, integer, bigint, real, double precision, numeric | number; text where a number would not be exact |
 * | boolean | boolean |
 * | timestamptz, timestamp | ISO 8601 text; without a zone it is UTC |
 * | json, jsonb | parsed |
 * | arrays of texts | list |
 * | date, enum, uuid, interval and everything else | text, as PostgreSQL writes it |
 */
export const foreignTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => parsers.get(oid) ?? (textArrays.has(oid) ? types.getTypeParser(oid, format) : asText),
};

const { builtins } = types;
/** bpchar[], text[], varchar[] */
const textArrays: ReadonlySet<number> = new Set([1014, 1009, 1015]);

const asText = (text: string): string => text;

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.BOOL, (text) => text === 't'],
  ...[builtins.INT2, builtins.INT4, builtins.INT8, builtins.OID].map((oid) => [oid, exactInteger] as const),
  ...[builtins.FLOAT4, builtins.FLOAT8, builtins.NUMERIC].map((oid) => [oid, finiteNumber] as const),
  [builtins.TIMESTAMP, (text) => instant(`${text}Z`)],
  [builtins.TIMESTAMPTZ, (text) => instant(text.replace(/\+00$/u, 'Z'))],
  [builtins.JSON, parseJson],
  [builtins.JSONB, parseJson],
]);

function exactInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function finiteNumber(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text;
}

/** `2026-01-01 00:00:00.5Z` */
function instant(text: string): string {
  return text.replace(' ', 'T');
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}
