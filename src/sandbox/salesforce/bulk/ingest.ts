import type { Problem } from '../errors.ts';
import type { Field } from '../schema/field.ts';
import type { SObject } from '../schema/sobject.ts';
import { planCreate, planDelete, planUpdate, type Input, type Plan, type WriteContext } from '../write/write.ts';
import { planUpsert } from '../write/upsert.ts';
import { textOf } from '../input.ts';
import { csvLine, parseCsv } from './csv.ts';

export type IngestOperation = 'insert' | 'update' | 'upsert' | 'delete';

/** An empty cell leaves the field alone; this one clears it. */
const CLEAR = '#N/A';

export interface IngestResults {
  successful: string;
  failed: string;
  unprocessed: string;
  processed: number;
  failures: number;
  /** Why the whole job failed. */
  error?: string;
}

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

interface IngestOrder {
  readonly object: SObject;
  readonly operation: IngestOperation;
  readonly externalId: string | undefined;
}

/** The cells of a row by column; empty ones are not there. */
function inputOf(object: SObject, columns: readonly string[], cells: readonly string[]): Input {
  const entries = columns.flatMap((column, at) => {
    const text = cells[at] ?? '';
    const field = object.field(column);
    return text === '' || field === undefined ? [] : [[column, cellValue(field, text)] as const];
  });
  return Object.fromEntries(entries);
}

function plan(context: WriteContext, { object, operation, externalId }: IngestOrder, input: Input): Plan {
  const id = input['Id'] ?? input['id'] ?? '';
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

/** `CODE:message:fields --`, as failed results print it. */
function errorText(problem: Problem, columns: readonly string[], { object }: IngestOrder, input: Input): string {
  const { code, message, fields = [] } = problem;
  if (code !== 'JSON_PARSER_ERROR') return `${code}:${message}:${fields.join(',')} --`;
  const value = /from \S+ value (.*) or request may be/.exec(message)?.[1] ?? '';
  const column = columns.findIndex((name) => String(input[name]) === value);
  const name = columns[column] ?? '';
  const type = XSD[object.field(name)?.type ?? 'double'] ?? 'double';
  return `INVALID_FIELD:Failed to deserialize field at col ${column}. Due to, '${value}' is not a valid value for the type xsd:${type}:${name} --`;
}

/** Carries out a job. Results come in an order of their own. */
export function ingest(context: WriteContext, order: IngestOrder, csv: string): IngestResults {
  const [columns = [], ...rows] = parseCsv(csv);
  const own = columns.join(',');
  const heads = {
    successful: `"sf__Id","sf__Created",${own}\n`,
    failed: `"sf__Id","sf__Error",${own}\n`,
    unprocessed: csvLine(columns),
  };
  const unknown = columns.find((name) => order.object.field(name) === undefined);
  if (unknown !== undefined) {
    const error = `InvalidBatch : Field name not found : ${unknown}`;
    return { ...heads, unprocessed: heads.unprocessed + rows.map(csvLine).join(''), processed: 0, failures: 0, error };
  }
  const successful: string[] = [];
  const failed: string[] = [];
  for (const cells of rows) {
    const input = inputOf(order.object, columns, cells);
    const done = plan(context, order, input);
    if ('apply' in done) successful.push(csvLine([done.apply(), String(done.created), ...cells]));
    else {
      const [problem = { code: 'UNKNOWN_EXCEPTION', message: '' }] = done.problems;
      const id = textOf(input['Id']) ?? '';
      failed.push(csvLine([id, errorText(problem, columns, order, input), ...cells]));
    }
  }
  return {
    successful: heads.successful + successful.toReversed().join(''),
    failed: heads.failed + failed.join(''),
    unprocessed: heads.unprocessed,
    processed: rows.length,
    failures: failed.length,
  };
}
