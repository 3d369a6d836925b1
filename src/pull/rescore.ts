import type { Session } from '../connection.ts';
import { markRescored } from '../db/queries/read-rules.ts';
import type { Database } from '../db/tx.ts';
import type { SyncCounts } from '../model/run.ts';
import type { LeadId } from '../model/values.ts';
import type { ScoringContext } from './pipeline.ts';
import { scoreLeads } from './score-leads.ts';
import { want } from './want.ts';

/** Brings every lead to the profile that has come since, once, and notes that it is done. */
export async function rescoreForProfile(
  session: Session,
  context: ScoringContext,
  run: Pick<RescoreRun, 'signal' | 'onProgress'>,
): Promise<Partial<SyncCounts>> {
  const { database, orgId } = session;
  const counts = await rescoreAll({ database, context, ...run });
  await database.transaction(orgId, (tx) => markRescored(tx, context.profile.definition, session.now()));
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
export async function rescoreAll(run: RescoreRun): Promise<{ readonly scored: number; readonly planned: number }> {
  const { database, context, signal } = run;
  let after: LeadId | null = null;
  let scored = 0;
  let planned = 0;
  for (;;) {
    const batch: { readonly last: LeadId | null; readonly scored: number; readonly planned: number } =
      await database.transaction(
        context.orgId,
        async (tx) => {
          const ids = await tx.query<{ id: LeadId }>(
            `select id from leads where org_id = $1 and ($2::uuid is null or id > $2) and merged_into is null
             and erased_at is null order by id limit $3`,
            [tx.orgId, after, batchLeads],
          );
          const leads = ids.map((row) => row.id);
          const scores = await scoreLeads(tx, context, leads, new Map());
          const none = { connectionId: zero, object: '', fields: new Map() };
          return {
            last: leads.at(-1) ?? null,
            scored: scores.scored,
            planned: await want(tx, context, scores.outputs, none),
          };
        },
        signal,
      );
    if (batch.last === null) return { scored, planned };
    after = batch.last;
    scored += batch.scored;
    planned += batch.planned;
    run.onProgress(scored);
  }
}

/** No connection: rescoring has seen no CRM. */
const zero = '00000000-0000-0000-0000-000000000000';
