import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { validationError, VendorError } from '../errors.ts';
import { bodyObject } from '../input.ts';
import { struckBy } from '../pipeline.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord } from '../store/record.ts';
import {
  conflict,
  conflictingOwner,
  createRecord,
  identifyingProperties,
  invalidValues,
  NO_PROPERTIES,
  prepareWrite,
  updateRecord,
  type PreparedWrite,
} from '../store/write.ts';
import { createdRecord, writtenRecord, type WireRecord } from '../wire.ts';
import { associateAll, readAssociationInputs } from './association-inputs.ts';
import { batchAnswer, invalidRow, missingObjects, rowError, shuffled, type RowError } from './batch-answer.ts';
import { isTraced, readInputs, refuseDuplicates, type BatchInput } from './batch-inputs.ts';
import { tableOf } from './objects.ts';

interface Row {
  readonly input: BatchInput;
  /** Undefined: to be created. */
  readonly record: CrmRecord | undefined;
  readonly prepared: PreparedWrite;
}

interface Batch {
  readonly core: Core;
  readonly table: ObjectTable;
  readonly rows: readonly Row[];
  readonly missing: readonly string[];
  /** Rows fail singly; otherwise the first bad one refuses the request. */
  readonly traced: boolean;
  readonly failedRow: number | undefined;
  readonly isUpsert: boolean;
}

export function requireUniqueProperty(table: ObjectTable, property: string): void {
  if (table.catalogue.get(property)?.hasUniqueValue === true) return;
  throw validationError(`Unable to perform update/upsert by non-unique ${table.type.typeId} property`);
}

function prepareRow(table: ObjectTable, input: BatchInput, record: CrmRecord | undefined): Row {
  const current = record?.properties ?? NO_PROPERTIES;
  return { input, record, prepared: prepareWrite(table, current, input.properties ?? {}) };
}

function write(batch: Batch, row: Row, at: number): WireRecord {
  const { core, table } = batch;
  const { input, prepared } = row;
  let { record } = row;
  const isNew = record === undefined;
  if (record === undefined) {
    record = createRecord(core.store, table, prepared.changes, at);
    associateAll(core.store, table, record, readAssociationInputs(input.associations));
  } else {
    updateRecord(core.store, { table, record, at }, prepared, core.rules);
  }
  const wire = isNew
    ? createdRecord(core.store, table, record)
    : writtenRecord(core.store, table, record, prepared.named);
  return {
    ...wire,
    ...(batch.isUpsert ? { new: isNew } : {}),
    ...(input.traceId === undefined ? {} : { objectWriteTraceId: input.traceId }),
  };
}

/** Without trace ids nothing may be written before every value has been found valid. */
function refuseInvalid(batch: Batch): void {
  if (batch.traced) return;
  const problems = batch.rows.flatMap((row) => row.prepared.problems);
  if (problems.length > 0) throw invalidValues(problems);
  for (const row of batch.rows) {
    const existing = conflictingOwner(batch.table, row.prepared.changes, row.record?.id);
    if (existing !== undefined) throw conflict(batch.table, existing.id);
  }
}

function failedByFault(input: BatchInput): RowError {
  const error = new VendorError(500, { status: 'error', message: 'internal error', category: 'INTERNAL_ERROR' });
  return rowError(error, input.traceId, { ids: [input.id ?? ''] });
}

function writeRow(batch: Batch, row: Row, at: number): WireRecord | RowError {
  if (row.prepared.problems.length > 0) return invalidRow(row.prepared.problems, row.input.traceId);
  const existing = conflictingOwner(batch.table, row.prepared.changes, row.record?.id);
  if (existing === undefined) return write(batch, row, at);
  const error = conflict(batch.table, existing.id);
  if (!batch.traced) throw error;
  return rowError(error, row.input.traceId, { existingId: [String(existing.id)] });
}

/** One e-mail address twice refuses the request like one id twice. */
function refuseSharedIdentities({ table, rows }: Batch): void {
  for (const property of identifyingProperties(table)) {
    const values = rows.map((row) => row.prepared.changes[property] ?? '');
    refuseDuplicates(values.filter((value) => value !== ''));
  }
}

