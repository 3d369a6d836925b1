import {
  ConnectorError,
  QuotaExhaustedError,
  RateLimitError,
  RequestError,
  TransientError,
  type Fields,
  type FieldType,
  type FieldValue,
  type PushChange,
  type PushOutcome,
  type PushRequest,
} from 'leadloop/connector-sdk';
import { decodeValue } from './decode.ts';
import { readBatch, readRecord, updateBatch } from './endpoints.ts';
import { codesOf, propertiesOf } from './errors.ts';
import { describe } from './schema.ts';
import type { Session } from './session.ts';
import type { WireBatch, WireError, WireRecord } from './wire.ts';

/*
 * One call of batch/update for up to 100 records, and one outcome for each, whatever HubSpot answers:
 *  - A result or an error belongs to the change whose trace id or record id it names; the order means nothing, nor does the
 *    status: a 207 may hold no error, and a 200 no result.
 *  - A change that is neither in the results nor in the errors was perhaps written: it is read back, never assumed.
 *  - A 400 for the whole batch means that nothing was written because of some rows. Where it names a property that no row can
 *    set, the rows that have it are refused; else the batch is halved until the bad rows stand alone. A value that was
 *    refused once is not tried again, so the calls are bounded by the number of different bad values.
 *  - A record that is not found is asked for alone: only that way HubSpot tells which record has absorbed it.
 */

/** Milliseconds after which an unexplained failure of one row is worth another try. */
const deferredMs = 60_000;

/** Codes of a property that refuses every value; the same for any row. */
const hopelessProperty = new Set(['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE']);

/** Categories of an error of one row that will not go away by itself. */
const permanent = new Set([
  'VALIDATION_ERROR',
  'CONFLICT',
  'INVALID_DATE',
  'MISSING_REQUIRED_PROPERTY',
  'MISSING_CONDITIONAL_REQUIRED_PROPERTY',
]);

interface Push {
  readonly session: Session;
  readonly request: PushRequest;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly outcomes: Map<string, PushOutcome>;
}

export async function pushChanges(session: Session, request: PushRequest): Promise<readonly PushOutcome[]> {
  const schema = await describe(session, request.object, request.signal);
  const types = new Map(schema.map(({ name, type }) => [name, type]));
  const push: Push = { session, request, types, outcomes: new Map() };
  try {
    for (const batch of withoutRepeats(request.changes)) await writeBatch(push, batch);
  } catch (error) {
    if (!(error instanceof ConnectorError) || push.outcomes.size === 0) throw error;
    for (const change of unsettled(push, request.changes)) {
      settle(push, change, {
        status: 'deferred',
        reason: error.message,
        retryAfterMs: retryAfterMs(session, error),
        requestId: error.requestId,
      });
    }
  }
  return request.changes.flatMap(({ key }) => push.outcomes.get(key) ?? []);
}

/** HubSpot refuses a batch that names a record twice: repeats go in later batches, in their order. */
export function withoutRepeats(changes: readonly PushChange[]): readonly (readonly PushChange[])[] {
  const batches: Map<string, PushChange>[] = [];
  for (const change of changes) {
    const free = batches.find((batch) => !batch.has(change.externalId));
    if (free === undefined) batches.push(new Map([[change.externalId, change]]));
    else free.set(change.externalId, change);
  }
  return batches.map((batch) => [...batch.values()]);
}

/** Settles every change of the batch. */
async function writeBatch(push: Push, batch: readonly PushChange[]): Promise<void> {
  const refused = new Map<string, Refusal>();
  const parts = [batch];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    for (const change of part) refuse(push, change, refusalOf(change, refused));
    const open = unsettled(push, part);
    if (open.length === 0) continue;
    try {
      await update(push, open);
    } catch (error) {
      if (!(error instanceof RequestError && (error.status === 400 || error.status === 409))) throw error;
      parts.push(...afterRefusal(push, { error, changes: open, refused }));
    }
  }
}

