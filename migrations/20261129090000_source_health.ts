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
      alter table alerts no force row level security;
      delete from alerts where connection_id is null;
      alter table alerts force row level security;
      alter table alerts drop column source_id, alter column connection_id set not null;
      drop table source_health;
    `);
  }
}
