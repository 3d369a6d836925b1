import type { DatedEvent } from '../../model/engagement.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface StoredEvent extends DatedEvent {
  /** Whose CRM tells of it. */
  readonly connectionId: ConnectionId;
}

/**
 * The dated events of leads, oldest first, from all connections: one that two CRMs tell of is here twice, one that names two
 * records of a person once.
 */
export async function loadDatedEvents(tx: Tx, leadIds: readonly LeadId[]): Promise<ReadonlyMap<LeadId, StoredEvent[]>> {
  const byLead = new Map<LeadId, StoredEvent[]>();
  if (leadIds.length === 0) return byLead;
  const events = await tx.query<StoredEvent>(
    `select distinct on (lead_id, occurred_at, external_id, connection_id)
       lead_id as "leadId", connection_id as "connectionId", type, occurred_at as "occurredAt", quantity
     from engagement_events where org_id = $1 and lead_id = any($2::uuid[])
     order by lead_id, occurred_at, external_id, connection_id`,
    [tx.orgId, leadIds],
  );
  for (const event of events) {
    const known = byLead.get(event.leadId);
    if (known === undefined) byLead.set(event.leadId, [event]);
    else known.push(event);
  }
  return byLead;
}
