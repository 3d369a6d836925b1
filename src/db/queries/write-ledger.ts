import type { FieldChange, PushRecord } from '../../model/push.ts';
import type { ConnectionId, ExternalId, RunId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface PlannedWrite {
  readonly record: PushRecord & { readonly changedAt: Date | null };
  readonly changes: readonly FieldChange[];
}

/** Writes down, field by field, what is about to be sent: before the first byte leaves, in the transaction of the claim. */
export async function writeLedger(
  tx: Tx,
  write: { connectionId: ConnectionId; runId: RunId; token: string; now: Date },
  planned: readonly PlannedWrite[],
): Promise<void> {
  const rows = planned.flatMap(({ record, changes }) =>
    changes.map((change, nth) => ({
      object: record.object,
      external_id: record.externalId,
      lead_id: record.leadId,
      ...change,
      // On one line of each record: a record is fresh once, however many fields it has.
      changed_at: nth === 0 ? record.changedAt : null,
    })),
  );
  if (rows.length === 0) return;
  await tx.query(insert, [tx.orgId, write.connectionId, write.runId, write.token, write.now, toJson(rows)]);
}

const insert = `
  insert into push_ledger (org_id, connection_id, run_id, claim_token, object, external_id, lead_id, field, before, after, why, sent_at,
    changed_at)
  select $1, $2, $3, $4, object, external_id, lead_id, field, before, after, why, $5, changed_at
  from jsonb_to_recordset($6::jsonb)
    as r (object text, external_id text, lead_id uuid, field text, before jsonb, after jsonb, why text, changed_at timestamptz)
`;

export interface LedgerOutcome {
  readonly externalId: ExternalId;
  /** Null = every field of the record. */
  readonly field: string | null;
  readonly outcome: 'applied' | 'kept' | 'deferred' | 'rejected' | 'gone';
  readonly reason: string | null;
  readonly requestId: string | null;
}

/** Fills in the outcome of rows of a claim that have none; what is said of a field goes before what is said of its record. */
export async function settleLedger(
  tx: Tx,
  settle: { token: string; now: Date },
  outcomes: readonly LedgerOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(update, [tx.orgId, settle.token, settle.now, toJson(byRecord(outcomes))]);
}

type Answers = Readonly<Record<ExternalId, Readonly<Record<string, LedgerOutcome>>>>;

/** By record and field; '' = every field. */
function byRecord(outcomes: readonly LedgerOutcome[]): Answers {
  const answers: Record<ExternalId, Record<string, LedgerOutcome>> = {};
  for (const outcome of outcomes) (answers[outcome.externalId] ??= {})[outcome.field ?? ''] ??= outcome;
  return answers;
}

const answer = `coalesce($4::jsonb -> l.external_id -> l.field, $4::jsonb -> l.external_id -> '')`;

// Looked up, not joined: before there are statistics a planner joins ten thousand answers with each row anew.
const update = `
  update push_ledger l set outcome = ${answer} ->> 'outcome', outcome_reason = ${answer} ->> 'reason',
    request_id = ${answer} ->> 'requestId', settled_at = $3
  where l.org_id = $1 and l.claim_token = $2 and l.outcome is null and ${answer} is not null
`;
