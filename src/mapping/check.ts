import { leadStatuses, type MappedField, mappedFields, type OutputField, segments } from '../model/lead.ts';
import type { InRule, MappingProblem, OutRule } from '../model/mapping.ts';
import type { FieldSchema, FieldType } from '../model/records.ts';
import { compileMapping, type CompiledMapping } from './compile.ts';

export type ObjectSchemas = Readonly<Record<string, readonly FieldSchema[]>>;

/** How often everything is read again. */
interface Reading {
  readonly fullPassHours: number;
}

/** A field of a mapping, held against the CRM. */
interface Subject {
  readonly object: string;
  readonly direction: 'in' | 'out';
  readonly field: string;
}

/**
 * What in a mapping does not fit the CRM as it is today; empty where all fits. A problem that pauses concerns one field only:
 * `withoutPaused` leaves it out and the rest goes on.
 */
export function checkMapping(
  mapping: CompiledMapping,
  schemas: ObjectSchemas,
  reading: Reading,
): readonly MappingProblem[] {
  return [...mapping.objects].flatMap(([object, rules]) => {
    const fields = schemas[object];
    return [
      ...rules.in.flatMap((rule) =>
        rule.from.flatMap((field) =>
          checkField({ object, direction: 'in', field }, fields, (subject, schema) =>
            checkIn(subject, schema, { rule, reading }),
          ),
        ),
      ),
      ...rules.out.flatMap((rule) =>
        checkField({ object, direction: 'out', field: rule.to }, fields, (subject, schema) =>
          checkOut(subject, schema, rule),
        ),
      ),
    ];
  });
}

function checkField(
  subject: Subject,
  fields: readonly FieldSchema[] | undefined,
  check: (subject: Subject, schema: FieldSchema) => readonly MappingProblem[],
): readonly MappingProblem[] {
  const { object, field } = subject;
  if (fields === undefined) {
    const remedy = `Grant the connection access to ${object}, or take ${object} out of the mapping.`;
    return [{ ...subject, code: 'unreadable', severity: 'pauses', message: `${object} cannot be described`, remedy }];
  }
  const schema = fields.find(({ name }) => name === field);
  return schema === undefined ? [missing(subject, fields)] : check(subject, schema);
}

function missing(subject: Subject, fields: readonly FieldSchema[]): MappingProblem {
  const { object, direction, field } = subject;
  // No CRM tells the one from the other: what may not be seen is not there.
  const message = `${object} has no field ${field}, or field-level security hides it from this connection`;
  const similar = fields.find(({ name }) => bare(name) === bare(field));
  const create =
    direction === 'out'
      ? 'Let leadloop create it, or'
      : 'Create it in the CRM or grant the connection access to it, or';
  const remedy = similar === undefined ? `${create} take it out of the mapping.` : `Write ${similar.name} instead.`;
  return { ...subject, code: 'missing-field', severity: 'pauses', message, remedy };
}

/** Salesforce forgives case in API names; its records do not. */
function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]|__c$/g, '');
}

type MappedType = (typeof mappedFields)[MappedField]['type'];

/** CRM types that a field of ours takes without a transform. Text may hold anything, so it is judged value by value. */
const readable: { readonly [T in MappedType]: readonly FieldType[] } = {
  text: ['text', 'number', 'boolean', 'date', 'datetime', 'option'],
  email: ['text'],
  integer: ['number', 'text'],
  boolean: ['boolean', 'text', 'option', 'number'],
  status: ['text', 'option'],
  list: ['options', 'option', 'text'],
};

/** Whether a field of ours takes values of this CRM type without a transform. */
export function isReadableAs(to: MappedField, type: FieldType): boolean {
  return readable[mappedFields[to].type].includes(type);
}