function carryOut(batch: Batch, reply: FastifyReply, success: number): FastifyReply {
  const { core, rows, missing, failedRow } = batch;
  refuseSharedIdentities(batch);
  refuseInvalid(batch);
  const at = core.store.stamp();
  const results: WireRecord[] = [];
  const errors: RowError[] = missing.length > 0 ? [missingObjects(batch.table, missing)] : [];
  for (const [index, row] of rows.entries()) {
    const outcome = index === failedRow ? failedByFault(row.input) : writeRow(batch, row, at);
    if ('status' in outcome) errors.push(outcome);
    else results.push(outcome);
  }
  const answer = batchAnswer(shuffled(results), errors, core.clock.now());
  return reply.code(errors.length > 0 ? 207 : success).send(answer);
}

function failedRow(request: FastifyRequest): number | undefined {
  const fault = struckBy(request, '207-some-rows-failed');
  return fault === undefined ? undefined : (fault.row ?? 0);
}

export function batchCreate(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'write');
  const inputs = readInputs(bodyObject(request), 'properties');
  const rows = inputs.map((input) => prepareRow(table, input, undefined));
  const traced = isTraced(inputs);
  const batch = { core, table, rows, missing: [], traced, failedRow: failedRow(request), isUpsert: false };
  return carryOut(batch, reply, 201);
}

function targetOf(table: ObjectTable, { id = '', idProperty }: BatchInput): CrmRecord | undefined {
  if (idProperty !== undefined && idProperty !== 'hs_object_id') {
    requireUniqueProperty(table, idProperty);
    const owner = table.unique.owner(idProperty, id);
    return owner === undefined ? undefined : table.get(owner);
  }
  // An id that was merged away works in a single PATCH, not here.
  return table.get(Number(id));
}

export function batchUpdate(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'write');
  const inputs = readInputs(bodyObject(request), 'both');
  refuseDuplicates(inputs.map((input) => input.id ?? ''));
  const rows: Row[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    const record = targetOf(table, input);
    if (record === undefined || record.archivedAt !== undefined) missing.push(input.id ?? '');
    else rows.push(prepareRow(table, input, record));
  }
  const traced = core.rules.updateTraceIds && isTraced(inputs);
  const batch = { core, table, rows, missing, traced, failedRow: failedRow(request), isUpsert: false };
  return carryOut(batch, reply, 200);
}

/** Contacts are upserted by e-mail too; elsewhere by a unique property, or by record id, which must then exist. */
function upsertTarget(table: ObjectTable, input: BatchInput): CrmRecord | undefined {
  const { id = '', idProperty } = input;
  const byEmail = idProperty === 'email' && table.type.name === 'contacts';
  const owner = byEmail ? table.unique.owner('email', id.toLowerCase()) : undefined;
  const record = byEmail ? table.get(owner ?? Number.NaN) : targetOf(table, input);
  return record?.archivedAt === undefined ? record : undefined;
}

export function batchUpsert(core: Core, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const table = tableOf(core, request, 'write');
  const inputs = readInputs(bodyObject(request), 'both');
  refuseDuplicates(inputs.map(({ id = '', idProperty }) => (idProperty === 'email' ? id.toLowerCase() : id)));
  const rows: Row[] = [];
  const missing: string[] = [];
  for (const input of inputs) {
    const record = upsertTarget(table, input);
    const { id = '', idProperty } = input;
    if (record === undefined && idProperty === undefined) missing.push(id);
    else {
      // A record that comes into being gets the value it was looked for by.
      const identity = record === undefined && idProperty !== undefined ? { [idProperty]: id } : {};
      rows.push(prepareRow(table, { ...input, properties: { ...identity, ...input.properties } }, record));
    }
  }
  const traced = isTraced(inputs);
  const batch = { core, table, rows, missing, traced, failedRow: failedRow(request), isUpsert: true };
  return carryOut(batch, reply, 200);
}