interface Refusal {
  readonly reason: string;
  readonly field: string | null;
  readonly requestId: string | null;
}

/** What is left to send after the whole batch was refused; learns from it what need not be tried again. */
function afterRefusal(
  push: Push,
  {
    error,
    changes,
    refused,
  }: { readonly error: RequestError; readonly changes: readonly PushChange[]; readonly refused: Map<string, Refusal> },
): readonly (readonly PushChange[])[] {
  const refusal = (field: string | null): Refusal => ({ reason: error.message, field, requestId: error.requestId });
  if (
    hopelessProperty.has(error.category) &&
    changes.some(({ fields }) => error.fields.some((name) => name in fields))
  ) {
    for (const field of error.fields) refused.set(field, refusal(field));
    return [changes];
  }
  const [only, ...others] = changes;
  if (only === undefined) return [];
  if (others.length === 0) {
    const [field = null] = error.fields;
    if (field !== null && error.fields.length === 1)
      refused.set(`${field}=${encodeValue(only.fields[field] ?? null)}`, refusal(field));
    refuse(push, only, refusal(field));
    return [];
  }
  const middle = Math.ceil(changes.length / 2);
  return [changes.slice(middle), changes.slice(0, middle)];
}

/** The refusal that this change would meet again. */
function refusalOf({ fields }: PushChange, refused: ReadonlyMap<string, Refusal>): Refusal | undefined {
  const keys = Object.entries(fields).flatMap(([name, value]) => [name, `${name}=${encodeValue(value)}`]);
  return keys.map((key) => refused.get(key)).find((refusal) => refusal !== undefined);
}

/** One call. @throws RequestError when HubSpot refuses the batch as a whole. */
async function update(push: Push, changes: readonly PushChange[]): Promise<void> {
  const { client } = push.session;
  const { object, signal } = push.request;
  const inputs = changes.map(({ key, externalId, fields }) => ({
    id: externalId,
    properties: encodeFields(fields),
    objectWriteTraceId: key,
  }));
  const { body, requestId } = await updateBatch(client, object, inputs, signal);
  const missing = takeErrors(push, { changes, body, requestId });
  takeResults(push, { changes, body, requestId });
  for (const change of missing) await settleMissing(push, change, requestId);
  await readBack(push, unsettled(push, changes), requestId);
}

interface Reply {
  readonly changes: readonly PushChange[];
  readonly body: WireBatch<WireRecord>;
  readonly requestId: string | null;
}

/** Settles the changes that the errors name; returns those whose record was not found. */
function takeErrors(push: Push, { changes, body, requestId }: Reply): readonly PushChange[] {
  const missing: PushChange[] = [];
  for (const error of body.errors ?? []) {
    const named = new Set([...(error.context?.['objectWriteTraceId'] ?? []), ...(error.context?.['ids'] ?? [])]);
    const meant = changes.filter(({ key, externalId }) => named.has(key) || named.has(externalId));
    if (error.category === 'OBJECT_NOT_FOUND') missing.push(...meant);
    else for (const change of meant) settle(push, change, outcomeOf(error, requestId));
  }
  return missing;
}

function outcomeOf(error: WireError, requestId: string | null): Unkeyed {
  const codes = [error.category ?? 'no category', ...codesOf(error)].join(' ');
  const reason = `HubSpot refused this record: ${codes}.`;
  return permanent.has(error.category ?? '')
    ? { status: 'rejected', reason, field: propertiesOf(error)[0] ?? null, requestId }
    : { status: 'deferred', reason, retryAfterMs: deferredMs, requestId };
}

/** Settles the changes whose result shows every field that was sent. */
function takeResults(push: Push, { changes, body, requestId }: Reply): void {
  for (const result of body.results) {
    const change = changes.find(({ key, externalId }) => key === result.objectWriteTraceId || externalId === result.id);
    if (change === undefined || push.outcomes.has(change.key)) continue;
    if (!Object.keys(change.fields).every((name) => name in result.properties)) continue;
    settle(push, change, { status: 'applied', fields: shown(push, change, result), requestId });
  }
}

