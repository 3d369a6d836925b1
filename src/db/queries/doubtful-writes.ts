import type { ConnectionId, ExternalId, FieldValue } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** A field that was sent by a worker which did not live to hear the answer, and what the CRM has there as last read. */
export interface DoubtfulWrite {
  readonly ledgerId: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly field: string;
  readonly sent: FieldValue;
  readonly remote: FieldValue;
}

/** The doubtful writes behind the claims of a connection. */
export async function readDoubtful(tx: Tx, connectionId: ConnectionId): Promise<DoubtfulWrite[]> {
  return tx.query<DoubtfulWrite>(doubtful, [tx.orgId, connectionId]);
}

const doubtful = `
  select l.id::text as "ledgerId", l.object, l.external_id as "externalId", l.field, l.after as sent, p.remote -> l.field as remote
  from push_states p
  join push_ledger l on l.org_id = $1 and l.claim_token = p.claim_token and l.outcome is null
    and l.object = p.object and l.external_id = p.external_id
  where p.org_id = $1 and p.connection_id = $2 and p.state = 'claimed'
`;

/** Takes note that writes have arrived after all: they are ours, in the state as in the ledger. */
export async function confirmWrites(
  tx: Tx,
  target: { connectionId: ConnectionId; now: Date },
  writes: readonly DoubtfulWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  await tx.query(confirm, [tx.orgId, target.connectionId, JSON.stringify(writes), target.now]);
}

const confirm = `
  with arrived as (
    select * from jsonb_to_recordset($3::jsonb)
      as r ("ledgerId" bigint, object text, "externalId" text, field text, sent jsonb)
  ), settled as (
    update push_ledger l set outcome = 'applied', outcome_reason = 'found in the CRM after an interruption', settled_at = $4
    from arrived a where l.org_id = $1 and l.id = a."ledgerId"
  )
  update push_states p set pushed = p.pushed || a.fields, updated_at = now()
  from (select object, "externalId", jsonb_object_agg(field, sent) as fields from arrived group by 1, 2) a
  where p.org_id = $1 and p.connection_id = $2 and p.object = a.object and p.external_id = a."externalId"
`;
