import type { PushSides } from '../../model/push.ts';
import type { ConnectionId, ExternalId, FieldValue, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** What a CRM record of a lead shall have, has, and was last given. */
export interface LeadPush extends PushSides {
  readonly leadId: LeadId;
  readonly connectionId: ConnectionId;
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly state: 'settled' | 'pending' | 'claimed' | 'dead';
  readonly lastError: string | null;
  readonly availableAt: Date;
  readonly pushedAt: Date | null;
  /** Of the connection's latest run: what was read from the CRM before it may have changed. */
  readonly runEndedAt: Date | null;
}

export async function readLeadPushes(tx: Tx, leadIds: readonly LeadId[]): Promise<LeadPush[]> {
  return tx.query<LeadPush>(pushes, [tx.orgId, leadIds]);
}

const pushes = `
  select p.lead_id as "leadId", p.connection_id as "connectionId", c.name as connection, p.object,
    p.external_id as "externalId", p.state, p.wanted, p.remote, p.pushed, p.kept, p.last_error as "lastError",
    p.available_at as "availableAt", p.pushed_at as "pushedAt",
    (select s.ended_at from sync_runs s where s.org_id = $1 and s.connection_id = c.id order by s.started_at desc limit 1)
      as "runEndedAt"
  from push_states p join connections c on c.org_id = p.org_id and c.id = p.connection_id
  where p.org_id = $1 and p.lead_id = any($2::uuid[])
  order by c.name, p.object, p.external_id
`;

/** One field of one write, and what the CRM answered. */
export interface LedgerLine {
  readonly id: number;
  readonly connection: string;
  readonly object: string;
  readonly externalId: ExternalId;
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
  /** The decision, or the sentence that explained the score then. */
  readonly why: string;
  readonly sentAt: Date;
  readonly settledAt: Date | null;
  /** Null = in doubt: the process died before the answer, or it is under way. */
  readonly outcome: 'applied' | 'kept' | 'deferred' | 'rejected' | 'gone' | null;
  readonly outcomeReason: string | null;
}

/** The newest first: of the records that the lead has in its CRMs. */
export async function readLeadLedger(tx: Tx, leadId: LeadId): Promise<LedgerLine[]> {
  return tx.query<LedgerLine>(
    `select g.id, c.name as connection, g.object, g.external_id as "externalId", g.field, g.before, g.after, g.why,
       g.sent_at as "sentAt", g.settled_at as "settledAt", g.outcome, g.outcome_reason as "outcomeReason"
     from push_states p
     join connections c on c.org_id = p.org_id and c.id = p.connection_id
     join push_ledger g on g.org_id = p.org_id and g.connection_id = p.connection_id and g.object = p.object
       and g.external_id = p.external_id
     where p.org_id = $1 and p.lead_id = $2 order by g.id desc limit 200`,
    [tx.orgId, leadId],
  );
}
