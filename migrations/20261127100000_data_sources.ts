import { Migration } from '@mikro-orm/migrations';

/** Rows also come out of databases of the organisation's own: queries on a schedule, how far each has read, what was left out. */
export class DataSources extends Migration {
  override up(): void {
    this.addSql(sources);
    this.addSql(rejects);
    this.addSql(runs);
  }

  override down(): void {
    this.addSql(`
      drop index sync_runs_source_idx, sync_runs_live_idx;
      alter table sync_runs no force row level security;
      delete from sync_runs where kind = 'import';
      alter table sync_runs force row level security;
      alter table sync_runs drop column source_id, drop constraint sync_runs_kind_check,
        add constraint sync_runs_kind_check check (kind in ('sync', 'push', 'rescore', 'replay', 'undo'));
      create unique index sync_runs_live_idx on sync_runs (org_id, connection_id) where status = 'running';
      drop table source_rejects, data_sources;
    `);
  }
}

const sources = `
  create table data_sources (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    name text not null,
    kind text not null check (kind in ('signups', 'usage', 'companies', 'stakeholders', 'expansion-signals')),
    query text not null,
    -- {column, first}: $1 of the query is the greatest value of this column that was read; null = the whole query each time.
    since jsonb,
    -- Our name of a field → the query's.
    columns jsonb not null default '{}',
    -- Where the address comes from, and the address itself: sealed like the credentials of connections.
    database jsonb not null default '{}',
    database_sealed bytea,
    database_key_id text,
    database_fingerprint text,
    schedule text,
    timezone text not null default 'UTC',
    paused_reason text,
    -- Moves with the rows, by compare-and-set of the version: a late worker changes nothing.
    watermark text,
    version integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (org_id, id),
    unique (org_id, name)
  );
  ${tenant('data_sources')}
  create policy directory on data_sources for select to leadloop_operator using (true);
  grant select (id, org_id, name, schedule, timezone, paused_reason) on data_sources to leadloop_operator;
`;

const rejects = `
  -- Rows that could not be used. A row that has come right keeps its reason, not its values.
  create table source_rejects (
    id bigint generated always as identity primary key,
    org_id uuid not null,
    source_id uuid not null,
    -- Of the whole row: by this the same row is known again, since a row without a usable key has nothing else.
    row_hash text not null,
    -- '' where the whole row is meant.
    field text not null default '',
    code text not null,
    message text not null,
    fields jsonb not null default '{}',
    run_id uuid,
    times integer not null default 1,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    resolved_at timestamptz,
    unique (org_id, source_id, row_hash),
    foreign key (org_id, source_id) references data_sources (org_id, id) on delete cascade
  );
  create index source_rejects_open_idx on source_rejects (org_id, source_id, id) where resolved_at is null;
  ${tenant('source_rejects')}
`;

const runs = `
  alter table sync_runs add column source_id uuid,
    drop constraint sync_runs_kind_check,
    add constraint sync_runs_kind_check check (kind in ('sync', 'push', 'rescore', 'replay', 'undo', 'import')),
    add foreign key (org_id, source_id) references data_sources (org_id, id) on delete cascade;
  create index sync_runs_source_idx on sync_runs (org_id, source_id, started_at desc) where source_id is not null;
  -- One live run a connection or a source.
  drop index sync_runs_live_idx;
  create unique index sync_runs_live_idx on sync_runs (org_id, connection_id, source_id) nulls not distinct
    where status = 'running';
`;

/** Forced row level security and the application's rights, as every tenant table has them. */
function tenant(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} using (org_id = current_org()) with check (org_id = current_org());
    grant select, insert, update, delete on ${table} to leadloop_app;
  `;
}
