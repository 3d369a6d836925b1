import {
  ConnectorError,
  QuotaExhaustedError,
  RateLimitError,
  RequestError,
  TransientError,
  type FieldSchema,
  type Fields,
  type FieldType,
  type FieldValue,
  type PushChange,
  type PushOutcome,
  type PushRequest,
} from 'leadloop/connector-sdk';
import { fitsTable, idKey, ingest, type Row } from './bulk/ingest.ts';
import { decodeValue } from './decode.ts';
import { updateCollection } from './endpoints.ts';
import { fateOf, type Fate } from './fate.ts';
import { collectionSize } from './limits.ts';
import { objectNamed } from './objects.ts';
import { batchesOf, isId, readerFor, type Reader } from './reader.ts';
import { cachedSchema, describe } from './schema.ts';
import type { Session } from './session.ts';
import type { WireRecord, WireSaved } from './wire.ts';

/*
 * One call of sObject Collections for up to 200 records, and one outcome for each, whatever Salesforce answers. More than 200
 * go by a job of Bulk first (see `bulk/ingest.ts`), and by calls where that leaves a record open.
 *  - Results come in the order of the records, and failed ones may have no id: they belong together by place. The status is
 *    200 even if every record failed.
 *  - What the object does not have, or does not let us write, is refused here: Salesforce would refuse the whole call for it.
 *    If it does so all the same, the schema is read anew; then the batch is halved until the bad rows stand alone.
 *  - A record of which nothing was said was perhaps written: it is read back, never assumed.
 *  - A record that is gone is looked for in the recycle bin, which names what absorbed it; a converted lead names its contact.
 */

/** Milliseconds after which an unexplained failure of one row is worth another try. */
const deferredMs = 60_000;

interface Push {
  readonly session: Session;
  readonly request: PushRequest;
  readonly outcomes: Map<string, PushOutcome>;
  /** What is needed to find out about records that were not written. */
  readonly reader: Reader;
  schema: ReadonlyMap<string, FieldSchema>;
}

export async function pushChanges(session: Session, request: PushRequest): Promise<readonly PushOutcome[]> {
  const { object, changes, signal } = request;
  const names = [...new Set(changes.flatMap(({ fields }) => Object.keys(fields)))];
  const fate = object === 'Lead' ? ['IsConverted', 'ConvertedContactId'] : [];
  const reader = await readerFor(session, objectNamed(object), { fields: [...names, ...fate], signal });
  const schema = named(await describe(session, object, signal));
  const push: Push = { session, request, outcomes: new Map(), reader, schema };
  try {
    for (const batch of withoutRepeats(changes)) {
      if (batch.length > collectionSize) await writeMass(push, batch);
      for (const part of batchesOf(unsettled(push, batch), collectionSize)) await writeBatch(push, part);
    }
  } catch (error) {
    if (!(error instanceof ConnectorError) || push.outcomes.size === 0) throw error;
    const retryAfterMs = retryAfter(session, error);
    for (const change of unsettled(push, changes)) {
      settle(push, change, { status: 'deferred', reason: error.message, retryAfterMs, requestId: null });
    }
  }
  return changes.flatMap(({ key }) => push.outcomes.get(key) ?? []);
}

/** Salesforce refuses a call that names a record twice: repeats go in later batches, in their order. */
function withoutRepeats(changes: readonly PushChange[]): readonly (readonly PushChange[])[] {
  const batches: Map<string, PushChange>[] = [];
  for (const change of changes) {
    const id = idKey(change.externalId);
    const free = batches.find((batch) => !batch.has(id));
    if (free === undefined) batches.push(new Map([[id, change]]));
    else free.set(id, change);
  }
  return batches.map((batch) => [...batch.values()]);
}

/** Settles what a job of Bulk has told; what it has not is left for calls. */
async function writeMass(push: Push, batch: readonly PushChange[]): Promise<void> {
  const { session, request } = push;
  refuseHopeless(push, batch);
  const open = new Map(unsettled(push, batch).map((change) => [idKey(change.externalId), change]));
  const rows = function* (): Generator<Row, void, void> {
    for (const { externalId, fields } of open.values()) {
      const row = { id: externalId, fields: encodeFields(push, fields) };
      if (fitsTable(row)) yield row;
    }
  };
  const tell = (key: string, saved: WireSaved): void => {
    const change = open.get(key);
    // A record that is not there to be written stays open: a call finds out what became of it.
    if (change !== undefined) settleResult(push, change, saved);
  };
  const columns = [...new Set([...open.values()].flatMap(({ fields }) => Object.keys(fields)))];
  await ingest(session, { object: request.object, columns, rows: rows(), tell }, request.signal);
}

