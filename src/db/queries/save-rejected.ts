import type { RejectedRecord } from '../../model/records.ts';
import type { ConnectionId, ExternalId, RunId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/**
 * Keeps what could not be read or mapped, and closes what has come right: an accepted record without the old complaint.
 * One open row per record, stage and field, with how often it was seen; a closed one keeps its reason, not the record. Idempotent but for `times`.
 */
export async function saveRejected(
  tx: Tx,
  batch: {
    connectionId: ConnectionId;
    object: string;
    runId: RunId;
    now: Date;
    /** Records that were read in this batch, whatever became of them. */
    read: readonly ExternalId[];
    rejected: readonly RejectedRecord[];
  },
): Promise<void> {
  const { connectionId, object, runId, now } = batch;
  await tx.query(close, [tx.orgId, connectionId, object, batch.read, keysOf(batch.rejected), now]);
  if (batch.rejected.length === 0) return;
  await tx.query(keep, [tx.orgId, connectionId, runId, now, toJson(latestPerKey(batch.rejected))]);
}

const keyOf = (one: RejectedRecord): string => `${one.externalId} ${one.stage} ${one.field ?? ''}`;
const keysOf = (rejected: readonly RejectedRecord[]): string[] => rejected.map(keyOf);

function latestPerKey(rejected: readonly RejectedRecord[]): RejectedRecord[] {
  return [...new Map(rejected.map((one) => [keyOf(one), one])).values()];
}

const close = `
  update rejected_records set resolved_at = $6, fields = '{}'
  where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[]) and resolved_at is null
    and stage <> 'push' and not (external_id || ' ' || stage || ' ' || field) = any($5::text[])
`;

const keep = `
  insert into rejected_records as r (org_id, connection_id, object, external_id, stage, field, code, message, effect, fields,
    run_id, first_seen_at, last_seen_at)
  select $1, $2, i.object, i."externalId", i.stage, coalesce(i.field, ''), i.code, i.message, i.effect, i.fields, $3, $4, $4
  from jsonb_to_recordset($5::jsonb)
    as i (object text, "externalId" text, stage text, field text, code text, message text, effect text, fields jsonb)
  on conflict (org_id, connection_id, object, external_id, stage, field) do update set
    code = excluded.code, message = excluded.message, effect = excluded.effect, fields = excluded.fields,
    run_id = excluded.run_id, last_seen_at = excluded.last_seen_at, times = r.times + 1, resolved_at = null
`;
