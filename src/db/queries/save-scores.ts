import type { ScoreBreakdown } from '../../model/score.ts';
import type { RunId } from '../../model/values.ts';
import type { Tx } from '../tx.ts';

/**
 * Keeps the latest receipt of each lead and appends to its history where total, tier, reason or profile changed.
 * Idempotent: the same breakdown again adds nothing.
 */
export async function saveScores(tx: Tx, runId: RunId | null, breakdowns: readonly ScoreBreakdown[]): Promise<void> {
  if (breakdowns.length === 0) return;
  const rows = breakdowns.map((one) => ({
    lead_id: one.leadId,
    kind: one.profile.kind,
    profile_version: one.profile.version,
    total: one.total,
    tier: one.tier,
    reason: one.reason,
    breakdown: {
      components: one.components,
      contributions: one.contributions,
      mqlBy: one.mqlBy,
      segment: one.segment,
      confidence: one.confidence,
      action: one.action,
    },
    scored_at: one.scoredAt,
  }));
  await tx.query(statement, [tx.orgId, runId, JSON.stringify(rows)]);
}

const statement = `
  with incoming as (
    select * from jsonb_to_recordset($3::jsonb) as r (
      lead_id uuid, kind text, profile_version int, total int, tier text, reason text, breakdown jsonb, scored_at timestamptz)
  ), before as (
    select b.lead_id, b.kind, b.total, b.tier, b.reason, b.profile_version
    from score_breakdowns b join incoming i using (lead_id, kind) where b.org_id = $1
  ), written as (
    insert into score_breakdowns as b (org_id, lead_id, kind, profile_version, total, tier, reason, breakdown, scored_at)
    select $1, lead_id, kind, profile_version, total, tier, reason, breakdown, scored_at from incoming
    on conflict (org_id, lead_id, kind) do update set
      profile_version = excluded.profile_version, total = excluded.total, tier = excluded.tier,
      reason = excluded.reason, breakdown = excluded.breakdown, scored_at = excluded.scored_at
    where (b.breakdown, b.profile_version, b.total, b.tier, b.reason)
      is distinct from (excluded.breakdown, excluded.profile_version, excluded.total, excluded.tier, excluded.reason)
    returning b.lead_id, b.kind, b.profile_version, b.total, b.tier, b.reason, b.scored_at
  )
  insert into score_history (org_id, lead_id, kind, profile_version, total_before, total, tier, reason, run_id, at)
  select $1, w.lead_id, w.kind, w.profile_version, b.total, w.total, w.tier, w.reason, $2, w.scored_at
  from written w left join before b using (lead_id, kind)
  where (b.total, b.tier, b.reason, b.profile_version) is distinct from (w.total, w.tier, w.reason, w.profile_version)
  order by w.lead_id
`;
