import type { Session } from '../connection.ts';
import { nextDomains, nextSignups, type SignupPlace } from '../db/queries/load-signups.ts';
import { markRescored } from '../db/queries/read-rules.ts';
import type { Database } from '../db/tx.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { updateLeads } from '../pull/update-leads.ts';
import { nothingSeen } from '../pull/want.ts';
import { scoreAccounts } from './score-accounts.ts';
import { scorePeople, takeTurn } from './update-signups.ts';

export interface SignupRescore {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Brings every signup and company to the profile that has come since, or to the present, and notes that it is done. */
export async function rescoreSignups(
  { database, orgId, now }: Pick<Session, 'database' | 'orgId' | 'now'>,
  context: ScoringContext,
  run: SignupRescore,
): Promise<{ readonly scored: number }> {
  const counts = await rescoreAllSignups(database, context, run);
  await database.transaction(orgId, (tx) => markRescored(tx, context.plg.profile.definition, now()));
  return counts;
}

/** Signups, or companies, in one transaction. */
const batchSize = 2_000;

/**
 * Scores all signups of an organisation again, and then all companies, in bounded transactions. The same steps as when they came
 * in, so it changes nothing where nothing has changed; what somebody wrote into the tables by hand is found here. Whoever changes
 * company meanwhile is scored by that. Stopped anywhere, it may start anew.
 */
export async function rescoreAllSignups(
  database: Database,
  context: ScoringContext,
  { signal, onProgress }: SignupRescore,
): Promise<{ readonly scored: number }> {
  let scored = 0;
  for (let after: SignupPlace | null = null; ;) {
    const places: readonly SignupPlace[] = await database.transaction(
      context.orgId,
      async (tx) => {
        const next = await nextSignups(tx, after, batchSize);
        if (next.length === 0) return next;
        await takeTurn(tx, context);
        const ids = next.map(({ id }) => id);
        const { leadIds } = await scorePeople(tx, context, ids, []);
        if (leadIds.length > 0) await updateLeads(tx, context, leadIds, { previous: new Map(), seen: nothingSeen });
        return next;
      },
      signal,
    );
    if (places.length === 0) break;
    after = places.at(-1) ?? null;
    scored += places.length;
    onProgress(scored);
  }
  await rescoreAccounts(database, context, signal);
  return { scored };
}

async function rescoreAccounts(database: Database, context: ScoringContext, signal: AbortSignal): Promise<void> {
  for (let after = ''; ;) {
    const domains: readonly string[] = await database.transaction(
      context.orgId,
      async (tx) => {
        const next = await nextDomains(tx, after, batchSize);
        if (next.length === 0) return next;
        await takeTurn(tx, context);
        await scoreAccounts(tx, context, next);
        return next;
      },
      signal,
    );
    const last = domains.at(-1);
    if (last === undefined) return;
    after = last;
  }
}
