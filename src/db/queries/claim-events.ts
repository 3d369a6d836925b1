import type { ConnectionId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface PersonOfLead {
  /** As `engagement_events.person` has it: a CRM id or an address. */
  readonly person: string;
  readonly leadId: LeadId;
}

/** Ties events that came before their person to the lead that the person has become. Idempotent. */
export async function claimEvents(tx: Tx, connectionId: ConnectionId, people: readonly PersonOfLead[]): Promise<void> {
  if (people.length === 0) return;
  await tx.query(statement, [tx.orgId, connectionId, people.map((one) => one.person), people.map((one) => one.leadId)]);
}

const statement = `
  update engagement_events e set lead_id = p.lead_id
  from unnest($3::text[], $4::uuid[]) as p (person, lead_id)
  where e.org_id = $1 and e.connection_id = $2 and e.person = p.person and e.lead_id is null
`;
