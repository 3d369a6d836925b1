import { attachSignups } from '../db/queries/attach-signups.ts';
import { leadsOfSignups } from '../db/queries/leads-of-signups.ts';
import { signupsOfCompanies } from '../db/queries/load-signups.ts';
import { lockProductScores, shareProductScores } from '../db/queries/lock-product-scores.ts';
import { assertCurrentProfile } from '../db/queries/assert-current-profile.ts';
import type { Tx } from '../db/tx.ts';
import type { LeadId } from '../model/values.ts';
import { type ChangeTimes, noChange } from '../pull/change-times.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { updateLeads } from '../pull/update-leads.ts';
import { nothingSeen } from '../pull/want.ts';
import { asksProductFacts } from '../scoring/compile.ts';
import { readCrmCompanies } from './crm-companies.ts';
import { scoreAccounts } from './score-accounts.ts';
import { type ScoredSignups, scoreSignups } from './score-signups.ts';

/** What has come in. */
export interface TouchedSignups {
  /** Signups that are new, or whose usage is. */
  readonly developerIds: readonly string[];
  /** Companies of which something else is known. */
  readonly domains: readonly string[];
  /** When a CRM changed that; left out = no CRM has. */
  readonly changedAt?: ChangeTimes;
}

export interface UpdatedSignups {
  readonly scored: number;
  /** Leads whose values or outputs may have changed: to be brought up to date by the caller, all at once. */
  readonly leadIds: readonly LeadId[];
}

/** Signups in memory at once: a company may have any number of people. */
const signupsAtOnce = 2_000;

/**
 * Makes leads of signups, scores them and their companies, and notes what CRM records shall have; in the transaction in which
 * they came in. Idempotent.
 */
export async function updateSignups(
  tx: Tx,
  context: ScoringContext,
  touched: TouchedSignups,
): Promise<{ readonly scored: number }> {
  const { scored, leadIds } = await scoreTouched(tx, context, touched);
  if (leadIds.length > 0) await updateLeads(tx, context, leadIds, { previous: new Map(), seen: nothingSeen });
  return { scored };
}

/** The same up to the leads: for whoever has others to bring up to date as well, and must lock all of them in one order. */
export async function scoreTouched(tx: Tx, context: ScoringContext, touched: TouchedSignups): Promise<UpdatedSignups> {
  const { changedAt = noChange } = touched;
  if (touched.developerIds.length + touched.domains.length === 0) return { scored: 0, leadIds: [] };
  await takeTurn(tx, context);
  // A company may have been in the CRM long before anybody here has heard of it.
  await readCrmCompanies(tx, context, touched.domains);
  const ofCompanies = await signupsOfCompanies(tx, touched.domains);
  const ids = [...new Set([...touched.developerIds, ...ofCompanies])].sort();
  // An account rests on the rows of its people, which are all here, not on their scores: once is enough.
  const done = new Set<string>();
  const leadIds = new Set<LeadId>();
  for (let at = 0; at < ids.length; at += signupsAtOnce) {
    const chunk = ids.slice(at, at + signupsAtOnce);
    await readCrmCompanies(tx, context, await attachSignups(tx, chunk));
    const some = await scorePeople(tx, context, chunk, touched.domains);
    some.leadIds.forEach((leadId) => leadIds.add(leadId));
    const theirs = some.domains.filter((domain) => !done.has(domain));
    await scoreAccounts(tx, context, theirs, { companies: some.companies, changedAt });
    theirs.forEach((domain) => done.add(domain));
  }
  await scoreAccounts(
    tx,
    context,
    touched.domains.filter((domain) => !done.has(domain)),
    { changedAt },
  );
  return { scored: ids.length, leadIds: [...leadIds].sort() };
}

/**
 * To be called before any signup is scored, and before any lead is locked.
 * @throws AppError `rules-changed` (retry)
 */
export async function takeTurn(tx: Tx, context: ScoringContext): Promise<void> {
  await lockProductScores(tx);
  await assertCurrentProfile(tx, 'plg', context.plg.version);
}

/**
 * The same for whoever brings nothing in, beside others who do not either.
 * @throws AppError `rules-changed` (retry)
 */
export async function shareTurn(tx: Tx, context: ScoringContext): Promise<void> {
  await shareProductScores(tx);
  await assertCurrentProfile(tx, 'plg', context.plg.version);
}

/** Signups that have their leads, without their companies' scores; `changedDomains`: companies of which something else is known. */
async function scorePeople(
  tx: Tx,
  context: ScoringContext,
  ids: readonly string[],
  changedDomains: readonly string[],
): Promise<Pick<ScoredSignups, 'domains' | 'companies'> & Pick<UpdatedSignups, 'leadIds'>> {
  const { changed, domains, companies } = await scoreSignups(tx, context, ids);
  const isHeard = asksProductFacts(context.profile.definition);
  const leadIds = await leadsOfSignups(tx, ids, { changed, domains: changedDomains, isHeard });
  return { domains, companies, leadIds };
}
