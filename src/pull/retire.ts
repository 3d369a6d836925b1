import { eraseLeads } from '../db/queries/erase-leads.ts';
import { retireRecords } from '../db/queries/retire-records.ts';
import type { Tx } from '../db/tx.ts';
import type { Tombstone } from '../model/records.ts';
import type { ConnectionId, LeadId } from '../model/values.ts';

/** Takes note of records that are gone, erases people whom the CRM erased, and returns the leads that remain to be scored. */
export async function retire(tx: Tx, connectionId: ConnectionId, tombstones: readonly Tombstone[]): Promise<LeadId[]> {
  const leadIds = await retireRecords(tx, connectionId, tombstones);
  const erased = new Set(await eraseLeads(tx, leadIds));
  return leadIds.filter((id) => !erased.has(id));
}
