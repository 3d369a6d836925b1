import { type MappedField, mappedFields, type MappedValues } from '../model/lead.ts';
import type { RejectedRecord, SourceRecord } from '../model/records.ts';
import type { FieldValue } from '../model/values.ts';
import type { CompiledInRule, CompiledMapping } from './compile.ts';
import { isBlank, isInvalid, toBoolean, toInteger, toList, type Converted } from './convert.ts';

/** A record in our terms, with the values that had to be left out; or the reason why the record cannot be used. */
export type Normalised =
  | { readonly values: MappedValues; readonly nulled: readonly RejectedRecord[] }
  | { readonly rejected: RejectedRecord };

/**
 * What a CRM record says of a lead, or of a company. A field that the record does not carry says nothing, and so does a blank one under
 * `blank: keep`: both are absent. A blank under `clear` is null. A value that cannot be converted, or does not fit its
 * field, counts as blank under `onInvalid: null`, and rejects the record under `reject`; messages never quote a value.
 */
export function normaliseRecord(mapping: CompiledMapping, record: SourceRecord): Normalised {
  const values: { [F in MappedField]?: FieldValue } = {};
  const nulled: RejectedRecord[] = [];
  for (const rule of mapping.objects.get(record.object)?.in ?? []) {
    const given = rule.from.map((name) => record.fields[name]).filter((value) => value !== undefined);
    if (given.length === 0) continue;
    const converted = rule.convert(given);
    const value = isInvalid(converted) ? converted : fit(rule.to, converted);
    if (!isInvalid(value)) {
      if (value !== null || rule.blank === 'clear') values[rule.to] = value;
      continue;
    }
    const rejected = rejection(record, rule, value.invalid);
    if (rule.onInvalid === 'reject') return { rejected };
    nulled.push(rejected);
    if (rule.blank === 'clear') values[rule.to] = null;
  }
  return { values, nulled };
}

function rejection(record: SourceRecord, rule: CompiledInRule, reason: string): RejectedRecord {
  return {
    object: record.object,
    externalId: record.externalId,
    stage: 'map',
    field: rule.from.join(', '),
    code: 'invalid-value',
    message: `${rule.from.join(', ')} ${reason} (for ${rule.to})`,
    effect: rule.onInvalid,
    fields: record.fields,
  };
}

/** The largest value of a Postgres INTEGER. */
const maxInteger = 2_147_483_647;
/** One @, something on both sides, a dot in the domain, no blanks: what every mail server asks at least. */
export const emailPattern = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;
/** What sales may say; the other statuses are ours to give. */
const crmStatuses: readonly FieldValue[] = ['sql', 'opportunity', 'disqualified', 'recycled'];

/** A converted value as its field stores it, or why it cannot. Blanks fit every field. */
function fit(field: MappedField, value: FieldValue): Converted {
  if (value === null || isBlank(value)) return null;
  const { type } = mappedFields[field];
  if (type === 'list') return fitList(field, toList(value));
  if (typeof value === 'object') return { invalid: 'is a list; add a transform such as `{ concat: ", " }`' };
  if (type === 'integer') return fitInteger(field, toInteger(value));
  if (type === 'boolean') return toBoolean(value);
  if (type === 'status')
    return crmStatuses.includes(value) ? value : { invalid: `is none of ${crmStatuses.join(', ')}` };
  const text = storable(String(value));
  if (type === 'email') return fitEmail(text.trim().toLowerCase());
  return text === '' ? null : fitLength(field, text);
}

/** Every whole number counts something: students, people, visits, dollars. */
function fitInteger(field: MappedField, value: Converted): Converted {
  if (typeof value !== 'number') return value;
  const spec = mappedFields[field];
  const max = 'max' in spec ? spec.max : maxInteger;
  return value >= 0 && value <= max ? value : { invalid: `is not between 0 and ${max}` };
}

/** The length is that of an item. */
function fitList(field: MappedField, items: readonly string[]): Converted {
  const texts = items.map(storable).filter((text) => text !== '');
  const misfit = texts.map((text) => fitLength(field, text)).find(isInvalid);
  return misfit ?? (texts.length === 0 ? null : texts);
}

/** Lower case, because identity compares e-mail addresses. The length comes first: the pattern then has little to try. */
function fitEmail(text: string): Converted {
  const fitted = fitLength('email', text);
  if (isInvalid(fitted)) return fitted;
  return emailPattern.test(text) ? text : { invalid: 'is not an e-mail address' };
}

function fitLength(field: MappedField, text: string): Converted {
  const spec = mappedFields[field];
  const maxLength = 'maxLength' in spec ? spec.maxLength : Infinity;
  // VARCHAR counts characters as we do here; a JavaScript length counts some of them twice, so it can only be too large.
  const isTooLong = text.length > maxLength && Array.from(text).length > maxLength;
  return isTooLong ? { invalid: `is longer than ${maxLength} characters` } : text;
}

/** Postgres stores neither NUL nor half a surrogate pair, and one such character would fail a whole batch. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
