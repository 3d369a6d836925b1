import type { PlannedRecord } from '../../model/push.ts';
import type { ConnectionId, ExternalId, RunId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** Writes down, field by field, what is about to be sent: before the first byte leaves, in the transaction of the claim. */
export async function writeLedger(
  tx: Tx,
  write: { connectionId: ConnectionId; runId: RunId; token: string; now: Date },
  planned: readonly PlannedRecord[],
): Promise<void> {
  const rows = planned.flatMap(({ record, changes }) =>
    changes.map((change) => ({
      object: record.object,
      external_id: record.externalId,
      lead_id: record.leadId,
      ...change,
    })),
  );
  if (rows.length === 0) return;
  await tx.query(insert, [tx.orgId, write.connectionId, write.runId, write.token, write.now, toJson(rows)]);
}

const insert = `
  insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, before, after, why, sent_at)
  select $1, $2, $3, $4, object, external_id, lead_id, field, before, after, why, $5
  from jsonb_to_recordset($6::jsonb)
    as r (object text, external_id text, lead_id uuid, field text, before jsonb, after jsonb, why text)
`;

export interface LedgerOutcome {
  readonly externalId: ExternalId;
  /** Null = every field of the record. */
  readonly field: string | null;
  readonly outcome: 'applied' | 'kept' | 'deferred' | 'rejected' | 'gone';
  readonly reason: string | null;
  readonly requestId: string | null;
}

/** Fills in the outcome of rows of a claim that have none: the first match of a record and field counts. */
export async function settleLedger(
  tx: Tx,
  settle: { connectionId: ConnectionId; object: string; token: string; now: Date },
  outcomes: readonly LedgerOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const { connectionId, object, token, now } = settle;
  await tx.query(update, [tx.orgId, connectionId, object, token, now, toJson(outcomes)]);
}

const update = `
  update push_ledger l set outcome = o.outcome, outcome_reason = o.reason, request_id = o."requestId", settled_at = $5
  from (
    select distinct on (f.id) f.id, r.outcome, r.reason, r."requestId"
    from jsonb_to_recordset($6::jsonb)
      as r ("externalId" text, field text, outcome text, reason text, "requestId" text)
    join push_ledger f on f.org_id = $1 and f.connection_id = $2 and f.object = $3 and f.external_id = r."externalId"
      and f.claim_token = $4 and f.outcome is null and f.field = coalesce(r.field, f.field)
    order by f.id, r.field nulls last
  ) o
  where l.org_id = $1 and l.id = o.id
`;
