import { canonicalId } from '../ids.ts';
import type { SObject } from '../schema/sobject.ts';
import type { Row } from '../store/table.ts';
import { planCreate, planUpdate, type Input, type Plan, type WriteContext } from './write.ts';

/** Live records whose external id has this value. */
export function rowsWith({ org }: WriteContext, object: SObject, field: string, value: unknown): Row[] {
  if (field.toLowerCase() === 'id') {
    const row = org.find(canonicalId(value) ?? '');
    return row !== undefined && row.object === object && row.deletedAt === undefined ? [row] : [];
  }
  const name = object.field(field)?.name ?? field;
  return org
    .table(object)
    .having(name, typeof value === 'number' ? String(value) : value)
    .filter(({ deletedAt }) => deletedAt === undefined);
}

/** Whether a field may name records in an upsert: Id, external ids, and e-mail addresses, which are looked up too. */
export function namesRecords(object: SObject, field: string): boolean {
  const found = object.field(field);
  return found !== undefined && (found.type === 'id' || found.externalId || found.type === 'email');
}

/** Updates the one record that has this external id, or creates it. */
export function planUpsert(
  context: WriteContext,
  object: SObject,
  { field, input }: { field: string; input: Input },
): Plan {
  const key = Object.keys(input).find((name) => name.toLowerCase() === field.toLowerCase());
  const value = key === undefined ? undefined : input[key];
  const isId = field.toLowerCase() === 'id';
  if ((value ?? '') === '' && !isId) {
    return { problems: [{ code: 'MISSING_ARGUMENT', message: `${field} not specified`, fields: [] }] };
  }
  const found = rowsWith(context, object, field, value);
  const [row] = found;
  if (found.length > 1) {
    return {
      problems: [{ code: 'DUPLICATE_EXTERNAL_ID', message: `${field}: more than one record found`, fields: [] }],
    };
  }
  if (row !== undefined) return planUpdate(context, object, row.id, input);
  if (isId && value !== undefined) return planUpdate(context, object, value, input);
  const plan = planCreate(context, object, input);
  return 'problems' in plan ? { ...plan, created: true } : plan;
}
