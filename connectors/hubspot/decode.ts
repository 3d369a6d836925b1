import type { FieldSchema, FieldType, FieldValue, RejectedRecord, SourceRecord } from 'leadloop/connector-sdk';
import { ownedFields } from './default-mapping.ts';
import type { HubSpotObject } from './objects.ts';
import type { WireRecord } from './wire.ts';

// PURE: what HubSpot sends → what we keep. HubSpot writes every value as text; the property's type says what it means.

export interface Decoded {
  /** Null = the record was left out; `rejected` says why. */
  readonly record: SourceRecord | null;
  readonly rejected: readonly RejectedRecord[];
}

export type Decoder = (record: WireRecord) => Decoded;

/**
 * Reads `fields` of the records of an object. A field that HubSpot does not send is absent, a blank one is null; a value
 * that does not fit its type is null as well and reported.
 */
export function decoderFor(object: HubSpotObject, fields: readonly string[], schema: readonly FieldSchema[]): Decoder {
  // The schema is as of an hour ago: fields of ours may be younger.
  const types = new Map([...(ownedFields[object.object] ?? []), ...schema].map(({ name, type }) => [name, type]));
  const columns = fields.map((name) => ({ name, type: types.get(name) ?? 'text' }));

  return (wire) => {
    const modifiedAt = modifiedAtOf(wire, object.modifiedProperty);
    if (!wire.id || modifiedAt === null) return { record: null, rejected: [unusable(object.object, wire)] };

    const values: Record<string, FieldValue> = {};
    const rejected: RejectedRecord[] = [];
    for (const { name, type } of columns) {
      const text = wire.properties[name];
      if (text === undefined) continue;
      const value = decodeValue(type, text);
      values[name] = value ?? null;
      if (value === undefined) rejected.push(misfit(object.object, wire, { name, type }));
    }
    const { hs_merged_object_ids: merged, associatedcompanyid: company } = wire.properties;
    const record: SourceRecord = {
      object: object.object,
      externalId: wire.id,
      modifiedAt,
      fields: values,
      mergedIds: merged ? merged.split(';').filter(Boolean) : [],
      companyId: company || null,
      successor: null,
    };
    return { record, rejected };
  };
}

/** When the record last changed; null = it does not say. */
export function modifiedAtOf(wire: WireRecord, modifiedProperty: string): Date | null {
  const text = wire.properties?.[modifiedProperty] ?? wire.updatedAt;
  const instant = text ? instantIn(text) : undefined;
  return instant === undefined ? null : new Date(instant);
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const numberForm = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const dayForm = /^\d{4}-\d\d-\d\d$/;
const millisecondsForm = /^-?\d{1,16}$/;

/** Undefined = the text does not fit the type. Blank is null, whatever the type: HubSpot sends '' after a clearing. */
export function decodeValue(type: FieldType, text: string | null): FieldValue | undefined {
  if (text === null || text === '') return null;
  switch (type) {
    case 'text':
    case 'option':
      return text;
    case 'options':
      return text.split(';').filter(Boolean);
    case 'number':
      return numberIn(text);
    case 'boolean':
      return booleans.get(text);
    case 'date':
      return dayIn(text);
    case 'datetime':
      return isoIn(text);
  }
}

/** An integer that a double cannot hold would come out as another one. */
function numberIn(text: string): number | undefined {
  const number = numberForm.test(text) ? Number(text) : Number.NaN;
  const isExact = Number.isFinite(number) && (Math.abs(number) <= Number.MAX_SAFE_INTEGER || !/^-?\d+$/.test(text));
  return isExact ? number : undefined;
}

/** Years 1 to 9999: what ISO 8601 writes with four digits. Microseconds taken for milliseconds lie far behind. */
const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** HubSpot writes instants in ISO 8601 or in milliseconds. */
function instantIn(text: string): number | undefined {
  const instant = instantForm.test(text) ? Date.parse(text) : millisecondsForm.test(text) ? Number(text) : Number.NaN;
  return instant >= earliest && instant <= latest ? instant : undefined;
}

function isoIn(text: string): string | undefined {
  const instant = instantIn(text);
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** Days come as `YYYY-MM-DD` or as the milliseconds of their midnight in UTC. A day that no calendar has does not fit. */
function dayIn(text: string): string | undefined {
  const instant = dayForm.test(text) ? Date.parse(text) : instantIn(text);
  if (instant === undefined || Number.isNaN(instant)) return undefined;
  const day = new Date(instant).toISOString().slice(0, 10);
  return dayForm.test(text) && day !== text ? undefined : day;
}

function misfit(object: string, wire: WireRecord, { name, type }: { name: string; type: FieldType }): RejectedRecord {
  return {
    object,
    externalId: wire.id,
    stage: 'decode',
    field: name,
    code: 'wrong-type',
    message: `HubSpot's value is no ${type}.`,
    effect: 'null',
    fields: { [name]: wire.properties[name] ?? null },
  };
}

function unusable(object: string, wire: WireRecord): RejectedRecord {
  return {
    object,
    externalId: wire.id || '',
    stage: 'decode',
    field: null,
    code: wire.id ? 'no-modified-date' : 'no-id',
    message: wire.id
      ? 'HubSpot sent a record without the date of its last change.'
      : 'HubSpot sent a record without an id.',
    effect: 'reject',
    fields: {},
  };
}
