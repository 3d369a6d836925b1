import { type PendingPosition, type PendingPush, readPending } from '../db/queries/read-pending.ts';
import type { Database } from '../db/tx.ts';
import type { ConnectionOutputs, PlannedRecord } from '../model/push.ts';
import type { OrgId } from '../model/values.ts';
import type { ObjectCapability } from '../connector-sdk/connector.ts';
import { planChanges } from './plan.ts';

/** Records that wait, read in pages of this size. */
const pageSize = 1_000;

export interface PushPreview {
  readonly records: readonly PlannedRecord[];
  /** The price in API calls. */
  readonly calls: number;
}

/** What a push would write now, by the same plan as the push itself. Asks no CRM and claims nothing. */
export async function previewPush(
  source: { database: Database; orgId: OrgId; objects: readonly ObjectCapability[] },
  outputs: ConnectionOutputs,
): Promise<PushPreview> {
  const records: PlannedRecord[] = [];
  let calls = 0;
  for (const { object, push } of source.objects) {
    const output = outputs.objects[object];
    if (push === null || output === undefined) continue;
    const before = records.length;
    for (let after: PendingPosition | null = null; ;) {
      const page = { connectionId: outputs.connectionId, object, limit: pageSize, after };
      const waiting: readonly PendingPush[] = await source.database.transaction(source.orgId, (tx) =>
        readPending(tx, page),
      );
      for (const record of waiting) {
        const changes = planChanges(record, output.rules, output.orders);
        if (changes.length > 0) records.push({ record, changes });
      }
      after = waiting.at(-1) ?? null;
      if (waiting.length < pageSize) break;
    }
    calls += Math.ceil((records.length - before) / push.maxBatch);
  }
  return { records, calls };
}
