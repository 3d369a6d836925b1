import type { CompanyFactRow, WrittenCompanyFact } from './ingest-stakeholders.ts';
import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/**
 * Writes expansion signals and returns those that are new or different. Their companies must be there, and the turn of
 * `lockProductScores` be held. Of two that are the same to PostgreSQL alone the later one counts.
 */
export async function saveSignals(tx: Tx, rows: readonly CompanyFactRow[], now: Date): Promise<WrittenCompanyFact[]> {
  if (rows.length === 0) return [];
  return tx.query<WrittenCompanyFact>(statement, [tx.orgId, toJson(rows), now]);
}

const columns = 'signal_type, signal_title, signal_detail, signal_date, signal_strength, captured_at';
const of = (alias: string): string => columns.replaceAll(/\w+/gu, `${alias}.$&`);

// A signal that is told by its id may get another date or title; one that is told by them has them from the start.
const statement = `
  with incoming as (
    select distinct on (company_domain, identity) r.n, r.company_domain, r.said, k.identity
    from jsonb_to_recordset($2::jsonb) as r (n int, company_domain text, said jsonb),
      lateral (select coalesce('id ' || (r.said->>'external_id'), (r.said->>'signal_type') || ' '
        || coalesce(((r.said->>'signal_date')::date - date '2000-01-01')::text, '') || ' ' || lower(r.said->>'signal_title'))
        as identity) k
    order by company_domain, identity, n desc
  ), wanted as materialized (
    select i.n, i.company_domain, i.said->>'external_id' as external_id, s.id,
      i.said->>'signal_type' as signal_type, i.said->>'signal_title' as signal_title,
      case when i.said ? 'signal_detail' then i.said->>'signal_detail' else s.signal_detail end as signal_detail,
      case when i.said ? 'signal_date' then (i.said->>'signal_date')::date else s.signal_date end as signal_date,
      case when i.said ? 'signal_strength' then i.said->>'signal_strength' when s.id is null then 'medium'
        else s.signal_strength end as signal_strength,
      coalesce((i.said->>'captured_at')::timestamptz, s.captured_at, $3) as captured_at
    from incoming i
    left join lateral (
      select * from expansion_signals k
      where k.org_id = $1 and k.company_domain = i.company_domain and k.identity = i.identity limit 1
    ) s on true
  ), changed as materialized (
    select w.*, case when w.id is null then 'created' else 'updated' end as outcome
    from wanted w left join lateral (select * from expansion_signals k where k.org_id = $1 and k.id = w.id limit 1) s on true
    where w.id is null or (${of('w')}) is distinct from (${of('s')})
  ), created as (
    insert into expansion_signals (org_id, company_domain, external_id, ${columns})
    select $1, company_domain, external_id, ${columns} from changed where id is null
  ), updated as (
    update expansion_signals s set (${columns}) = row(${of('c')})
    from changed c where s.org_id = $1 and s.id = c.id
  )
  select n, outcome from changed
`;
