import type { OpportunityLink } from '../../model/records.ts';
import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/**
 * Brings `opportunities` to the records that were pulled (fields `name`, `stage`, `amount`, `state`, `createdAt`). One that a
 * link has named before its record came is filled. Idempotent.
 */
export async function saveOpportunities(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  externalIds: readonly ExternalId[],
): Promise<void> {
  if (externalIds.length === 0) return;
  await tx.query(save, [tx.orgId, target.connectionId, target.object, externalIds]);
}

const save = `
  insert into opportunities (org_id, connection_id, external_id, name, stage, amount, is_closed, is_won, created_at)
  select $1, $2, external_id, fields->>'name', fields->>'stage', (fields->>'amount')::numeric,
    fields->>'state' <> 'open', fields->>'state' = 'won', coalesce((fields->>'createdAt')::timestamptz, now())
  from source_records where org_id = $1 and connection_id = $2 and object = $3 and external_id = any($4::text[])
  on conflict (org_id, connection_id, external_id) do update set name = excluded.name, stage = excluded.stage,
    amount = excluded.amount, is_closed = excluded.is_closed, is_won = excluded.is_won, created_at = excluded.created_at
`;

/** The leads that belong to one of these opportunities, and to which one. */
export async function leadsOfOpportunities(
  tx: Tx,
  connectionId: ConnectionId,
  opportunityIds: readonly ExternalId[],
): Promise<{ readonly leadId: LeadId; readonly externalId: ExternalId }[]> {
  if (opportunityIds.length === 0) return [];
  return tx.query(
    `select distinct s.lead_id as "leadId", k.opportunity as "externalId"
     from opportunity_links k
     join source_records s on s.org_id = $1 and s.connection_id = $2 and s.external_id = k.person
     where k.org_id = $1 and k.connection_id = $2 and k.opportunity = any($3::text[]) and s.kind = 'lead'
       and s.lead_id is not null`,
    [tx.orgId, connectionId, opportunityIds],
  );
}

/** A lead that has just become part of an opportunity. */
export interface NewLink {
  readonly leadId: LeadId;
  /** The opportunity's record; null while it has not been pulled. */
  readonly object: string | null;
  readonly externalId: ExternalId;
}

/** Stores links and returns what they changed for people who are known. Links that are stored already change nothing. */
export async function saveLinks(
  tx: Tx,
  connectionId: ConnectionId,
  links: readonly OpportunityLink[],
): Promise<NewLink[]> {
  if (links.length === 0) return [];
  const distinct = [...new Map(links.map((link) => [link.externalId, link])).values()];
  return tx.query<NewLink>(link, [tx.orgId, connectionId, toJson(distinct)]);
}

const link = `
  with incoming as (
    select * from jsonb_to_recordset($3::jsonb) as r ("externalId" text, "personId" text, "opportunityId" text)
  ), known as (
    insert into opportunities (org_id, connection_id, external_id)
    select distinct $1::uuid, $2::uuid, "opportunityId" from incoming
    on conflict (org_id, connection_id, external_id) do nothing
  ), changed as (
    insert into opportunity_links as k (org_id, connection_id, external_id, person, opportunity)
    select $1, $2, "externalId", "personId", "opportunityId" from incoming
    on conflict (org_id, connection_id, external_id) do update
      set person = excluded.person, opportunity = excluded.opportunity
      where (k.person, k.opportunity) is distinct from (excluded.person, excluded.opportunity)
    returning person, opportunity
  )
  select distinct s.lead_id as "leadId", o.object, c.opportunity as "externalId"
  from changed c
  join source_records s on s.org_id = $1 and s.connection_id = $2 and s.external_id = c.person and s.kind = 'lead'
  left join source_records o on o.org_id = $1 and o.connection_id = $2 and o.external_id = c.opportunity
    and o.kind = 'opportunity'
  where s.lead_id is not null
`;
