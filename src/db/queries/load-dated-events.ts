import type { DatedEvent } from '../../model/engagement.ts';
import type { LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** The dated events of leads, oldest first; asked for only where a profile has a rule that decays. */
export async function loadDatedEvents(tx: Tx, leadIds: readonly LeadId[]): Promise<ReadonlyMap<LeadId, DatedEvent[]>> {
  const byLead = new Map<LeadId, DatedEvent[]>();
  if (leadIds.length === 0) return byLead;
  const events = await tx.query<DatedEvent>(
    `select lead_id as "leadId", type, occurred_at as "occurredAt", quantity from engagement_events
     where org_id = $1 and lead_id = any($2::uuid[]) order by lead_id, occurred_at, external_id`,
    [tx.orgId, leadIds],
  );
  for (const event of events) {
    const known = byLead.get(event.leadId);
    if (known === undefined) byLead.set(event.leadId, [event]);
    else known.push(event);
  }
  return byLead;
}
