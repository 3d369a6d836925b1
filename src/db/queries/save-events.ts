import type { EngagementEvent } from '../../model/engagement.ts';
import type { ConnectionId, LeadId } from '../../model/values.ts';
import { addressHash } from './erased-addresses.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** How the table names the person of an event that carries an address and no id. */
export const emailPerson = (email: string): string => `email:${email}`;

export interface SavedEvents {
  readonly stored: number;
  /** Leads for which something changed. */
  readonly leadIds: readonly LeadId[];
  /** What is new or different, of known people. */
  readonly changed: readonly { readonly leadId: LeadId; readonly occurredAt: Date }[];
}

/**
 * Stores events, one row per person, ties them to leads that are known, and returns the leads for which something changed.
 * Whom an event does not name any more it does not count for: the task of a converted lead names its contact. What stands
 * under an address that was erased for privacy is left out. Idempotent: an event that is stored already is only re-tied when
 * it had no lead.
 */
export async function saveEvents(
  tx: Tx,
  connectionId: ConnectionId,
  events: readonly EngagementEvent[],
): Promise<SavedEvents> {
  if (events.length === 0) return { stored: 0, leadIds: [], changed: [] };
  const rows = new Map<string, object>();
  for (const event of events) {
    const people = event.contactIds.length > 0 || event.email === null ? event.contactIds : [emailPerson(event.email)];
    for (const person of people) {
      rows.set(`${event.externalId} ${person}`, {
        external_id: event.externalId,
        person,
        type: event.type,
        occurred_at: event.occurredAt,
        quantity: event.quantity,
        detail: event.detail,
        address_hash: event.contactIds.length > 0 || event.email === null ? null : addressHash(event.email),
      });
    }
  }
  const values = [tx.orgId, connectionId, toJson([...rows.values()])];
  const left = await tx.query<{ leadId: LeadId | null }>(removeOthers, values);
  const written = await tx.query<{ leadId: LeadId | null; occurredAt: Date }>(statement, values);
  return {
    stored: written.length,
    leadIds: [...new Set([...left, ...written].flatMap((row) => row.leadId ?? []))],
    changed: written.flatMap(({ leadId, occurredAt }) => (leadId === null ? [] : { leadId, occurredAt })),
  };
}

const removeOthers = `
  with incoming as (
    select external_id, array_agg(person) as people
    from jsonb_to_recordset($3::jsonb) as r (external_id text, person text) group by external_id
  )
  delete from engagement_events e using incoming i
  where e.org_id = $1 and e.connection_id = $2 and e.external_id = i.external_id and e.person <> all(i.people)
  returning e.lead_id as "leadId"
`;

/** Deletes events that count no more, for nobody; returns their leads. Idempotent. */
export async function withdrawEvents(
  tx: Tx,
  connectionId: ConnectionId,
  externalIds: readonly string[],
): Promise<LeadId[]> {
  if (externalIds.length === 0) return [];
  const rows = await tx.query<{ leadId: LeadId | null }>(
    `delete from engagement_events where org_id = $1 and connection_id = $2 and external_id = any($3::text[])
     returning lead_id as "leadId"`,
    [tx.orgId, connectionId, externalIds],
  );
  return rows.flatMap((row) => row.leadId ?? []);
}

const statement = `
  with incoming as (
    select r.* from jsonb_to_recordset($3::jsonb) as r (
      external_id text, person text, type text, occurred_at timestamptz, quantity int, detail text, address_hash text)
    where not exists (select from erased_addresses a where a.org_id = $1 and a.address_hash = r.address_hash)
  -- A person's object is not told: naming the few that there are lets each look-up use the primary key.
  ), pulled as (
    select distinct object from sync_cursors where org_id = $1 and connection_id = $2
  -- Materialized, for under row level security an index is searched for a column's value, not for that of a sub-select.
  ), named as materialized (
    select i.*, coalesce(
      (select a.external_id from record_aliases a
       where a.org_id = $1 and a.connection_id = $2 and a.object = any(array(select object from pulled))
         and a.alias_id = i.person limit 1), i.person) as record_id
    from incoming i
  ), known as (
    select i.*, coalesce(
      (select s.lead_id from source_records s
       where s.org_id = $1 and s.connection_id = $2 and s.object = any(array(select object from pulled))
         and s.external_id = i.record_id and s.kind = 'lead' and i.person not like 'email:%'
       limit 1),
      (select l.id from leads l
       where l.org_id = $1 and i.person like 'email:%' and l.email_key = substr(i.person, 7)
         and l.email_key is not null and l.merged_into is null
       order by l.created_at, l.id limit 1)
    ) as lead_id
    from named i
  )
  insert into engagement_events as e (org_id, connection_id, external_id, person, type, occurred_at, quantity, detail, lead_id)
  select $1, $2, external_id, person, type, occurred_at, quantity, detail, lead_id from known
  on conflict (org_id, connection_id, external_id, person) do update set
    type = excluded.type, occurred_at = excluded.occurred_at, quantity = excluded.quantity, detail = excluded.detail,
    lead_id = coalesce(e.lead_id, excluded.lead_id)
  where (e.type, e.occurred_at, e.quantity, e.detail) is distinct from
      (excluded.type, excluded.occurred_at, excluded.quantity, excluded.detail)
    or (e.lead_id is null and excluded.lead_id is not null)
  returning e.lead_id as "leadId", e.occurred_at as "occurredAt"
`;
