import { type AccountRow, loadAccounts } from '../db/queries/load-accounts.ts';
import { loadCompanies } from '../db/queries/load-companies.ts';
import { type AccountScoreRow, dropAccountScores, saveAccountScores } from '../db/queries/save-account-scores.ts';
import type { Tx } from '../db/tx.ts';
import type { OutputValues } from '../model/lead.ts';
import { type ChangeTimes, noChange } from '../pull/change-times.ts';
import type { ScoringContext } from '../pull/pipeline.ts';
import { nothingSeen, wantOfCompanies } from '../pull/want.ts';
import { CompanyFacts, factsOfAccount, usageSince } from './facts-of.ts';
import { isSameScore, type ProductResult, scoreProduct, stampOf } from './product-score.ts';

interface KnownOfAccounts {
  /** Facts of all of them, where somebody has read them already. */
  readonly companies?: CompanyFacts;
  /** When a CRM changed what is known of some; left out = no CRM has. */
  readonly changedAt?: ChangeTimes;
}

/**
 * Scores companies by their people taken together, saves what changed and notes what their CRM records shall have. Idempotent.
 * The caller holds the lock of `lockProductScores`.
 */
export async function scoreAccounts(
  tx: Tx,
  context: ScoringContext,
  domains: readonly string[],
  { companies, changedAt = noChange }: KnownOfAccounts = {},
): Promise<void> {
  for (let at = 0; at < domains.length; at += accountsAtOnce) {
    const some = domains.slice(at, at + accountsAtOnce);
    const facts = companies ?? new CompanyFacts(await loadCompanies(tx, some));
    await scoreSome(tx, context, some, { companies: facts, changedAt });
  }
}

/** Companies in memory at once, with what is known of them: a file may touch any number. */
const accountsAtOnce = 1_000;

async function scoreSome(
  tx: Tx,
  context: ScoringContext,
  domains: readonly string[],
  { companies, changedAt }: Required<KnownOfAccounts>,
): Promise<void> {
  const rows = await loadAccounts(tx, domains, usageSince(context.plg.profile, context.at));
  const changed = rows
    .map((row) => ({ row, after: scoreProduct(context, factsOfAccount(row, companies)) }))
    .filter(({ row, after }) => !isSame(row, after, context));
  await saveAccountScores(tx, changed.map(asScore), stampOf(context));
  const peopled = new Set(rows.map(({ domain }) => domain));
  const dropped = await dropAccountScores(
    tx,
    domains.filter((domain) => !peopled.has(domain)),
  );
  const outputs = new Map<string, OutputValues | null>([
    ...changed.map(({ row, after }) => [row.domain, accountOutputs(after)] as const),
    ...dropped.map((domain) => [domain, null] as const),
  ]);
  if (outputs.size > 0) await wantOfCompanies(tx, context, outputs, { seen: nothingSeen, changedAt });
}

/** What a CRM may be told about a company. */
export function accountOutputs({ total, tier, action }: Omit<ProductResult, 'points' | 'confidence'>): OutputValues {
  return { plg_score: total, plg_tier: tier, suggested_action: action };
}

function isSame({ score, ...row }: AccountRow, after: ProductResult, context: ScoringContext): boolean {
  return (
    score !== null &&
    isSameScore(score, after, context) &&
    score.signup_count === row.signup_count &&
    score.top_developer_id === row.top_developer_id &&
    score.top_share_pct === row.top_share_pct
  );
}

function asScore({ row, after }: { row: AccountRow; after: ProductResult }): AccountScoreRow {
  return {
    ...after,
    domain: row.domain,
    signupCount: row.signup_count,
    topDeveloperId: row.top_developer_id,
    topSharePct: row.top_share_pct,
  };
}
