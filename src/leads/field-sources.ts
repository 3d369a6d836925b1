/** PURE. Where each value of a lead comes from: the CRM record that says it, and those that say something else. */
import { canonicalValue } from '../mapping/write-policy.ts';
import { type LeadField, leadFieldNames, leadFields } from '../model/lead.ts';
import type { InRule } from '../model/mapping.ts';
import type { ExternalId, Fields, FieldValue } from '../model/values.ts';

export interface SpeakingRecord {
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly mapped: Fields;
  /** As the CRM has them. */
  readonly fields: Fields;
  readonly rules: readonly Pick<InRule, 'from' | 'to'>[];
}

/** What one record says of a field. */
export interface Said extends Pick<SpeakingRecord, 'connection' | 'object' | 'externalId'> {
  /** The CRM's own fields, and what they hold. */
  readonly from: readonly { readonly name: string; readonly raw: FieldValue }[];
  readonly value: FieldValue;
}

export interface FieldSource {
  readonly field: LeadField;
  readonly value: FieldValue;
  /** `record`: of `said`; `events`: counted from dated events; `signup`: of the product; `kept`: of none that is there now. */
  readonly source: 'record' | 'events' | 'signup' | 'kept';
  /** Null unless a record says so. */
  readonly said: Said | null;
  /** Records that say something else. */
  readonly others: readonly Said[];
}

/** Of every field that has a value, in the order of the model. `records`: those that are there, the person's own first. */
export function fieldSources(
  values: Fields,
  records: readonly SpeakingRecord[],
  { hasSignup }: { readonly hasSignup: boolean },
): readonly FieldSource[] {
  return leadFieldNames.flatMap((field) => {
    const value = values[field] ?? null;
    if (value === null || value === '') return [];
    const said = records.flatMap((record) => sayingOf(record, field));
    const agreeing = said.find((one) => canonicalValue(one.value) === canonicalValue(value)) ?? null;
    const others = said.filter((one) => canonicalValue(one.value) !== canonicalValue(value));
    return [
      { field, value, source: agreeing === null ? otherwise(field, hasSignup) : 'record', said: agreeing, others },
    ];
  });
}

function otherwise(field: LeadField, hasSignup: boolean): FieldSource['source'] {
  if ('counter' in leadFields[field]) return 'events';
  return hasSignup ? 'signup' : 'kept';
}

function sayingOf(record: SpeakingRecord, field: LeadField): readonly Said[] {
  const value = record.mapped[field] ?? null;
  if (value === null || value === '') return [];
  const { connection, object, externalId, rules, fields } = record;
  const names = rules.find(({ to }) => to === field)?.from ?? [];
  return [{ connection, object, externalId, value, from: names.map((name) => ({ name, raw: fields[name] ?? null })) }];
}