async function settleMissing(push: Push, change: PushChange, requestId: string | null): Promise<void> {
  const { object, signal } = push.request;
  const found = await readRecord(push.session.client, object, { id: change.externalId, properties: [] }, signal);
  if (found?.id === change.externalId) {
    settle(push, change, {
      status: 'deferred',
      reason: 'HubSpot finds this record only when asked for it alone.',
      retryAfterMs: deferredMs,
      requestId,
    });
  } else {
    settle(push, change, { status: 'gone', mergedInto: found?.id ?? null, requestId });
  }
}

/** Settles changes of which HubSpot said nothing, or not everything, by what their records hold now. */
async function readBack(push: Push, changes: readonly PushChange[], requestId: string | null): Promise<void> {
  if (changes.length === 0) return;
  const { object, signal } = push.request;
  const properties = [...new Set(changes.flatMap(({ fields }) => Object.keys(fields)))];
  const ids = changes.map(({ externalId }) => externalId);
  const { results } = await readBatch(push.session.client, object, { ids, properties }, signal);
  const records = new Map(results.map((record) => [record.id, record]));
  for (const change of changes) {
    const record = records.get(change.externalId);
    if (record === undefined) await settleMissing(push, change, requestId);
    else settle(push, change, verdictOf(push, { change, record, requestId }));
  }
}

function verdictOf(
  push: Push,
  {
    change,
    record,
    requestId,
  }: { readonly change: PushChange; readonly record: WireRecord; readonly requestId: string | null },
): Unkeyed {
  const names = Object.keys(change.fields);
  const unknown = names.find((name) => !(name in record.properties));
  if (unknown !== undefined)
    return { status: 'rejected', reason: 'HubSpot has no such property.', field: unknown, requestId };
  const fields = shown(push, change, record);
  const isWritten = names.every((name) => isSame(fields[name], intended(push, name, change.fields[name] ?? null)));
  return isWritten
    ? { status: 'applied', fields, requestId }
    : {
        status: 'deferred',
        reason: 'HubSpot took the batch without a word on this record.',
        retryAfterMs: deferredMs,
        requestId,
      };
}

/** What the record holds in the fields that were sent. */
function shown(push: Push, { fields }: PushChange, { properties }: WireRecord): Fields {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, decoded(push, name, properties[name] ?? null)]));
}

/** The value as it would come back. */
function intended(push: Push, name: string, value: FieldValue): FieldValue {
  return decoded(push, name, encodeValue(value));
}

function decoded({ types }: Push, name: string, text: string | null): FieldValue {
  const value = decodeValue(types.get(name) ?? 'text', text);
  return value === undefined ? text : value;
}

function isSame(left: FieldValue | undefined, right: FieldValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function encodeFields(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, encodeValue(value)]));
}

/** '' clears a property; HubSpot takes null for "leave it". Numbers have no thousands separators, lists semicolons. */
export function encodeValue(value: FieldValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.join(';') : String(value);
}

type Unkeyed = PushOutcome extends infer Outcome ? (Outcome extends PushOutcome ? Omit<Outcome, 'key'> : never) : never;

function settle(push: Push, { key }: PushChange, outcome: Unkeyed): void {
  push.outcomes.set(key, { key, ...outcome });
}

function refuse(push: Push, change: PushChange, refusal: Refusal | undefined): void {
  if (refusal !== undefined) settle(push, change, { status: 'rejected', ...refusal });
}

function unsettled({ outcomes }: Push, changes: readonly PushChange[]): readonly PushChange[] {
  return changes.filter(({ key }) => !outcomes.has(key));
}

function retryAfterMs({ context }: Session, error: ConnectorError): number {
  if (error instanceof QuotaExhaustedError) return Math.max(0, error.resetAt.getTime() - context.now().getTime());
  const asked = error instanceof RateLimitError || error instanceof TransientError ? error.retryAfterMs : null;
  return asked ?? deferredMs;
}
