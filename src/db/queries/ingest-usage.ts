import { toJson } from './json.ts';
import type { Tx } from '../tx.ts';

/** Columns of a snapshot and their types, but for when it was and what is taken from history. */
const columnTypes = {
  project_count: 'int',
  active_projects: 'int',
  uses_auth: 'boolean',
  uses_storage: 'boolean',
  uses_edge_functions: 'boolean',
  uses_realtime: 'boolean',
  uses_vector: 'boolean',
  uses_cron: 'boolean',
  billing_tier: 'text',
  tier_upgraded_at: 'timestamptz',
  team_member_count: 'int',
  team_members_added_last_30d: 'int',
  api_calls_30d: 'bigint',
  last_active_at: 'timestamptz',
  dashboard_logins_30d: 'int',
} as const;

export interface WrittenUsage {
  /** The place among the rows given. */
  readonly n: number;
  readonly developerId: string;
  readonly outcome: 'created' | 'updated';
}

/**
 * Writes snapshots and returns those that are new or different. Each row holds `n`, `email` and columns by name; one without
 * `captured_at` is the snapshot of `seenAt`, unless it says what the latest one until then says. The signups must be there, and the rows
 * distinct by address and instant.
 */
export async function saveUsage(
  tx: Tx,
  rows: readonly Readonly<Record<string, unknown>>[],
  seenAt: Date,
): Promise<WrittenUsage[]> {
  if (rows.length === 0) return [];
  return tx.query<WrittenUsage>(statement, [tx.orgId, toJson(rows), seenAt]);
}

const names = Object.keys(columnTypes);
const columns = names.join(', ');
const of = (alias: string): string => names.map((name) => `${alias}.${name}`).join(', ');
const typed = Object.entries(columnTypes)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

/** The snapshot nearest to 30 days before `at`: days and months are of different lengths, and weeks divide neither. */
const monthBefore = (developerId: string, at: string): string => `(
  select p.api_calls_30d from internal_signals p
  where p.org_id = $1 and p.developer_id = ${developerId} and p.api_calls_30d is not null
    and p.captured_at between ${at} - interval '33 days' and ${at} - interval '27 days'
  order by abs(extract(epoch from ${at} - interval '30 days' - p.captured_at)), p.captured_at limit 1)`;

// Each row is held against one snapshot: that of its own instant, or where it names none the latest one. One look-up a row
// (`limit 1`), or the planner reads all signups where it takes a million of them for few.
const statement = `
  with incoming as materialized (
    select r.*, coalesce(r.captured_at, $3) as at, d.id as developer_id
    from jsonb_to_recordset($2::jsonb)
      as r (n int, email text, captured_at timestamptz, api_calls_prev_30d bigint, ${typed}),
      lateral (select s.id from developer_signups s where s.org_id = $1 and s.email = r.email limit 1) d
  ), held as materialized (
    select i.*, s.id as snapshot_id,
      case
        when s.id is not null and (${of('i')}) is not distinct from (${of('s')})
          and (i.api_calls_prev_30d is null
            or (i.api_calls_prev_30d is not distinct from s.api_calls_prev_30d and not s.api_calls_prev_derived))
          then 'unchanged'
        when s.captured_at = i.at then 'updated'
        else 'created'
      end as outcome
    from incoming i
    left join lateral (
      select * from internal_signals u
      where u.org_id = $1 and u.developer_id = i.developer_id and u.captured_at <= i.at
      order by u.captured_at desc limit 1
    ) s on i.captured_at is null or s.captured_at = i.captured_at
  ), updated as (
    update internal_signals u set (${columns}, api_calls_prev_30d, api_calls_prev_derived) =
      row(${of('h')}, coalesce(h.api_calls_prev_30d, u.api_calls_prev_30d),
        h.api_calls_prev_30d is null and u.api_calls_prev_derived)
    from held h where h.outcome = 'updated' and u.id = h.snapshot_id and u.org_id = $1
  ), created as (
    insert into internal_signals (org_id, developer_id, captured_at, ${columns}, api_calls_prev_30d, api_calls_prev_derived)
    select $1, h.developer_id, h.at, ${of('h')}, coalesce(h.api_calls_prev_30d, before.calls),
      h.api_calls_prev_30d is null and before.calls is not null
    from held h, lateral (select ${monthBefore('h.developer_id', 'h.at')} as calls) before
    where h.outcome = 'created'
  )
  select n, developer_id as "developerId", outcome from held where outcome <> 'unchanged'
`;

export interface OlderSnapshot {
  readonly developerId: string;
  readonly at: string;
}

/**
 * Snapshots that have come out of their order, or say something else than before: those of about a month later, which were not
 * told themselves, take from them what was called before. Returns whose snapshots are different now.
 */
export async function fillFromHistory(tx: Tx, older: readonly OlderSnapshot[]): Promise<string[]> {
  if (older.length === 0) return [];
  const rows = await tx.query<{ developerId: string }>(fill, [
    tx.orgId,
    older.map(({ developerId }) => developerId),
    older.map(({ at }) => at),
  ]);
  return rows.map(({ developerId }) => developerId);
}

const fill = `
  update internal_signals u set api_calls_prev_30d = later.calls, api_calls_prev_derived = true
  from (
    select l.id, ${monthBefore('l.developer_id', 'l.captured_at')} as calls
    from unnest($2::uuid[], $3::timestamptz[]) as w (developer_id, at)
    join internal_signals l on l.org_id = $1 and l.developer_id = w.developer_id
      and l.captured_at between w.at + interval '27 days' and w.at + interval '33 days'
      and (l.api_calls_prev_30d is null or l.api_calls_prev_derived)
  ) later
  where u.org_id = $1 and u.id = later.id and u.api_calls_prev_30d is distinct from later.calls
  returning u.developer_id as "developerId"
`;
