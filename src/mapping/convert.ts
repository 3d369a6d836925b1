import type { FieldValue } from '../model/values.ts';
import { stateCode } from './states.ts';

/** A value that could not be converted, with a reason that never quotes the value: reasons are logged, values are personal. */
export interface Invalid {
  readonly invalid: string;
}
export type Converted = FieldValue | Invalid;
export type Scalar = string | number | boolean;

export function isInvalid(value: Converted): value is Invalid {
  return typeof value === 'object' && value !== null && 'invalid' in value;
}

/** Null, an empty text or an empty list: the CRM says nothing. Zero and false are answers. */
export function isBlank(value: FieldValue | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Plain, with an exponent, or with thousands separators in the American way, which both CRMs print. */
const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;
const groupedNumber = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** "12,500" is 12500; "12,5" and "12,500 students" are not numbers, and a guess would score somebody wrongly. */
export function toNumber(value: Scalar): Converted {
  const text = String(value).trim();
  const isNumber = typeof value !== 'boolean' && (plainNumber.test(text) || groupedNumber.test(text));
  const number = isNumber ? Number(text.replaceAll(',', '')) : Number.NaN;
  return Number.isFinite(number) ? number : { invalid: 'is not a number' };
}

/** "12.0" is 12; a fraction is invalid rather than rounded. */
export function toInteger(value: Scalar): Converted {
  const number = toNumber(value);
  if (typeof number !== 'number') return number;
  return Number.isSafeInteger(number) ? number : { invalid: 'is not a whole number' };
}

const truths = new Map([
  ...['true', 'yes', 'y', 'on', 't', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'n', 'off', 'f', '0'].map((word) => [word, false] as const),
]);

/** The text "false" is false. Numbers other than 0 and 1 are no answer. */
export function toBoolean(value: Scalar): Converted {
  return truths.get(String(value).trim().toLowerCase()) ?? { invalid: 'is neither true nor false' };
}

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** Shorter numbers are years or day counts rather than milliseconds since 1970. */
const epochPattern = /^-?\d{9,15}$/;

/** The instant in milliseconds since 1970, UTC; null where the text is neither ISO 8601 nor such a number. */
export function instantOf(value: Scalar): number | null {
  const text = String(value).trim();
  if (epochPattern.test(text)) return withinIso(Number(text));
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '0', zone = 'Z'] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isReal = new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`);
  if (!isReal || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000 + milliseconds;
  return withinIso(midnight + time - zoneOffset(zone));
}

/** Salesforce writes `+0000`, everyone else `+00:00` or `Z`; a time without a zone is UTC. */
function zoneOffset(zone: string): number {
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** Years 100 to 9999: others have no four-digit ISO form, or one that JavaScript shifts into 1900. */
function withinIso(ms: number): number | null {
  return ms >= -59_011_459_200_000 && ms <= 253_402_300_799_999 ? ms : null;
}

export function toDatetime(value: Scalar): Converted {
  const ms = instantOf(value);
  return ms === null ? { invalid: 'is not a date' } : new Date(ms).toISOString();
}

/** The day in UTC, `2026-11-22`. */
export function toDate(value: Scalar): Converted {
  const iso = toDatetime(value);
  return typeof iso === 'string' ? iso.slice(0, 10) : iso;
}

export function toState(value: Scalar): Converted {
  return stateCode(String(value)) ?? { invalid: 'is not a US state or territory' };
}

const domainPattern = /^(?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}\p{N}-]{2,63}$/u;

/** The host of an e-mail address, URL or bare domain, in lower case and without `www.`. */
export function toDomain(value: Scalar): Converted {
  const [host = ''] = String(value)
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .split(/[/?#]/);
  const domain = host
    .slice(host.lastIndexOf('@') + 1)
    .replace(/:\d+$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return domain.length <= 253 && domainPattern.test(domain) ? domain : { invalid: 'holds no domain' };
}

/** The options of a multi-select, or what a text lists with semicolons between, else commas; each once, in its order. */
export function toList(value: Exclude<FieldValue, null>): readonly string[] {
  const text = String(value);
  const items = typeof value === 'object' ? value : text.split(text.includes(';') ? ';' : ',');
  return [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))];
}

/** "JANE o'neil" becomes "Jane O'Neil"; a word in mixed case ("McDonald", "iPad") knows better and stays. */
export function toTitle(value: Scalar): string {
  return String(value).replaceAll(/\p{L}+(?:['’]\p{L}+)*/gu, (word) => {
    if (word !== word.toLowerCase() && word !== word.toUpperCase()) return word;
    return word.toLowerCase().replaceAll(/(?:^|(?<=^\p{L}['’]))\p{L}/gu, (letter) => letter.toUpperCase());
  });
}
