import type { EngagementEvent } from '../../model/engagement.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import { toJson } from './json.ts';
import { peopleOf } from './save-events.ts';
import type { Tx } from '../tx.ts';

/**
 * Takes back what is said of events no longer: those that are withdrawn, and the people who have left the others, as when a
 * call moves from a lead to the contact that it has become. Returns the leads that lose something. Idempotent.
 */
export async function retractEvents(
  tx: Tx,
  connectionId: ConnectionId,
  { events, withdrawn }: { readonly events: readonly EngagementEvent[]; readonly withdrawn: readonly string[] },
): Promise<LeadId[]> {
  if (events.length + withdrawn.length === 0) return [];
  const people = new Map<string, readonly string[]>(withdrawn.map((id) => [id, []]));
  for (const event of events) people.set(event.externalId, peopleOf(event));
  const rows = await tx.query<{ leadId: LeadId | null }>(statement, [
    tx.orgId,
    connectionId,
    toJson([...people].map(([id, those]) => ({ external_id: id, people: those }))),
  ]);
  return [...new Set(rows.flatMap((row) => row.leadId ?? []))];
}

const statement = `
  delete from engagement_events e
  using jsonb_to_recordset($3::jsonb) as r (external_id text, people text[])
  where e.org_id = $1 and e.connection_id = $2 and e.external_id = r.external_id and e.person <> all(r.people)
  returning e.lead_id as "leadId"
`;
