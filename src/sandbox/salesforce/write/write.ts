import type { Problem } from '../errors.ts';
import { canonicalId } from '../ids.ts';
import type { Field, Values } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Reader } from '../soql/columns.ts';
import type { Row } from '../store/table.ts';
import { derived } from './derived.ts';
import { duplicateProblem, uniqueProblem, validationProblems, type Rules } from './rules.ts';
import { setupProblem } from './setup.ts';
import { checkValue } from './values.ts';

export interface WriteContext extends Reader {
  readonly rules: Rules;
  /** Whether assignment rules run; for REST they do unless told not to. */
  readonly autoAssign: boolean;
  readonly allowDuplicates: boolean;
  /** A faulty row: what it answers. */
  readonly spoilt?: Problem | undefined;
}

export type Input = Readonly<Record<string, unknown>>;

/** A write that was checked: carried out by `apply`, which gives the id. */
export type Plan =
  | { problems: readonly Problem[]; /** Whether it would have been a new record. */ created?: true }
  | { created: boolean; apply: () => string };

function refused(code: string, message: string, fields: readonly string[] = []): Plan {
  return { problems: [{ code, message, fields }] };
}

function isWritable({ org, userId }: Reader, object: SObject, field: Field, creates: boolean): boolean {
  return (creates ? field.createable : field.updateable) && org.access.editable(userId, object, field);
}

function notWritable(name: string): Problem {
  const message = `Unable to create/update fields: ${name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return { code: 'INVALID_FIELD_FOR_INSERT_UPDATE', message, fields: [name] };
}

/** The values of a body, or what is wrong with the first bad one. */
function readInput(context: WriteContext, object: SObject, input: Input, creates: boolean): Values | Problem {
  const values: Values = {};
  for (const [name, raw] of Object.entries(input)) {
    if (name === 'attributes' || name.toLowerCase() === 'id') continue;
    const field = context.org.access.visible(context.userId, object, name);
    if (field === undefined) {
      const message = `No such column '${name}' on sobject of type ${object.name}`;
      return { code: 'INVALID_FIELD', message, fields: [] };
    }
    if (!isWritable(context, object, field, creates)) return notWritable(field.name);
    const checked = checkValue(context.org, field, raw);
    if ('problem' in checked) return checked.problem;
    values[field.name] = checked.value;
  }
  return values;
}

function isProblem(read: Values | Problem): read is Problem {
  return typeof read['code'] === 'string' && 'message' in read;
}

function missing(object: SObject, values: Values): Problem | undefined {
  const names = object
    .fields()
    // What a load left out reads as its default; what somebody cleared is missing.
    .filter(({ required, name, defaultValue }) => {
      const value = values[name];
      return required && (value === undefined ? defaultValue : value) === null;
    })
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  return {
    code: 'REQUIRED_FIELD_MISSING',
    message: `Required fields are missing: [${names.join(', ')}]`,
    fields: names,
  };
}

/** What the customer's rules and the platform's say about a record as it would be. */
function ruleProblems(context: WriteContext, row: Row): Problem[] {
  const { object, id, values } = row;
  const lacking = missing(object, values);
  if (lacking !== undefined) return [lacking];
  const setup = setupProblem(context.org, row);
  if (setup !== undefined) return [setup];
  const duplicate = duplicateProblem(context, context.rules, {
    object,
    id,
    values,
    allowSave: context.allowDuplicates,
  });
  if (duplicate !== undefined) return [duplicate];
  const taken = uniqueProblem(context, object, id, values);
  if (taken !== undefined) return [taken];
  return validationProblems(context, context.rules, row);
}

/** The active assignment rule takes leads from their owners on any save that does not forbid it. */
function assigned(context: WriteContext, object: SObject): Values {
  const { autoAssign, rules } = context;
  return object.name === 'Lead' && autoAssign && rules.assignTo !== undefined ? { OwnerId: rules.assignTo } : {};
}

export function planCreate(context: WriteContext, object: SObject, input: Input): Plan {
  if (context.spoilt !== undefined) return { problems: [context.spoilt] };
  if (!object.flags.createable)
    return refused('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${object.label}`);
  if (Object.entries(input).some(([name, value]) => name.toLowerCase() === 'id' && (value ?? '') !== ''))
    return refused('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
  const read = readInput(context, object, input, true);
  if (isProblem(read)) return { problems: [read] };
  const { org, userId } = context;
  const defaults = Object.fromEntries(
    object.fields().flatMap(({ name, defaultValue }) => (defaultValue === null ? [] : [[name, defaultValue]])),
  ) as Values;
  const owner: Values = object.field('OwnerId') === undefined ? {} : { OwnerId: userId };
  const given = { ...defaults, ...owner, ...read, ...assigned(context, object) };
  const values = { ...given, ...derived(object.name, org, given, {}) };
  const problems = ruleProblems(context, { id: '', object, values, deletedAt: undefined, deletedWith: undefined });
  if (problems.length > 0) return { problems };
  return { created: true, apply: () => org.insert(object, values, { by: userId }).id };
}

function target(context: WriteContext, object: SObject, id: unknown): Row | Problem {
  const { org } = context;
  const canonical = canonicalId(id);
  if (canonical === undefined) return { code: 'MALFORMED_ID', message: `malformed id ${String(id)}`, fields: [] };
  const row = org.objectOfId(canonical) === object ? org.find(canonical) : undefined;
  if (row === undefined)
    return { code: 'INVALID_CROSS_REFERENCE_KEY', message: 'invalid cross reference id', fields: [] };
  if (row.deletedAt !== undefined) return { code: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] };
  return row;
}

function locked({ org }: WriteContext, row: Row): Problem | undefined {
  const accountId = row.values['AccountId'];
  const id = org.locks.refuse([row.id, typeof accountId === 'string' ? accountId : undefined]);
  if (id === undefined) return undefined;
  const message = `unable to obtain exclusive access to this record or 1 records: ${id}`;
  return { code: 'UNABLE_TO_LOCK_ROW', message, fields: [] };
}

export function planUpdate(context: WriteContext, object: SObject, id: unknown, input: Input): Plan {
  if (context.spoilt !== undefined) return { problems: [context.spoilt] };
  const row = target(context, object, id);
  if ('code' in row) return { problems: [row] };
  if (!context.org.access.writable(object))
    return refused('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id');
  if (row.values['IsConverted'] === true)
    return refused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead');
  const read = readInput(context, object, input, false);
  if (isProblem(read)) return { problems: [read] };
  const { org, userId } = context;
  const lock = locked(context, row);
  if (lock !== undefined) return { problems: [lock] };
  const changes = { ...read, ...assigned(context, object) };
  const after = { ...row.values, ...changes };
  const all = { ...changes, ...derived(object.name, org, after, row.values) };
  const problems = ruleProblems(context, { ...row, values: { ...row.values, ...all } });
  if (problems.length > 0) return { problems };
  return {
    created: false,
    apply: () => {
      org.update(row, all, { by: userId });
      return row.id;
    },
  };
}

export function planDelete(context: WriteContext, object: SObject | undefined, id: unknown): Plan {
  const canonical = canonicalId(id);
  const of = object ?? (canonical === undefined ? undefined : context.org.objectOfId(canonical));
  if (of === undefined) return refused('MALFORMED_ID', `malformed id ${String(id)}`);
  const row = target(context, of, id);
  if ('code' in row) return { problems: [row] };
  const lock = locked(context, row);
  if (lock !== undefined) return { problems: [lock] };
  return {
    created: false,
    apply: () => {
      context.org.delete(row, { by: context.userId });
      return row.id;
    },
  };
}
