import type { Session } from '../connection.ts';
import { markRescored } from '../db/queries/read-rules.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { SyncCounts } from '../model/run.ts';
import type { LeadId } from '../model/values.ts';
import type { ScoringContext } from './pipeline.ts';
import { updateLeads } from './update-leads.ts';
import { nothingSeen } from './want.ts';

/** Brings every lead to the profile that has come since, once, and notes that it is done. */
export async function rescoreForProfile(
  { database, orgId, now }: Pick<Session, 'database' | 'orgId' | 'now'>,
  context: ScoringContext,
  run: Pick<RescoreRun, 'signal' | 'onProgress'>,
): Promise<Partial<SyncCounts>> {
  const counts = await rescoreAll({ database, context, ...run });
  await database.transaction(orgId, (tx) => markRescored(tx, context.profile.definition, now()));
  return counts;
}

export interface RescoreRun {
  readonly database: Database;
  readonly context: ScoringContext;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Leads in one transaction. */
const batchLeads = 1_000;

/**
 * Scores all leads of an organisation again, by id, in bounded transactions: after a change of profile or mapping, and when
 * decay is due. The same step as in a pull, so it changes nothing where nothing has changed. Stopped anywhere, it may start
 * anew.
 */
export async function rescoreAll(run: RescoreRun): Promise<Pick<SyncCounts, 'scored' | 'transitions'>> {
  const { database, context, signal } = run;
  const counts = { scored: 0, transitions: 0 };
  for (let after: LeadId | null = null; ;) {
    const batch: RescoredBatch | null = await database.transaction(
      context.orgId,
      (tx) => rescoreSome(tx, context, after),
      signal,
    );
    if (batch === null) return counts;
    after = batch.last;
    counts.scored += batch.scored;
    counts.transitions += batch.transitions;
    run.onProgress(counts.scored);
  }
}

interface RescoredBatch extends Pick<SyncCounts, 'scored' | 'transitions'> {
  readonly last: LeadId;
}

/** The next leads by id; null = there are no more. */
async function rescoreSome(tx: Tx, context: ScoringContext, after: LeadId | null): Promise<RescoredBatch | null> {
  const rows = await tx.query<{ id: LeadId }>(
    `select id from leads where org_id = $1 and ($2::uuid is null or id > $2) and merged_into is null
       and erased_at is null order by id limit $3`,
    [tx.orgId, after, batchLeads],
  );
  const ids = rows.map((row) => row.id);
  const last = ids.at(-1);
  if (last === undefined) return null;
  return { last, ...(await updateLeads(tx, context, ids, { previous: new Map(), seen: nothingSeen })) };
}
