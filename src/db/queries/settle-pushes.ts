import type { PushPriority, PushRecord } from '../../model/push.ts';
import type { ConnectionId, ExternalId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** Records of one object that were claimed under a token. Found by their ids: a job may have claimed ten thousand. */
export interface Claim {
  readonly connectionId: ConnectionId;
  readonly object: string;
  readonly token: string;
  readonly externalIds: readonly ExternalId[];
}

export interface HeldPush extends PushRecord {
  readonly attempts: number;
  /** The oldest change in the CRM that has come since the claim; null = none. */
  readonly changedAt: Date | null;
}

/** The rows that a claim still holds, locked. */
export async function lockClaimed(tx: Tx, claim: Claim): Promise<HeldPush[]> {
  return tx.query(
    `select connection_id as "connectionId", object, external_id as "externalId", lead_id as "leadId",
       wanted, remote, pushed, kept, attempts, changed_at as "changedAt"
     from push_states
     where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[])
       and claim_token = $5 and state = 'claimed'
     order by external_id for update`,
    [tx.orgId, claim.connectionId, claim.object, claim.externalIds, claim.token],
  );
}

export interface SettledPush extends HeldPush {
  readonly state: 'settled' | 'pending' | 'dead';
  readonly priority: PushPriority;
  readonly availableAt: Date;
  readonly lastError: string | null;
}

/** Writes what became of claimed records. */
export async function saveSettled(
  tx: Tx,
  { token, now }: { readonly token: string; readonly now: Date },
  rows: readonly SettledPush[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(statement, [tx.orgId, token, toJson(rows), now]);
}

const statement = `
  update push_states p set
    remote = r.remote, pushed = r.pushed, kept = r.kept, state = r.state, priority = r.priority, attempts = r.attempts,
    available_at = r."availableAt", last_error = r."lastError",
    changed_at = r."changedAt", claim_token = null, claimed_until = null, pushed_at = $4, updated_at = now()
  from jsonb_to_recordset($3::jsonb) as r ("connectionId" uuid, "externalId" text, object text, remote jsonb, pushed jsonb,
    kept jsonb, state text, priority smallint, attempts int, "availableAt" timestamptz, "lastError" text,
    "changedAt" timestamptz)
  where p.org_id = $1 and p.connection_id = r."connectionId" and p.object = r.object and p.external_id = r."externalId"
    and p.claim_token = $2
`;

/** Keeps a refusal by the CRM among the rejected records, or closes it when the write has gone through. */
export async function closePushRejections(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string; now: Date },
  externalIds: readonly ExternalId[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(
    `update rejected_records set resolved_at = $5, fields = '{}'
     where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[]) and stage = 'push'
       and resolved_at is null`,
    [tx.orgId, target.connectionId, target.object, externalIds, target.now],
  );
}

/** Forgets what waits for records that the CRM does not find. */
export async function dropPushStates(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  externalIds: readonly ExternalId[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(
    `delete from push_states where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[])`,
    [tx.orgId, target.connectionId, target.object, externalIds],
  );
}
