import { productComponents } from '../../model/product.ts';
import type { ProductScore, ProfileStamp } from './save-lead-scores.ts';
import type { Tx } from '../tx.ts';

export interface AccountScoreRow extends ProductScore {
  readonly domain: string;
  readonly signupCount: number;
  readonly topDeveloperId: string;
  readonly topSharePct: number | null;
}

/** Writes the scores of companies that have changed, with the profile's weights. */
export async function saveAccountScores(
  tx: Tx,
  scores: readonly AccountScoreRow[],
  stamp: ProfileStamp,
): Promise<void> {
  if (scores.length === 0) return;
  await tx.query(statement, [
    tx.orgId,
    scores.map(({ domain }) => domain),
    ...productComponents.map((_, index) => scores.map(({ points }) => points[index])),
    scores.map(({ confidence }) => confidence),
    scores.map(({ action }) => action),
    stamp.version,
    stamp.at,
    stamp.weights.map((percent) => percent / 100),
    scores.map(({ signupCount }) => signupCount),
    scores.map(({ topDeveloperId }) => topDeveloperId),
    scores.map(({ topSharePct }) => topSharePct),
  ]);
}

const statement = `
  insert into account_scores (org_id, company_domain, company_score, usage_score, expansion_score, champion_score,
    timing_score, confidence, suggested_action, signup_count, top_developer_id, top_share_pct, profile_version, scored_at,
    company_weight, usage_weight, expansion_weight, champion_weight, timing_weight)
  select $1, domain, company, usage, expansion, champion, timing, confidence, action, signups, top_id, share, $10, $11,
    ($12::numeric[])[1], ($12::numeric[])[2], ($12::numeric[])[3], ($12::numeric[])[4], ($12::numeric[])[5]
  from unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::smallint[], $9::text[], $13::int[],
    $14::uuid[], $15::smallint[])
    as r (domain, company, usage, expansion, champion, timing, confidence, action, signups, top_id, share)
  on conflict (org_id, company_domain) do update set
    company_score = excluded.company_score, usage_score = excluded.usage_score, expansion_score = excluded.expansion_score,
    champion_score = excluded.champion_score, timing_score = excluded.timing_score, confidence = excluded.confidence,
    suggested_action = excluded.suggested_action, signup_count = excluded.signup_count,
    top_developer_id = excluded.top_developer_id, top_share_pct = excluded.top_share_pct,
    profile_version = excluded.profile_version, scored_at = excluded.scored_at,
    company_weight = excluded.company_weight, usage_weight = excluded.usage_weight,
    expansion_weight = excluded.expansion_weight, champion_weight = excluded.champion_weight,
    timing_weight = excluded.timing_weight
`;

/** Forgets the scores of companies that have no people any more; returns the domains of those that had one. */
export async function dropAccountScores(tx: Tx, domains: readonly string[]): Promise<string[]> {
  if (domains.length === 0) return [];
  const rows = await tx.query<{ domain: string }>(
    `delete from account_scores where org_id = $1 and company_domain = any($2::text[]) returning company_domain as domain`,
    [tx.orgId, domains],
  );
  return rows.map(({ domain }) => domain);
}

export interface AccountOutput {
  readonly domain: string;
  readonly total_score: number;
  readonly tier: string;
  readonly suggested_action: string | null;
}

/** What CRMs are told of companies. */
export async function readAccountOutputs(tx: Tx, domains: readonly string[]): Promise<AccountOutput[]> {
  if (domains.length === 0) return [];
  return tx.query<AccountOutput>(
    `select company_domain as domain, total_score, tier, suggested_action from account_scores
     where org_id = $1 and company_domain = any($2::text[])`,
    [tx.orgId, domains],
  );
}
