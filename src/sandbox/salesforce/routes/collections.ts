import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { restError, type Problem } from '../errors.ts';
import { bodyObject, isObject, param, parameter, textOf, type JsonObject } from '../input.ts';
import { struckBy } from '../pipeline.ts';
import type { SObject } from '../schema/sobject.ts';
import { attributes, wireValue, type Wire } from '../soql/render.ts';
import { canonicalId } from '../ids.ts';
import { planUpsert } from '../write/upsert.ts';
import { planCreate, planDelete, planUpdate, type Plan, type WriteContext } from '../write/write.ts';
import { DATA, objectParam, readerOf, version, writerOf } from './context.ts';

const MAX_RECORDS = 200;
/** Ids one retrieve may name. */
const MAX_RETRIEVED = 2_000;
/** Runs of one type; more are refused. */
const MAX_CHUNKS = 10;

interface ItemResult {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: readonly string[] }[];
  created?: boolean;
}

const UNTYPED: Problem = {
  code: 'JSON_PARSER_ERROR',
  message: 'Nested object for polymorphic foreign key must have an attributes field before any other fields.',
};

const ROLLED_BACK: Problem = {
  code: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
};

/** A failed row has no id: only its place tells which one it was. */
function failure(problems: readonly Problem[]): ItemResult {
  const errors = problems.map(({ code, message, fields = [] }) => ({ statusCode: code, message, fields }));
  return { success: false, errors };
}

/** Upserts tell of failed rows, too, whether they would have been new; of rows that cannot be read, they do not. */
function createdBy(plan: Plan): boolean {
  return plan.created === true && !('problems' in plan && plan.problems[0]?.code === 'JSON_PARSER_ERROR');
}

function typeOf(record: JsonObject): string {
  const { attributes: own } = record;
  return isObject(own) && typeof own['type'] === 'string' ? own['type'] : '';
}

function checkCount(count: number, most = MAX_RECORDS): void {
  if (count === 0) throw restError(400, 'REQUIRED_FIELD_MISSING', 'At least 1 record is required');
  if (count > most) {
    const message = `record limit reached. cannot submit more than ${most} records in this operation`;
    throw restError(400, 'EXCEEDED_MAX_SIZE_REQUEST', message);
  }
}

function recordsOf(body: JsonObject): JsonObject[] {
  const { records } = body;
  if (!Array.isArray(records)) throw restError(400, 'JSON_PARSER_ERROR', 'records must be an array');
  checkCount(records.length);
  const typed = records.map((record: unknown) => (isObject(record) ? record : {}));
  const chunks = typed.filter((record, at) => at === 0 || typeOf(record) !== typeOf(typed[at - 1] ?? {})).length;
  if (chunks > MAX_CHUNKS) {
    const message = `Cannot have more than ${MAX_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking.`;
    throw restError(400, 'LIMIT_EXCEEDED', message);
  }
  return typed;
}

/** Keys that occur more than once in one request: all of their rows are refused. */
function repeated(keys: readonly (string | undefined)[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const key of keys) {
    if (key === undefined) continue;
    if (seen.has(key)) again.add(key);
    seen.add(key);
  }
  return again;
}

function duplicate(message: string): Plan {
  return { problems: [{ code: 'DUPLICATE_VALUE', message }] };
}

type MakePlan = (context: WriteContext, item: number) => Plan;

interface Batch {
  readonly size: number;
  readonly allOrNone: boolean;
  readonly upserts: boolean;
  readonly plan: MakePlan;
}

function spoiltRow(request: FastifyRequest): { row: number; problem: Problem } | undefined {
  const fault = struckBy(request, 'row-fails');
  if (fault === undefined) return undefined;
  const { code = 'UNABLE_TO_LOCK_ROW', row = 0 } = fault;
  return {
    row,
    problem: {
      code,
      message: code === 'UNABLE_TO_LOCK_ROW' ? 'unable to obtain exclusive access to this record' : code,
    },
  };
}

/** Rows are carried out one by one, or not at all if one is bad and all were wanted. */
function run(core: Core, request: FastifyRequest, { size, allOrNone, upserts, plan }: Batch): ItemResult[] {
  const context = writerOf(core, request);
  const spoilt = spoiltRow(request);
  const planned = (at: number): Plan =>
    plan({ ...context, spoilt: spoilt?.row === at ? spoilt.problem : undefined }, at);
  const places = Array.from({ length: size }, (_, at) => at);
  if (allOrNone) {
    const plans = places.map(planned);
    if (plans.some((one) => 'problems' in one)) {
      return plans.map((one) => ({
        ...failure('problems' in one ? one.problems : [ROLLED_BACK]),
        ...(upserts ? { created: createdBy(one) } : {}),
      }));
    }
    return plans.map((one) => finish(one, upserts));
  }
  return places.map((at) => finish(planned(at), upserts));
}

function finish(plan: Plan, upserts: boolean): ItemResult {
  const created = upserts ? { created: createdBy(plan) } : {};
  if ('problems' in plan) return { ...failure(plan.problems), ...created };
  return { id: plan.apply(), success: true, errors: [], ...created };
}