function checkIn(
  subject: Subject,
  schema: FieldSchema,
  { rule, reading }: { readonly rule: InRule; readonly reading: Reading },
): readonly MappingProblem[] {
  const found: MappingProblem[] = [];
  if (rule.transform.length === 0 && !isReadableAs(rule.to, schema.type)) {
    const { type } = mappedFields[rule.to];
    const message = `${schema.name} is of type ${schema.type}, and ${rule.to} is of type ${type}`;
    const remedy = 'Add a transform that converts it, or map another field.';
    found.push({ ...subject, code: 'wrong-type', severity: 'pauses', message, remedy });
  }
  if (schema.calculated) {
    const hours = `${reading.fullPassHours} ${reading.fullPassHours === 1 ? 'hour' : 'hours'}`;
    const message = `${schema.name} is calculated by the CRM, which does not report its changes: it is read anew every ${hours}`;
    const remedy =
      'Set `pull.fullPassHours` to as often as this value must be fresh, or map the fields that it comes from.';
    found.push({ ...subject, code: 'calculated', severity: 'warns', message, remedy });
  }
  return found;
}

/** CRM types that hold a value of ours. */
const writable: { readonly [F in OutputField]: readonly FieldType[] } = {
  lead_score: ['number', 'text'],
  segment: ['text', 'option'],
  status: ['text', 'option'],
  is_mql: ['boolean', 'text', 'option'],
  mql_date: ['date', 'datetime', 'text'],
  tier: ['text', 'option'],
  reasons: ['text'],
  plg_score: ['number', 'text'],
  plg_tier: ['text', 'option'],
  suggested_action: ['text'],
};

/** Values that are known beforehand; a profile chooses its own tiers. */
const fixedValues: { readonly [F in OutputField]?: readonly string[] } = {
  segment: segments,
  status: leadStatuses,
  is_mql: ['true', 'false'],
};

function checkOut(subject: Subject, schema: FieldSchema, rule: OutRule): readonly MappingProblem[] {
  if (rule.write === 'never') return [];
  if (schema.readOnly || schema.calculated) {
    const message = `${schema.name} cannot be written`;
    const remedy = 'Map another field, or grant the connection the right to edit this one.';
    return [{ ...subject, code: 'read-only', severity: 'pauses', message, remedy }];
  }
  if (rule.values === null && !writable[rule.from].includes(schema.type)) {
    const message = `${schema.name} is of type ${schema.type}, which does not hold ${rule.from}`;
    const remedy = `Map a field of type ${writable[rule.from].join(' or ')}.`;
    return [{ ...subject, code: 'wrong-type', severity: 'pauses', message, remedy }];
  }
  return checkOptions(subject, schema, rule);
}

function checkOptions(subject: Subject, schema: FieldSchema, rule: OutRule): readonly MappingProblem[] {
  if (schema.type !== 'option' && schema.type !== 'options') {
    if (rule.write !== 'forward') return [];
    const remedy = 'Map a field with ordered options, or choose another write policy.';
    const message = `${schema.name} has no options, so nothing in it is "forward"`;
    return [{ ...subject, code: 'missing-option', severity: 'pauses', message, remedy }];
  }
  const values = rule.values === null ? (fixedValues[rule.from] ?? []) : Object.values(rule.values);
  const absent = [...new Set(values)].filter((value) => !schema.options.includes(value));
  if (absent.length === 0) return [];
  const message = `${schema.name} lacks the options ${absent.join(', ')}`;
  const remedy = 'Add them in the CRM, or translate our values with `values:`.';
  return [{ ...subject, code: 'missing-option', severity: 'pauses', message, remedy }];
}

/** The mapping without the fields that problems pause. A rule that reads several fields goes on with the others. */
export function withoutPaused(mapping: CompiledMapping, problems: readonly MappingProblem[]): CompiledMapping {
  const paused = new Set(problems.filter(({ severity }) => severity === 'pauses').map(keyOf));
  const isSound = (object: string, direction: 'in' | 'out', field: string) =>
    !paused.has(keyOf({ object, direction, field }));
  const objects = Object.entries(mapping.definition.objects).map(([object, rules]) => {
    const inRules = rules.in.map((rule) => ({
      ...rule,
      from: rule.from.filter((field) => isSound(object, 'in', field)),
    }));
    const outRules = rules.out.filter(({ to }) => isSound(object, 'out', to));
    return [object, { in: inRules.filter(({ from }) => from.length > 0), out: outRules }] as const;
  });
  return compileMapping({ ...mapping.definition, objects: Object.fromEntries(objects) });
}

function keyOf({ object, direction, field }: Subject): string {
  return [object, direction, field].join('\n');
}
