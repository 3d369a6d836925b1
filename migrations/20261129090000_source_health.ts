import { Migration } from '@mikro-orm/migrations';

/** How each source fares, as each connection does, and the messages about it. */
export class SourceHealth extends Migration {
  override up(): void {
    this.addSql(`
      -- See connection_health.
      create table source_health (
        org_id uuid not null,
        source_id uuid not null,
        state text not null check (state in ('healthy', 'failing', 'paused')),
        code text,
        message text,
        remedy text,
        failures_in_row integer not null default 0,
        since timestamptz not null,
        try_again_at timestamptz,
        last_success_at timestamptz,
        last_run_id uuid,
        version integer not null default 0,
        primary key (org_id, source_id),
        foreign key (org_id, source_id) references data_sources (org_id, id) on delete cascade
      );
      alter table source_health enable row level security;
      alter table source_health force row level security;
      create policy tenant on source_health using (org_id = current_org()) with check (org_id = current_org());
      grant select, insert, update, delete on source_health to leadloop_app;
      ${unforced(['sync_runs', 'source_health'], asTheyStand)}

      -- A message is about a connection or about a source.
      alter table alerts
        add column source_id uuid,
        alter column connection_id drop not null,
        add constraint alerts_subject_check check (num_nonnulls(connection_id, source_id) > 0),
        add foreign key (org_id, source_id) references data_sources (org_id, id) on delete cascade;
      create index alerts_source_idx on alerts (org_id, source_id, created_at) where source_id is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      ${unforced(['alerts'], 'delete from alerts where connection_id is null;')}
      alter table alerts drop column source_id, alter column connection_id set not null;
      drop table source_health;
    `);
  }
}

/** By its last run: whoever is dead already is not to look well until the next one. */
const asTheyStand = `
  insert into source_health (org_id, source_id, state, code, message, remedy, failures_in_row, since, last_success_at, last_run_id)
  select r.org_id, r.source_id,
    case when r.status <> 'failed' then 'healthy'
      when r.failure->>'recovery' in ('reauthorise', 'fix-config') then 'paused' else 'failing' end,
    case when r.status = 'failed' then r.failure->>'code' end, case when r.status = 'failed' then r.failure->>'message' end,
    case when r.status = 'failed' then r.failure->>'remedy' end, (r.status = 'failed')::int, coalesce(r.ended_at, r.started_at),
    (select max(s.ended_at) from sync_runs s
     where s.org_id = r.org_id and s.source_id = r.source_id and s.status in ('succeeded', 'partial')), r.id
  from (
    select distinct on (source_id) * from sync_runs
    where source_id is not null and status in ('succeeded', 'partial', 'failed') order by source_id, started_at desc
  ) r;
`;

/** An owner who is no superuser sees no row of a table whose row level security is forced. */
function unforced(tables: readonly string[], statements: string): string {
  const each = (how: string): string =>
    tables.map((table) => `alter table ${table} ${how} row level security;`).join(' ');
  return `${each('no force')} ${statements} ${each('force')}`;
}
