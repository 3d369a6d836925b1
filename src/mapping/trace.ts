import { mappedFields } from '../model/lead.ts';
import type { InRule, MappingDefinition } from '../model/mapping.ts';
import type { SourceRecord } from '../model/records.ts';
import type { FieldValue } from '../model/values.ts';
import { compileMapping } from './compile.ts';
import { normaliseRecord } from './normalise.ts';

/** What one rule makes of a record. */
export interface TracedRule {
  readonly to: string;
  /** What the CRM has, in the order of `from`; null where it says nothing. */
  readonly raw: readonly FieldValue[];
  readonly value: FieldValue;
  /** `cleared`: it takes the known value back. `rejects`: the whole record is left out. */
  readonly outcome: 'set' | 'blank' | 'cleared' | 'invalid' | 'rejects';
  /** Why a value cannot be converted; null = it can. */
  readonly reason: string | null;
}

/** Each `in` rule of the record's object by itself, converted by the very code that converts records. */
export function traceRules(definition: MappingDefinition, record: SourceRecord): readonly TracedRule[] {
  return (definition.objects[record.object]?.in ?? []).map((rule) => traceRule(definition, rule, record));
}

function traceRule(definition: MappingDefinition, rule: InRule, record: SourceRecord): TracedRule {
  const alone = compileMapping({ ...definition, objects: { [record.object]: { in: [rule], out: [] } } });
  const said = { to: rule.to, raw: rule.from.map((name) => record.fields[name] ?? null) };
  if (!Object.hasOwn(mappedFields, rule.to)) {
    return { ...said, value: null, outcome: 'invalid', reason: 'there is no such field to fill' };
  }
  const result = normaliseRecord(alone, record);
  if ('rejected' in result) return { ...said, value: null, outcome: 'rejects', reason: result.rejected.message };
  const [nulled] = result.nulled;
  if (nulled !== undefined) return { ...said, value: null, outcome: 'invalid', reason: nulled.message };
  const value = result.values[rule.to];
  if (value === undefined) return { ...said, value: null, outcome: 'blank', reason: null };
  return { ...said, value, outcome: value === null ? 'cleared' : 'set', reason: null };
}
