import { eraseLeads } from '../db/queries/erase-leads.ts';
import { retireRecords } from '../db/queries/retire-records.ts';
import type { Tx } from '../db/tx.ts';
import type { Tombstone } from '../model/records.ts';
import type { LeadId } from '../model/values.ts';
import { scoreAccounts } from '../plg/score-accounts.ts';
import type { Pipeline } from './pipeline.ts';

/** With `takeTurn` before it where somebody is erased: takes note of records that are gone, erases people whom the CRM erased, and returns the leads that remain to be scored. */
export async function retire(tx: Tx, pipeline: Pipeline, tombstones: readonly Tombstone[]): Promise<LeadId[]> {
  const leadIds = await retireRecords(tx, pipeline.connectionId, tombstones);
  const erased = await eraseLeads(tx, leadIds);
  await scoreAccounts(tx, pipeline, erased.domains);
  const gone = new Set(erased.leadIds);
  return leadIds.filter((id) => !gone.has(id));
}
