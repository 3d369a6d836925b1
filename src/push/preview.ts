import { type PendingPosition, type PendingPush, readPending } from '../db/queries/read-pending.ts';
import type { Database } from '../db/tx.ts';
import type { ConnectionOutputs, FieldChange, PlannedRecord } from '../model/push.ts';
import type { OrgId } from '../model/values.ts';
import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { heldChanges, planChanges, reasonOf } from './plan.ts';

/** Records that wait, read in pages of this size. */
const pageSize = 1_000;
/** Where somebody waits for some that are like this or that. */
const filteredSize = 250;

export interface PreviewSource {
  readonly database: Database;
  readonly orgId: OrgId;
  readonly objects: readonly ObjectCapability[];
}

export interface PushPreview {
  readonly records: readonly PlannedRecord[];
  /** The price in API calls. */
  readonly calls: number;
}

/** What a push would write now, by the same plan as the push itself. Asks no CRM and claims nothing. */
export async function previewPush(source: PreviewSource, outputs: ConnectionOutputs): Promise<PushPreview> {
  const records: PlannedRecord[] = [];
  let calls = 0;
  for (const { object, maxBatch } of writtenObjects(source, outputs)) {
    const before = records.length;
    for await (const { record, changes } of waitingOf(source, outputs, { object, after: null, pageSize })) {
      if (changes.length > 0)
        records.push({ record, changes: changes.map(({ reason: _reason, ...change }) => change) });
    }
    calls += Math.ceil((records.length - before) / maxBatch);
  }
  return { records, calls };
}

export interface WaitingRecord {
  readonly record: PendingPush;
  readonly changes: readonly ExplainedChange[];
  /** What differs and stays as it is in the CRM all the same. */
  readonly held: readonly FieldChange[];
}

export interface ExplainedChange extends FieldChange {
  /** Why the value is what it is, by its score; null = the score says nothing of it. */
  readonly reason: string | null;
}

/** Where a list of waiting records goes on. */
export interface WaitingPlace {
  readonly object: string;
  readonly after: PendingPosition;
}

export interface PreviewPage {
  readonly records: readonly WaitingRecord[];
  /** How many waiting records were looked at for them. */
  readonly looked: number;
  /** Null = no other one waits; else one may. */
  readonly next: WaitingPlace | null;
}

export interface PreviewWish {
  /** From where on; null = from the most urgent one. */
  readonly from: WaitingPlace | null;
  readonly limit: number;
  /** However few are found, no more are looked at. */
  readonly most: number;
  /** Null = all of them are. */
  readonly isWanted: ((waiting: WaitingRecord) => boolean) | null;
}

/** Some of what a push would write now, object by object, in the order in which it would be written. */
export async function previewPage(
  source: PreviewSource,
  outputs: ConnectionOutputs,
  { from, limit, most, isWanted }: PreviewWish,
): Promise<PreviewPage> {
  const records: WaitingRecord[] = [];
  let looked = 0;
  let last = from;
  const objects = writtenObjects(source, outputs).map(({ object }) => object);
  const rest = from === null ? objects : objects.slice(Math.max(0, objects.indexOf(from.object)));
  // One more than is shown says whether another one follows; whoever looks for few reads many.
  const size = isWanted === null ? Math.min(pageSize, limit + 1) : filteredSize;
  for (const object of rest) {
    const after = object === from?.object ? from.after : null;
    for await (const waiting of waitingOf(source, outputs, { object, after, pageSize: size })) {
      if (records.length >= limit) return { records, looked, next: last };
      looked += 1;
      last = { object, after: waiting.record };
      if (isWanted === null || isWanted(waiting)) records.push(waiting);
      // Whether another one follows is not worth a further page.
      if (looked >= most) return { records, looked, next: last };
    }
  }
  return { records, looked, next: null };
}

/** In the order in which they are written, with what goes in one call. */
export function writtenObjects(
  { objects }: Pick<PreviewSource, 'objects'>,
  outputs: ConnectionOutputs,
): readonly { readonly object: string; readonly maxBatch: number }[] {
  return objects.flatMap(({ object, push }) =>
    push === null || outputs.objects[object] === undefined ? [] : [{ object, maxBatch: push.maxBatch }],
  );
}

async function* waitingOf(
  { database, orgId }: PreviewSource,
  { connectionId, objects }: ConnectionOutputs,
  from: { readonly object: string; readonly after: PendingPosition | null; readonly pageSize: number },
): AsyncGenerator<WaitingRecord> {
  const { object, pageSize: limit } = from;
  const { rules, orders } = objects[object] ?? { rules: [], orders: {} };
  for (let { after } = from; ;) {
    const page = { connectionId, object, limit, after };
    const waiting: readonly PendingPush[] = await database.transaction(orgId, (tx) => readPending(tx, page));
    for (const record of waiting) {
      const changes = planChanges(record, rules, orders).map((change) => ({
        ...change,
        reason: reasonOf(rules.find(({ to }) => to === change.field)?.from, record),
      }));
      yield { record, changes, held: heldChanges(record, rules, orders) };
    }
    after = waiting.at(-1) ?? null;
    if (waiting.length < limit) return;
  }
}
