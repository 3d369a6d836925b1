import { invalidValues } from '../store/write.ts';
import type { ErrorBody, VendorError } from '../errors.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { ValueProblem } from '../values.ts';
import type { WireRecord } from '../wire.ts';

export interface RowError {
  status: 'error';
  category?: string;
  subCategory?: string;
  message: string;
  context?: Record<string, readonly string[]>;
  errors?: ErrorBody['errors'];
}

interface BatchAnswer<Row = WireRecord> {
  completedAt: string;
  status: 'COMPLETE';
  startedAt: string;
  results: Row[];
  errors?: RowError[];
  numErrors?: number;
}

/** `status` says COMPLETE for partial and for total failure too. */
export function batchAnswer<Row>(results: Row[], errors: RowError[], at: number): BatchAnswer<Row> {
  const instant = new Date(at).toISOString();
  const answer: BatchAnswer<Row> = { completedAt: instant, status: 'COMPLETE', startedAt: instant, results };
  return errors.length > 0 ? { ...answer, errors, numErrors: errors.length } : answer;
}

/** Results come in another order than the inputs, the same one each time. */
export function shuffled<Row>(rows: readonly Row[]): Row[] {
  const odd = rows.filter((_, index) => index % 2 === 1);
  const even = rows.filter((_, index) => index % 2 === 0);
  return [...odd.toReversed(), ...even];
}

export function missingObjects(table: ObjectTable, ids: readonly string[]): RowError {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    message:
      `Could not get some ${table.type.legacyName} objects, they may be deleted or not exist. ` +
      'Check that ids are valid.',
    context: { ids },
  };
}

/** What refuses a whole request without trace ids, as one row of a 207 with them. */
export function rowError(
  error: VendorError,
  traceId: string | undefined,
  extra: Record<string, string[]> = {},
): RowError {
  const { body } = error;
  if (typeof body === 'string') return { status: 'error', message: error.message };
  return {
    status: 'error',
    ...(body.category === undefined ? {} : { category: body.category }),
    message: body.message,
    context: { ...(traceId === undefined ? {} : { objectWriteTraceId: [traceId] }), ...extra },
    ...(body.errors === undefined ? {} : { errors: body.errors }),
  };
}

export function invalidRow(problems: readonly ValueProblem[], traceId: string | undefined): RowError {
  return rowError(invalidValues(problems), traceId);
}