function invalidType(name: string): Plan {
  if (name === '') return { problems: [UNTYPED] };
  return { problems: [{ code: 'INVALID_TYPE', message: `sObject type '${name}' is not supported.` }] };
}

function write(
  core: Core,
  request: FastifyRequest,
  plan: (context: WriteContext, object: SObject, record: JsonObject) => Plan,
): ItemResult[] {
  const body = bodyObject(request);
  const records = recordsOf(body);
  return run(core, request, {
    size: records.length,
    allOrNone: body['allOrNone'] === true,
    upserts: false,
    plan: (context, at) => {
      const record = records[at] ?? {};
      const object = core.world.org.object(typeOf(record));
      return object === undefined ? invalidType(typeOf(record)) : plan(context, object, record);
    },
  });
}

const NO_ID: Plan = { problems: [{ code: 'MISSING_ARGUMENT', message: 'Id not specified in an update call' }] };

function updateAll(core: Core, request: FastifyRequest): ItemResult[] {
  const idOf = (record: JsonObject): unknown => record['id'] ?? record['Id'];
  const { records } = bodyObject(request);
  const rows = Array.isArray(records) ? records.filter(isObject) : [];
  const again = repeated(rows.map((record) => canonicalId(idOf(record))));
  return write(core, request, (context, object, record) => {
    const id = idOf(record);
    if (id === undefined || id === null) return NO_ID;
    if (again.has(canonicalId(id) ?? '')) return duplicate(`Duplicate id in list: ${textOf(id) ?? ''}`);
    return planUpdate(context, object, id, record);
  });
}

function keyOf(record: JsonObject, field: string): string | undefined {
  const entry = Object.entries(record).find(([name]) => name.toLowerCase() === field.toLowerCase());
  return textOf(entry?.[1])?.toLowerCase();
}

/** An upsert names its object and key in the path; a record of another type is refused. */
function upsertAll(core: Core, request: FastifyRequest): ItemResult[] {
  const object = objectParam(core, request);
  const field = param(request, 'field');
  const body = bodyObject(request);
  const records = recordsOf(body);
  const again = repeated(records.map((record) => keyOf(record, field)));
  return run(core, request, {
    size: records.length,
    allOrNone: body['allOrNone'] === true,
    upserts: true,
    plan: (context, at) => {
      const input = records[at] ?? {};
      if (core.world.org.object(typeOf(input)) !== object) return invalidType(typeOf(input));
      const key = keyOf(input, field);
      if (key !== undefined && again.has(key)) return duplicate(`Duplicate external id specified: ${key}`);
      return planUpsert(context, object, { field, input });
    },
  });
}

function deleteAll(core: Core, request: FastifyRequest): ItemResult[] {
  const ids = (parameter(request, 'ids') ?? '').split(',').filter((id) => id !== '');
  checkCount(ids.length);
  return run(core, request, {
    size: ids.length,
    allOrNone: parameter(request, 'allOrNone') === 'true',
    upserts: false,
    plan: (context, at) => planDelete(context, undefined, ids[at]),
  });
}

/** Reads in the order of the ids; null where there is nothing to see. */
function retrieve(
  core: Core,
  request: FastifyRequest,
  wanted: { ids: readonly string[]; fields: readonly string[] },
): (Wire | null)[] {
  const object = objectParam(core, request);
  const reader = readerOf(core);
  checkCount(wanted.ids.length, MAX_RETRIEVED);
  if (wanted.fields.length === 0) throw restError(400, 'REQUIRED_FIELD_MISSING', 'At least 1 field is required');
  const fields = wanted.fields.map((name) => {
    const field = reader.org.access.visible(reader.userId, object, name);
    if (field === undefined)
      throw restError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    return field;
  });
  return wanted.ids.map((id) => {
    const row = reader.org.find(canonicalId(id) ?? '');
    if (row === undefined || row.object !== object || row.deletedAt !== undefined) return null;
    const wire: Wire = { attributes: attributes(row, version(request)) };
    for (const field of fields) wire[field.name] = wireValue(reader.org, row, field);
    return wire;
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function collectionRoutes(app: FastifyInstance, core: Core): void {
  const base = `${DATA}/composite/sobjects`;
  app.post(base, (request) => write(core, request, planCreate));
  app.patch(base, (request) => updateAll(core, request));
  app.delete(base, (request) => deleteAll(core, request));
  app.patch(`${base}/:object/:field`, (request) => upsertAll(core, request));
  app.post(`${base}/:object`, (request) => {
    const { ids, fields } = bodyObject(request);
    return retrieve(core, request, { ids: strings(ids), fields: strings(fields) });
  });
  app.get(`${base}/:object`, (request) => {
    const list = (name: string): string[] => (parameter(request, name) ?? '').split(',').filter((part) => part !== '');
    return retrieve(core, request, { ids: list('ids'), fields: list('fields') });
  });
}
