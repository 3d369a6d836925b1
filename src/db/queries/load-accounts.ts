import { featureBits, type UsageColumns } from './load-signups.ts';
import type { Tx } from '../tx.ts';

/** The people of one company taken together, and who of them uses the product most. */
export interface AccountRow extends UsageColumns {
  readonly domain: string;
  readonly signup_count: number;
  /** Each plan that somebody has; null = none is known. */
  readonly billing_tiers: readonly string[] | null;
  /** In percent, of the people whose usage is known both now and before; null = of nobody. */
  readonly api_call_growth_pct: number | null;
  readonly top_developer_id: string;
  /** Percent of the API calls that are the top person's; null = no calls are known. */
  readonly top_share_pct: number | null;
  readonly top_name: string | null;
  /** The stored score; null = none yet. */
  readonly score: {
    readonly company_score: number;
    readonly usage_score: number;
    readonly expansion_score: number;
    readonly champion_score: number;
    readonly timing_score: number;
    readonly confidence: number;
    readonly suggested_action: string | null;
    readonly signup_count: number;
    readonly top_developer_id: string | null;
    readonly top_share_pct: number | null;
    readonly profile_version: number;
    /** ISO 8601 */
    readonly scored_at: string;
  } | null;
}

/**
 * Companies by domain, each with the sums over its people's latest usage: only company addresses, for nobody has checked
 * which company the owner of a private one belongs to. Usage
 * that was seen before `since` is left out (null = none is): in the sum it would be as fresh as the newest. Companies without such people are left out.
 */
export async function loadAccounts(tx: Tx, domains: readonly string[], since: Date | null): Promise<AccountRow[]> {
  return domains.length === 0 ? [] : tx.query<AccountRow>(statement, [tx.orgId, domains, since]);
}

// Growth is that of the people whose usage is known both now and before: the others would look like business won or lost. One look-up
// of a score for each company (`limit 1`), or the planner, who cannot know how many there are, reads all scores.
const statement = `
  with people as (
    select d.id, d.company_domain as domain, d.full_name, i.*, ${featureBits} as feature_bits
    from developer_signups d
    left join lateral (
      select captured_at, project_count, active_projects, uses_auth, uses_storage, uses_edge_functions, uses_realtime,
        uses_vector, uses_cron, billing_tier, tier_upgraded_at, team_member_count, team_members_added_last_30d, api_calls_30d,
        api_calls_prev_30d, last_active_at, dashboard_logins_30d
      from internal_signals u
      where u.org_id = $1 and u.developer_id = d.id and ($3::timestamptz is null or u.captured_at > $3)
      order by u.captured_at desc limit 1
    ) i on true
    where d.org_id = $1 and d.company_domain = any($2::text[]) and d.is_company_email
  ), sums as (
    select domain, count(*)::int as signup_count, max(captured_at) as captured_at, sum(project_count) as project_count,
      sum(active_projects) as active_projects, bit_or(feature_bits) as feature_bits,
      array_agg(distinct billing_tier) filter (where billing_tier is not null) as billing_tiers,
      max(tier_upgraded_at) as tier_upgraded_at, max(team_member_count) as team_member_count, sum(team_members_added_last_30d) as team_members_added_last_30d,
      sum(api_calls_30d) as api_calls_30d, sum(api_calls_prev_30d) as api_calls_prev_30d,
      sum(api_calls_30d) filter (where api_calls_prev_30d is not null) as calls_compared,
      sum(api_calls_prev_30d) filter (where api_calls_30d is not null) as calls_before,
      sum(dashboard_logins_30d) as dashboard_logins_30d, max(last_active_at) as last_active_at
    from people group by domain
  ), top as (
    select distinct on (domain) domain, id, full_name, api_calls_30d
    from people order by domain, api_calls_30d desc nulls last, project_count desc nulls last, id
  )
  select s.domain, s.signup_count, s.captured_at, s.project_count, s.active_projects, s.feature_bits, s.billing_tiers, s.tier_upgraded_at,
    s.team_member_count, s.team_members_added_last_30d, s.api_calls_30d, s.api_calls_prev_30d,
    case when s.calls_before > 0 then round((s.calls_compared - s.calls_before) / s.calls_before * 100, 1)
      when s.calls_before = 0 then 0 end as api_call_growth_pct,
    s.dashboard_logins_30d, s.last_active_at, t.id as top_developer_id, t.full_name as top_name,
    case when s.api_calls_30d > 0 then round(t.api_calls_30d * 100 / s.api_calls_30d)::int end as top_share_pct,
    to_jsonb(a) as score
  from sums s
  join top t using (domain)
  left join lateral (select * from account_scores c where c.org_id = $1 and c.company_domain = s.domain limit 1) a on true
`;
