import type { Session } from '../connection.ts';
import { leadsInCrm } from '../db/queries/leads-of-signups.ts';
import { nextDomains, nextSignups, nextStrangers, type SignupPlace } from '../db/queries/load-signups.ts';
import { markRescored } from '../db/queries/read-rules.ts';
import type { Database, Tx } from '../db/tx.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { updateLeads } from '../pull/update-leads.ts';
import { nothingSeen } from '../pull/want.ts';
import { asksProductFacts } from '../scoring/compile.ts';
import { scoreAccounts } from './score-accounts.ts';
import { scoreSignups } from './score-signups.ts';
import { shareTurn, updateSignups } from './update-signups.ts';

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

/** Transactions at a time: while we score one batch, the database works on the other. */
const lanes = 2;

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
  const inTx = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(context.orgId, work, signal);
  const pages = <P>(next: (tx: Tx, after: P | null, limit: number) => Promise<readonly P[]>) =>
    pagesOf<P>(async (after) => inTx(async (tx) => next(tx, after, batchSize)));
  // They bring their leads, and what a CRM says of their company: nobody else may score meanwhile.
  for await (const developerIds of pages(nextStrangers)) {
    await inTx(async (tx) => updateSignups(tx, context, { developerIds, domains: [] }));
  }
  let scored = 0;
  await inLanes(pages(nextSignups), async (places) => {
    await inTx(async (tx) => rescorePeople(tx, context, places));
    scored += places.length;
    onProgress(scored);
  });
  await inLanes(pages(nextDomains), async (domains) =>
    inTx(async (tx) => {
      await shareTurn(tx, context);
      await scoreAccounts(tx, context, domains);
    }),
  );
  return { scored };
}

async function rescorePeople(tx: Tx, context: ScoringContext, places: readonly SignupPlace[]): Promise<void> {
  await shareTurn(tx, context);
  const ids = places.map(({ id }) => id);
  const { changed } = await scoreSignups(tx, context, ids);
  const leadIds = asksProductFacts(context.profile.definition) ? changed : await leadsInCrm(tx, changed);
  // In the order of ids, as all leads are locked.
  const ordered = [...new Set(leadIds)].sort();
  if (ordered.length > 0) await updateLeads(tx, context, ordered, { previous: new Map(), seen: nothingSeen });
}

async function* pagesOf<P>(next: (after: P | null) => Promise<readonly P[]>): AsyncGenerator<readonly P[], void, void> {
  for (let after: P | null = null; ;) {
    const page: readonly P[] = await next(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}

/** Each lane takes the next page when it has done its last one. Where one fails, the other ends its page and takes no more. */
async function inLanes<P>(pages: AsyncGenerator<P, void, void>, work: (page: P) => Promise<void>): Promise<void> {
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, async () => {
      for await (const page of pages) await work(page);
    }),
  );
  const failure = ended.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}
