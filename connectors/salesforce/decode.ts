import type {
  FieldSchema,
  FieldType,
  FieldValue,
  OpportunityLink,
  RecordKey,
  RejectedRecord,
  SourceRecord,
} from 'leadloop/connector-sdk';
import type { SalesforceObject } from './objects.ts';
import type { WireRecord } from './wire.ts';

// PURE: what Salesforce sends → what we keep. REST sends JSON values, Bulk text: both mean the same here.

export interface Decoded {
  /** Null = the record was left out; `rejected` says why. */
  readonly record: SourceRecord | null;
  readonly rejected: readonly RejectedRecord[];
}

export type Decoder = (record: WireRecord) => Decoded;

/**
 * Reads `fields` of the rows of an object. A field that Salesforce does not have is absent, a blank one is null; a value
 * that does not fit its type is null as well and reported.
 */
export function decoderFor(
  object: SalesforceObject,
  fields: readonly string[],
  schema: readonly FieldSchema[],
): Decoder {
  const types = new Map(schema.map(({ name, type }) => [name, type]));
  const columns = fields.flatMap((name) => {
    const type = types.get(name);
    return type === undefined ? [] : [{ name, type }];
  });

  return (wire) => {
    const stamp = stampOf(wire);
    if (!wire.Id || stamp === null) return { record: null, rejected: [unusable(object.object, wire)] };
    // The account of a person is no company: its name is the person’s, who is read as a contact.
    if (object.kind === 'company' && wire['IsPersonAccount'] === true) return { record: null, rejected: [] };

    const values: Record<string, FieldValue> = {};
    const rejected: RejectedRecord[] = [];
    for (const { name, type } of columns) {
      const sent = wire[name];
      if (sent === undefined) continue;
      const value = decodeValue(type, sent);
      values[name] = value ?? null;
      if (value === undefined) rejected.push(misfit(object.object, wire, { name, type }));
    }
    const company = object.companyField === null ? null : wire[object.companyField];
    const record: SourceRecord = {
      object: object.object,
      externalId: wire.Id,
      modifiedAt: new Date(stamp),
      fields: values,
      mergedIds: [],
      successor: successorOf(object, wire),
      companyId: isSet(company) ? company : null,
    };
    return { record, rejected };
  };
}

/** A converted lead stays, for reading only: the person goes on as its contact. */
function successorOf({ object }: SalesforceObject, row: WireRecord): RecordKey | null {
  const contact = row['ConvertedContactId'];
  return object === 'Lead' && isSet(contact) ? { object: 'Contact', externalId: contact } : null;
}

/** Who belongs to which opportunity: by the role of a contact, or because a lead was converted into both. */
export function opportunityLinks(object: string, rows: readonly WireRecord[]): readonly OpportunityLink[] {
  return rows.flatMap((row): OpportunityLink[] => {
    const [personId, opportunityId] =
      object === 'Lead' ? [row.Id, row['ConvertedOpportunityId']] : [row['ContactId'], row['OpportunityId']];
    if (!isSet(personId) || !isSet(opportunityId)) return [];
    return [{ externalId: `${object}:${row.Id}`, personId, opportunityId }];
  });
}

function isSet(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** When the row last changed, in milliseconds; null = it does not say. */
export function stampOf({ SystemModstamp: text }: WireRecord): number | null {
  return typeof text === 'string' ? (instantIn(text) ?? null) : null;
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const numberForm = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** `2026-11-22T10:11:12.000+0000`: the offset has no colon, and `Date.parse` is not bound to take it. */
const instantForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|([+-]\d\d):?(\d\d))$/;
const dayForm = /^\d{4}-\d\d-\d\d$/;

/** Undefined = the value does not fit the type. Blank is null, whatever the type. */
export function decodeValue(type: FieldType, sent: unknown): FieldValue | undefined {
  if (sent === null || sent === undefined || sent === '') return null;
  if (type === 'number') return numberIn(sent);
  const text = textIn(sent);
  return text === undefined ? undefined : texts[type](text);
}

/** DATA: what the text of a value means, by type. */
const texts: Readonly<Record<Exclude<FieldType, 'number'>, (text: string) => FieldValue | undefined>> = {
  text: (text) => text,
  option: (text) => text,
  options: (text) => text.split(';').filter(Boolean),
  boolean: (text) => booleans.get(text),
  date: dayIn,
  datetime: isoIn,
};

function textIn(sent: unknown): string | undefined {
  if (typeof sent === 'string') return sent;
  return typeof sent === 'number' || typeof sent === 'boolean' ? String(sent) : undefined;
}

/** An integer that a double cannot hold would come out as another one. */
function numberIn(sent: unknown): number | undefined {
  if (typeof sent === 'number') return sent;
  const number = typeof sent === 'string' && numberForm.test(sent) ? Number(sent) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

export function instantIn(text: string): number | undefined {
  const parts = instantForm.exec(text);
  if (parts === null) return undefined;
  const [, local = '', hours, minutes] = parts;
  const instant = Date.parse(`${local}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(instant) ? undefined : instant;
}

function isoIn(text: string): string | undefined {
  const instant = instantIn(text);
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** A day has no zone, and stays one. One that no calendar has does not fit. */
function dayIn(text: string): string | undefined {
  const instant = dayForm.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text) ? text : undefined;
}

function misfit(object: string, wire: WireRecord, { name, type }: { name: string; type: FieldType }): RejectedRecord {
  const sent = wire[name];
  return {
    object,
    externalId: wire.Id,
    stage: 'decode',
    field: name,
    code: 'wrong-type',
    message: `Salesforce’s value is no ${type}.`,
    effect: 'null',
    fields: { [name]: typeof sent === 'object' || sent === undefined ? JSON.stringify(sent ?? null) : sent },
  };
}

function unusable(object: string, wire: WireRecord): RejectedRecord {
  return {
    object,
    externalId: wire.Id || '',
    stage: 'decode',
    field: null,
    code: wire.Id ? 'no-modified-date' : 'no-id',
    message: wire.Id
      ? 'Salesforce sent a record without the date of its last change.'
      : 'Salesforce sent a record without an id.',
    effect: 'reject',
    fields: {},
  };
}
