import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

export interface Attachment {
  readonly externalId: ExternalId;
  readonly leadId: LeadId;
}

/** Creates the leads that do not exist yet (empty: their values come with the score) and ties the records to them. */
export async function attachLeads(
  tx: Tx,
  target: { connectionId: ConnectionId; object: string },
  newLeads: readonly LeadId[],
  attachments: readonly Attachment[],
): Promise<void> {
  if (attachments.length === 0) return;
  await tx.query(`insert into leads (org_id, id) select $1, unnest($2::uuid[])`, [tx.orgId, newLeads]);
  await tx.query(statement, [
    tx.orgId,
    target.connectionId,
    target.object,
    attachments.map((one) => one.externalId),
    attachments.map((one) => one.leadId),
  ]);
}

const statement = `
  update source_records s set lead_id = a.lead_id
  from unnest($4::text[], $5::uuid[]) as a (external_id, lead_id)
  where s.org_id = $1 and s.connection_id = $2 and s.object = $3 and s.external_id = a.external_id
`;