/** Settles every change of the batch. */
async function writeBatch(push: Push, batch: readonly PushChange[]): Promise<void> {
  let isFresh = false;
  const parts = [batch];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    refuseHopeless(push, part);
    const open = unsettled(push, part);
    if (open.length === 0) continue;
    try {
      await update(push, open);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (!isFresh) {
        isFresh = true;
        push.schema = named(
          await cachedSchema(push.session, push.request.object, { maxAgeMs: 0, signal: push.request.signal }),
        );
        parts.push(open);
      } else {
        parts.push(...halves(push, open, error));
      }
    }
  }
}

/** What is left to send after the whole batch was refused; a row that stands alone is to blame. */
function halves(push: Push, changes: readonly PushChange[], error: RequestError): readonly (readonly PushChange[])[] {
  const [only, ...others] = changes;
  if (only === undefined) return [];
  if (others.length === 0) {
    settle(push, only, { status: 'rejected', reason: error.message, field: error.fields[0] ?? null, requestId: null });
    return [];
  }
  const middle = Math.ceil(changes.length / 2);
  return [changes.slice(middle), changes.slice(0, middle)];
}

/** Refuses what can be seen to be wrong without a call. */
function refuseHopeless(push: Push, changes: readonly PushChange[]): void {
  for (const change of unsettled(push, changes)) {
    const problem = problemOf(push, change);
    if (problem !== null) settle(push, change, { status: 'rejected', requestId: null, ...problem });
  }
}

function problemOf(
  { schema }: Push,
  { externalId, fields }: PushChange,
): { readonly field: string | null; readonly reason: string } | null {
  if (!isId(externalId)) return { field: null, reason: 'This is no id of a Salesforce record.' };
  for (const name of Object.keys(fields)) {
    const field = schema.get(name);
    if (field === undefined) {
      return { field: name, reason: 'Salesforce has no such field, or does not show it to the integration user.' };
    }
    if (field.readOnly) return { field: name, reason: 'The integration user may not write this field.' };
  }
  return null;
}

/** One call. @throws RequestError when Salesforce refuses the batch as a whole. */
async function update(push: Push, changes: readonly PushChange[]): Promise<void> {
  const { object, signal } = push.request;
  const updates = changes.map(({ externalId, fields }) => ({ id: externalId, fields: encodeFields(push, fields) }));
  const saved = await updateCollection(push.session.client, object, updates, signal);
  const isAnswer = saved.length === changes.length;
  const missing: PushChange[] = [];
  if (isAnswer) {
    changes.forEach((change, index) => {
      const result = saved[index];
      if (result === undefined || settleResult(push, change, result)) return;
      missing.push(change);
    });
  }
  await settleMissing(push, missing);
  await readBack(push, unsettled(push, changes));
}

/** False = the record is not there to be written: `settleMissing` has to find out more. */
function settleResult(push: Push, change: PushChange, { success, errors }: WireSaved): boolean {
  if (success) {
    settle(push, change, { status: 'applied', fields: intended(push, change.fields), requestId: null });
    return true;
  }
  const fate: Fate = fateOf(errors ?? []);
  if (fate.kind === 'missing') return false;
  const { reason } = fate;
  if (fate.kind === 'deferred') {
    settle(push, change, { status: 'deferred', reason, retryAfterMs: fate.retryAfterMs, requestId: null });
  } else {
    settle(push, change, { status: 'rejected', reason, field: fate.field, requestId: null });
  }
  return true;
}

async function settleMissing(push: Push, changes: readonly PushChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = await push.reader.found(changes.map(({ externalId }) => externalId));
  for (const change of changes) settle(push, change, whereabouts(rows.get(change.externalId) ?? null, change));
}

