import type { Tx } from '../db/tx.ts';
import type { SyncCounts } from '../model/run.ts';
import type { LeadId } from '../model/values.ts';
import { type ChangeTimes, noChange } from './change-times.ts';
import type { PreviousValues } from './lead-values.ts';
import type { ScoringContext } from './pipeline.ts';
import { scoreLeads } from './score-leads.ts';
import { type SeenRemote, want } from './want.ts';

/** Leads in memory at once: a company in the batch may have any number of people. */
const leadsAtOnce = 1_000;

/** Scores leads and notes what their CRM records shall have, those included whose remote values were just seen. */
export async function updateLeads(
  tx: Tx,
  context: ScoringContext,
  leadIds: readonly LeadId[],
  batch: {
    readonly previous: PreviousValues;
    readonly seen: SeenRemote;
    /** Left out = nothing has changed in a CRM: time has passed, or a profile is new. */
    readonly changedAt?: ChangeTimes;
  },
): Promise<Pick<SyncCounts, 'scored' | 'transitions'>> {
  const counts = { scored: 0, transitions: 0 };
  const { changedAt = noChange } = batch;
  let { seen } = batch;
  for (let at = 0; at === 0 || at < leadIds.length; at += leadsAtOnce) {
    const scores = await scoreLeads(tx, context, leadIds.slice(at, at + leadsAtOnce), batch.previous);
    await want(tx, context, scores.outputs, { seen, changedAt });
    counts.scored += scores.scored;
    counts.transitions += scores.transitions;
    seen = { ...seen, fields: new Map() };
  }
  return counts;
}
