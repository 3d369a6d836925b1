import type { ConnectionId, ExternalId, LeadId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/** The leads whose record names one of these companies, and which one. */
export async function leadsOfCompanies(
  tx: Tx,
  connectionId: ConnectionId,
  companyIds: readonly ExternalId[],
): Promise<{ readonly leadId: LeadId; readonly externalId: ExternalId }[]> {
  if (companyIds.length === 0) return [];
  return tx.query(
    `select distinct lead_id as "leadId", company_id as "externalId" from source_records
     where org_id = $1 and connection_id = $2 and company_id = any($3::text[]) and lead_id is not null and gone_at is null`,
    [tx.orgId, connectionId, companyIds],
  );
}
