import { Migration } from '@mikro-orm/migrations';

/** How each connection fares, what a person has paused, and the messages about it that have to go out. */
export class ConnectionHealth extends Migration {
  override up(): void {
    this.addSql(health);
    this.addSql(alerts);
    this.addSql(pauses);
  }

  override down(): void {
    this.addSql(`
      alter table connections add column paused_reason text;
      alter table data_sources add column paused_reason text;
      ${unforced(
        ['pauses', 'connections', 'data_sources'],
        `update connections c set paused_reason = p.reason from pauses p
           where p.org_id = c.org_id and p.connection_id = c.id and p.direction = 'all';
         update data_sources s set paused_reason = p.reason from pauses p
           where p.org_id = s.org_id and p.source_id = s.id and p.direction in ('all', 'pull');`,
      )}
      grant select (paused_reason) on connections to leadloop_operator;
      grant select (paused_reason) on data_sources to leadloop_operator;
      drop table pauses, alerts, connection_health;
    `);
  }
}

const health = `
  -- healthy: no row, or the last run was good. failing: it may come right by itself; from the third failure in a row the next
  -- attempt waits. paused: a person has to do something; it is tried now and then all the same.
  create table connection_health (
    org_id uuid not null,
    connection_id uuid not null,
    state text not null check (state in ('healthy', 'failing', 'paused')),
    code text,
    message text,
    remedy text,
    failures_in_row integer not null default 0,
    -- When it became healthy, or stopped being so.
    since timestamptz not null,
    -- Nothing is tried before; null = any tick may.
    try_again_at timestamptz,
    last_success_at timestamptz,
    last_run_id uuid,
    -- Compare-and-set: of two ends of runs that come together each counts once.
    version integer not null default 0,
    primary key (org_id, connection_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  ${tenant('connection_health')}
`;

const alerts = `
  -- Written with the change that they tell of, sent afterwards, at least once.
  create table alerts (
    id uuid primary key,
    org_id uuid not null,
    connection_id uuid not null,
    kind text not null check (kind in ('failing', 'paused', 'recovered')),
    code text,
    title text not null,
    text text not null,
    remedy text,
    created_at timestamptz not null,
    sent_at timestamptz,
    attempts integer not null default 0,
    -- Null = sent, or given up: then last_error says why.
    next_try_at timestamptz,
    last_error text,
    unique (org_id, id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index alerts_due_idx on alerts (org_id, next_try_at) where next_try_at is not null;
  create index alerts_connection_idx on alerts (org_id, connection_id, created_at);
  ${tenant('alerts')}
  -- Whose alerts are due; what they say is the organisation's own.
  create policy directory on alerts for select to leadloop_operator using (true);
  grant select (org_id, next_try_at) on alerts to leadloop_operator;
`;

const pauses = `
  -- A person's word. Neither a connection nor a source = the whole organisation.
  create table pauses (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid,
    source_id uuid,
    direction text not null check (direction in ('pull', 'push', 'all')),
    reason text not null,
    created_at timestamptz not null,
    created_by text not null,
    unique nulls not distinct (org_id, connection_id, source_id, direction),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade,
    foreign key (org_id, source_id) references data_sources (org_id, id) on delete cascade
  );
  ${unforced(
    ['connections', 'data_sources'],
    `insert into pauses (org_id, connection_id, direction, reason, created_at, created_by)
       select org_id, id, 'all', paused_reason, now(), 'migration' from connections where paused_reason is not null;
     insert into pauses (org_id, source_id, direction, reason, created_at, created_by)
       select org_id, id, 'all', paused_reason, now(), 'migration' from data_sources where paused_reason is not null;`,
  )}
  ${tenant('pauses')}
  create policy directory on pauses for select to leadloop_operator using (true);
  grant select (org_id, connection_id, source_id, direction, reason) on pauses to leadloop_operator;
  alter table connections drop column paused_reason;
  alter table data_sources drop column paused_reason;
`;

/** An owner who is no superuser sees no row of a table whose row level security is forced. */
function unforced(tables: readonly string[], statements: string): string {
  const each = (how: string): string =>
    tables.map((table) => `alter table ${table} ${how} row level security;`).join(' ');
  return `${each('no force')} ${statements} ${each('force')}`;
}

/** Forced row level security and the application's rights, as every tenant table has them. */
function tenant(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} using (org_id = current_org()) with check (org_id = current_org());
    grant select, insert, update, delete on ${table} to leadloop_app;
  `;
}
