import { loadAccounts } from '../db/queries/load-accounts.ts';
import { loadCompanies } from '../db/queries/load-companies.ts';
import { loadSignups, signupsOfLead } from '../db/queries/load-signups.ts';
import type { Tx } from '../db/tx.ts';
import type { ScoreBreakdown } from '../model/score.ts';
import type { LeadId } from '../model/values.ts';
import type { CompiledProfile } from '../scoring/compile.ts';
import { scoreLead } from '../scoring/score.ts';
import { CompanyFacts, domainsOf, factsOfAccount, usageSince, factsOfSignup } from './facts-of.ts';

/** The product side of a person: each signup with its receipt, the best one first, and that of their company. */
export interface ProductStory {
  readonly signups: readonly ExplainedSignup[];
  /** Of the best signup; null = a private address, or none is scored. */
  readonly account: ExplainedAccount | null;
}

export interface ExplainedSignup {
  readonly id: string;
  readonly signedUpAt: Date;
  readonly source: string | null;
  readonly companyDomain: string | null;
  /** A private address: its owner counts for no company. */
  readonly isCompanyEmail: boolean;
  /** When the usage was seen; null = none is known. */
  readonly usageAt: Date | null;
  readonly breakdown: ScoreBreakdown;
}

export interface ExplainedAccount {
  readonly domain: string;
  readonly companyName: string | null;
  readonly people: number;
  /** Percent of the API calls that are one person's; null = no calls are known. */
  readonly topSharePct: number | null;
  /** Whose they are. */
  readonly topName: string | null;
  readonly breakdown: ScoreBreakdown;
}

/**
 * Receipts are computed from what is stored, at the instant of the stored score: they need no place of their own, and say what
 * the score says.
 */
export async function explainProduct(
  tx: Tx,
  leadId: LeadId,
  scoring: { readonly profile: CompiledProfile; readonly now: Date },
): Promise<ProductStory> {
  const rows = await loadSignups(tx, await signupsOfLead(tx, leadId));
  const companyRows = await loadCompanies(tx, domainsOf(rows));
  const companies = new CompanyFacts(companyRows);
  const receipt = (facts: ReturnType<typeof factsOfSignup>, at: Date): ScoreBreakdown =>
    scoreLead(scoring.profile, { leadId, ...facts, events: [] }, at);
  const signups = rows
    .map((row) => ({
      id: row.id,
      signedUpAt: row.signup_date,
      source: row.signup_source,
      companyDomain: row.company_domain,
      isCompanyEmail: row.is_company_email,
      usageAt: row.captured_at,
      breakdown: receipt(factsOfSignup(row, companies), row.scored_at ?? scoring.now),
    }))
    .toSorted((a, b) => b.breakdown.total - a.breakdown.total || (a.id < b.id ? -1 : 1));
  const [best] = signups;
  const domain = best?.isCompanyEmail === true ? best.companyDomain : null;
  const [account] = domain === null ? [] : await loadAccounts(tx, [domain], usageSince(scoring.profile, scoring.now));
  if (account === undefined) return { signups, account: null };
  return {
    signups,
    account: {
      domain: account.domain,
      companyName: companyRows.find((row) => row.domain === account.domain)?.company?.company_name ?? null,
      people: account.signup_count,
      topSharePct: account.top_share_pct,
      topName: account.top_name,
      breakdown: receipt(factsOfAccount(account, companies), scoredAt(account.score) ?? scoring.now),
    },
  };
}

function scoredAt(score: { readonly scored_at: string } | null): Date | null {
  return score === null ? null : new Date(score.scored_at);
}
