import { loadCompanies } from '../db/queries/load-companies.ts';
import { loadSignups, type SignupRow } from '../db/queries/load-signups.ts';
import { saveLeadScores } from '../db/queries/save-lead-scores.ts';
import { saveProductHistory } from '../db/queries/save-product-history.ts';
import type { Tx } from '../db/tx.ts';
import type { LeadId } from '../model/values.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { CompanyFacts, domainsOf, factsOfSignup } from './facts-of.ts';
import { isOfOtherProfile, isSameScore, type ProductResult, scoreProduct, stampOf } from './product-score.ts';

export interface ScoredSignups {
  /** Leads who have something else to say than before. */
  readonly changed: readonly LeadId[];
  /** Companies of the people who were looked at, and what is known of them. */
  readonly domains: readonly string[];
  readonly companies: CompanyFacts;
}

/**
 * Scores signups by their latest usage and what is known of their company, and saves what changed. Idempotent. The caller holds
 * the lock of `lockProductScores`.
 */
export async function scoreSignups(tx: Tx, context: ScoringContext, ids: readonly string[]): Promise<ScoredSignups> {
  const rows = await loadSignups(tx, ids);
  const domains = domainsOf(rows);
  const companies = new CompanyFacts(await loadCompanies(tx, domains));
  const different = rows
    .map((row) => ({
      row,
      after: scoreProduct(context, factsOfSignup(row, companies)),
      isOtherProfile: row.is_scored && isOfOtherProfile(row, context),
    }))
    .filter(({ row, after }) => !row.is_scored || !isSameScore(row, after, context));
  const written = await saveLeadScores(tx, different.map(asScore), stampOf(context));
  const changed = different.filter(({ row }) => written.has(row.id));
  await saveProductHistory(tx, context, changed.filter(isHistory).map(asHistory));
  return {
    changed: changed.filter(isNews).flatMap(({ row }) => row.lead_id ?? []),
    domains,
    companies,
  };
}

interface Rescored {
  readonly row: SignupRow;
  readonly after: ProductResult;
  readonly isOtherProfile: boolean;
}

function asScore({ row, after }: Rescored): Parameters<typeof saveLeadScores>[1][number] {
  return { ...after, developerId: row.id, isNew: !row.is_scored };
}

/**
 * Another profile is news by itself: its weights were given to the stored scores when it was applied, so that they seem to say
 * the same.
 */
function isHistory({ row, after, isOtherProfile }: Rescored): boolean {
  return isOtherProfile || row.total_score !== after.total || row.tier !== after.tier;
}

function isNews(one: Rescored): boolean {
  return isHistory(one) || one.row.suggested_action !== one.after.action;
}

function asHistory({ row, after, isOtherProfile }: Rescored): Parameters<typeof saveProductHistory>[2][number] {
  const { total, tier, points } = after;
  return { leadId: row.lead_id, before: isOtherProfile ? 'as in the history' : row.total_score, total, tier, points };
}
