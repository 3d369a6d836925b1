import type { Tx } from '../tx.ts';

export interface DashboardKey {
  readonly score: number;
  readonly developerId: string;
}

export interface DashboardQuery {
  readonly tier: string | null;
  /** Lower case. */
  readonly companyDomain: string | null;
  readonly minScore: number | null;
  /** The last row of the page before. */
  readonly after: DashboardKey | null;
  readonly limit: number;
}

/** A row of the view, by its column names. */
export type DashboardRow = Readonly<Record<string, unknown>> & {
  readonly developer_id: string;
  readonly total_score: number;
};

/** Scored signups with a company's address, best first. */
export async function readDashboard(tx: Tx, query: DashboardQuery): Promise<DashboardRow[]> {
  const { tier, companyDomain, minScore, after, limit } = query;
  return tx.query<DashboardRow>(statement, [
    tx.orgId,
    tier,
    companyDomain,
    minScore,
    after?.score ?? null,
    after?.developerId ?? null,
    limit,
  ]);
}

/** The keys of a page, off an index in its order. */
const keys = (from: string): string => `
  select s.total_score, s.developer_id
  from lead_scores s
  join developer_signups d on d.org_id = $1 and d.id = s.developer_id and d.is_company_email
  where s.org_id = $1 and s.total_score is not null
    and ($2::text is null or s.tier = $2)
    and ($3::text is null or d.company_domain = $3)
    and ($4::int is null or s.total_score >= $4)
    and ${from}
  order by s.total_score desc nulls last, s.developer_id
  limit $7
`;

// What follows a key has the same score and a later id, or a lower score: in one condition, everybody with the score would be
// read. The view, which joins six tables, is read for the page alone.
const statement = `
  with page as materialized (
    select developer_id from (
      (${keys('s.total_score = $5 and s.developer_id > $6::uuid')})
      union all
      (${keys('($5::int is null or s.total_score < $5)')})
    ) k
    order by total_score desc, developer_id
    limit $7
  )
  select v.* from lead_dashboard v
  where v.developer_id = any(array(select developer_id from page))
  order by v.total_score desc nulls last, v.developer_id
`;