/** What became of a record that could not be written. */
function whereabouts(row: WireRecord | null, { externalId }: PushChange): Unkeyed {
  const gone = (mergedInto: string | null): Unkeyed => ({ status: 'gone', mergedInto, requestId: null });
  if (row === null) return gone(null);
  if (row.Id !== externalId) return gone(row.Id);
  if (row['IsConverted'] === true) {
    const contact = row['ConvertedContactId'];
    return gone(typeof contact === 'string' ? contact : null);
  }
  return {
    status: 'deferred',
    reason: 'Salesforce calls this record gone, and shows it.',
    retryAfterMs: deferredMs,
    requestId: null,
  };
}

/** Settles changes of which Salesforce said nothing by what their records hold now. */
async function readBack(push: Push, changes: readonly PushChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = await push.reader.found(changes.map(({ externalId }) => externalId));
  for (const change of changes) {
    const row = rows.get(change.externalId) ?? null;
    const isWritten = row !== null && row.Id === change.externalId && holds(push, row, change.fields);
    if (isWritten) settle(push, change, { status: 'applied', fields: intended(push, change.fields), requestId: null });
    else if (row === null || row.Id !== change.externalId) settle(push, change, whereabouts(row, change));
    else {
      const reason = 'Salesforce took the batch without a word on this record.';
      settle(push, change, { status: 'deferred', reason, retryAfterMs: deferredMs, requestId: null });
    }
  }
}

function holds({ schema }: Push, row: WireRecord, fields: Fields): boolean {
  const wanted = intendedIn(schema, fields);
  return Object.entries(wanted).every(([name, value]) => {
    const shown = decodeValue(schema.get(name)?.type ?? 'text', row[name]);
    return JSON.stringify(shown) === JSON.stringify(value);
  });
}

function intended({ schema }: Push, fields: Fields): Fields {
  return intendedIn(schema, fields);
}

/** The values as they would come back. */
function intendedIn(schema: ReadonlyMap<string, FieldSchema>, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, asKept(schema.get(name)?.type ?? 'text', value)]),
  );
}

/**
 * As a field of this type keeps it: a checkbox is never blank, blank text is null, an instant has whole seconds, a date no time,
 * and a text field takes neither a number nor a boolean (`Cannot deserialize instance of string from VALUE_TRUE`).
 */
function asKept(type: FieldType, value: FieldValue): FieldValue {
  if (value === null || value === '') return type === 'boolean' ? false : null;
  if (type === 'date' || type === 'datetime') return typeof value === 'string' ? instantAs(type, value) : value;
  return (type === 'text' || type === 'option') && typeof value !== 'object' ? String(value) : value;
}

function instantAs(type: 'date' | 'datetime', text: string): string {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) return text;
  const iso = new Date(Math.floor(instant / 1_000) * 1_000).toISOString();
  return type === 'date' ? iso.slice(0, 10) : iso;
}

type Encoded = string | number | boolean | null;

function encodeFields({ schema }: Push, fields: Fields): Readonly<Record<string, Encoded>> {
  return Object.fromEntries(
    Object.entries(intendedIn(schema, fields)).map(([name, value]) => [name, encodeValue(value)]),
  );
}

/** Null clears a field; the options of a multi-select picklist are joined by semicolons. */
function encodeValue(value: FieldValue): Encoded {
  return typeof value === 'object' && value !== null ? value.join(';') : value;
}

type Unkeyed = PushOutcome extends infer Outcome ? (Outcome extends PushOutcome ? Omit<Outcome, 'key'> : never) : never;

function settle(push: Push, { key }: PushChange, outcome: Unkeyed): void {
  push.outcomes.set(key, { key, ...outcome });
}

function unsettled({ outcomes }: Push, changes: readonly PushChange[]): readonly PushChange[] {
  return changes.filter(({ key }) => !outcomes.has(key));
}

function named(schema: readonly FieldSchema[]): ReadonlyMap<string, FieldSchema> {
  return new Map(schema.map((field) => [field.name, field]));
}

function retryAfter({ context }: Session, error: ConnectorError): number {
  if (error instanceof QuotaExhaustedError) return Math.max(0, error.resetAt.getTime() - context.now().getTime());
  const asked = error instanceof RateLimitError || error instanceof TransientError ? error.retryAfterMs : null;
  return asked ?? deferredMs;
}
