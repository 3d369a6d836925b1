import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

export interface CompanyFactRow {
  /** The place among the rows given. */
  readonly n: number;
  readonly company_domain: string;
  /** Columns by name: those that are not there stay as they are. */
  readonly said: Readonly<Record<string, unknown>>;
}

export interface WrittenCompanyFact {
  readonly n: number;
  readonly outcome: 'created' | 'updated';
}

/**
 * Writes stakeholders and returns those that are new or different. Their companies must be there, and the turn of
 * `lockProductScores` be held. Of two that are the same to PostgreSQL alone the later one counts.
 */
export async function saveStakeholders(
  tx: Tx,
  rows: readonly CompanyFactRow[],
  now: Date,
): Promise<WrittenCompanyFact[]> {
  if (rows.length === 0) return [];
  return tx.query<WrittenCompanyFact>(statement, [tx.orgId, toJson(rows), now]);
}

const kept = ['title', 'department', 'seniority', 'linkedin_url'];
const flags = ['is_decision_maker', 'is_technical', 'is_budget_holder'];
const columns = ['full_name', ...kept, ...flags];
const of = (alias: string): string => columns.map((name) => `${alias}.${name}`).join(', ');

const statement = `
  with incoming as (
    select distinct on (company_domain, identity) r.n, r.company_domain, r.said, k.identity
    from jsonb_to_recordset($2::jsonb) as r (n int, company_domain text, said jsonb),
      lateral (select coalesce('id ' || (r.said->>'external_id'), lower(r.said->>'full_name')) as identity) k
    order by company_domain, identity, n desc
  ), wanted as materialized (
    select i.n, i.company_domain, i.said->>'external_id' as external_id, s.id, i.said->>'full_name' as full_name,
      ${kept.map((name) => `case when i.said ? '${name}' then i.said->>'${name}' else s.${name} end as ${name}`).join(', ')},
      ${flags.map((name) => `case when i.said ? '${name}' then (i.said->>'${name}')::boolean when s.id is null then false else s.${name} end as ${name}`).join(', ')}
    from incoming i
    left join lateral (
      select * from stakeholders k
      where k.org_id = $1 and k.company_domain = i.company_domain and k.identity = i.identity limit 1
    ) s on true
  ), changed as materialized (
    select w.*, case when w.id is null then 'created' else 'updated' end as outcome
    from wanted w left join lateral (select * from stakeholders k where k.org_id = $1 and k.id = w.id limit 1) s on true
    where w.id is null or (${of('w')}) is distinct from (${of('s')})
  ), created as (
    insert into stakeholders (org_id, company_domain, external_id, enriched_at, ${columns.join(', ')})
    select $1, company_domain, external_id, $3, ${columns.join(', ')} from changed where id is null
  ), updated as (
    update stakeholders s set (enriched_at, ${columns.join(', ')}) = row($3::timestamptz, ${of('c')})
    from changed c where s.org_id = $1 and s.id = c.id
  )
  select n, outcome from changed
`;
