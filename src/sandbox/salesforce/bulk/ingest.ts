import type { Problem } from '../errors.ts';
import type { Field } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import { planCreate, planDelete, planUpdate, type Input, type Plan, type WriteContext } from '../write/write.ts';
import { planUpsert } from '../write/upsert.ts';
import { textOf } from '../input.ts';

export type IngestOperation = 'insert' | 'update' | 'upsert' | 'delete';

export interface IngestOrder {
  readonly object: SObject;
  readonly operation: IngestOperation;
  readonly externalId: string | undefined;
}

export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What became of one row. */
export interface Outcome {
  /** Empty if no record could be named. */
  readonly id: string;
  readonly created: boolean;
  /** `CODE:message:fields --`. */
  readonly error: string | undefined;
}

/** An empty cell leaves the field alone; this one clears it. */
const CLEAR = '#N/A';

const XSD: Partial<Record<Field['type'], string>> = {
  boolean: 'boolean',
  int: 'int',
  date: 'date',
  datetime: 'dateTime',
};

function cellValue(field: Field, text: string): unknown {
  if (text === CLEAR) return null;
  if (field.type === 'boolean') return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : text;
  if (['int', 'double', 'currency', 'percent'].includes(field.type)) {
    return Number.isNaN(Number(text)) ? text : Number(text);
  }
  return text;
}

/** The cells of a row by column; empty ones are not there. */
function inputOf(object: SObject, columns: readonly string[], cells: readonly string[]): Input {
  const entries = columns.flatMap((column, at) => {
    const text = cells[at] ?? '';
    const field = object.field(column);
    return text === '' || field === undefined ? [] : [[field.name, cellValue(field, text)] as const];
  });
  return Object.fromEntries(entries);
}

function plan(context: WriteContext, { object, operation, externalId }: IngestOrder, input: Input): Plan {
  const id = input['Id'] ?? '';
  switch (operation) {
    case 'insert':
      return planCreate(context, object, input);
    case 'update':
      return planUpdate(context, object, id, input);
    case 'delete':
      return planDelete(context, object, id);
    case 'upsert':
      return planUpsert(context, object, { field: externalId ?? 'Id', input });
  }
}

/** As failed results print it. */
function errorText(problem: Problem, columns: readonly string[], { object }: IngestOrder, input: Input): string {
  const { code, message, fields = [] } = problem;
  if (code !== 'JSON_PARSER_ERROR') return `${code}:${message}:${fields.join(',')} --`;
  const value = /from \S+ value (.*) or request may be/.exec(message)?.[1] ?? '';
  const names = columns.map((column) => object.field(column)?.name ?? column);
  const column = names.findIndex((name) => String(input[name]) === value);
  const name = names[column] ?? '';
  const type = XSD[object.field(name)?.type ?? 'double'] ?? 'double';
  return `INVALID_FIELD:Failed to deserialize field at col ${column}. Due to, '${value}' is not a valid value for the type xsd:${type}:${name} --`;
}

/** A column the loading user knows nothing of fails the whole job before its first row. */
export function unknownColumn({ org, userId }: WriteContext, object: SObject, { columns }: Sheet): string | undefined {
  return columns.find((name) => org.access.visible(userId, object, name) === undefined);
}

/** Carries out the rows, one by one. */
export function ingest(context: WriteContext, order: IngestOrder, { columns, rows }: Sheet): Outcome[] {
  return rows.map((cells) => {
    const input = inputOf(order.object, columns, cells);
    const done = plan(context, order, input);
    if ('apply' in done) return { id: done.apply(), created: done.created, error: undefined };
    const [problem = { code: 'UNKNOWN_EXCEPTION', message: '' }] = done.problems;
    const error = errorText(problem, columns, order, input);
    return { id: textOf(input['Id']) ?? '', created: false, error };
  });
}
