import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** The leads whose record names one of these companies. */
export async function leadsOfCompanies(
  tx: Tx,
  connectionId: ConnectionId,
  companyIds: readonly ExternalId[],
): Promise<LeadId[]> {
  if (companyIds.length === 0) return [];
  const rows = await tx.query<{ leadId: LeadId }>(
    `select distinct lead_id as "leadId" from source_records
     where org_id = $1 and connection_id = $2 and company_id = any($3::text[]) and lead_id is not null and gone_at is null`,
    [tx.orgId, connectionId, companyIds],
  );
  return rows.map((row) => row.leadId);
}
