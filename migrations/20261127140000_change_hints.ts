import { Migration } from '@mikro-orm/migrations';

/** What a CRM tells by itself: which records to look at again, which deliveries have come, and what came of them. */
export class ChangeHints extends Migration {
  override up(): void {
    this.addSql(hints);
    this.addSql(deliveries);
    this.addSql(counts);
  }

  override down(): void {
    this.addSql(`
      drop table webhook_counts, webhook_deliveries, change_hints;
      drop sequence change_hint_versions;
      drop type change_reason;
    `);
  }
}

const hints = `
  -- In the order of their weight: of what came of a record, the greatest counts.
  create type change_reason as enum ('changed', 'deleted', 'erased');
  -- Of all hints together, so that a hint that came after one was done with never looks like that one.
  create sequence change_hint_versions;
  grant usage on sequence change_hint_versions to leadloop_app;

  -- One row a record, however often it was named.
  create table change_hints (
    org_id uuid not null,
    connection_id uuid not null,
    object text not null,
    external_id text not null,
    reason change_reason not null,
    -- CRM fields that changed; null = any may have.
    fields text[],
    first_occurred_at timestamptz not null,
    last_received_at timestamptz not null,
    version bigint not null,
    primary key (org_id, connection_id, object, external_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  ${tenant('change_hints')}
  -- Whether a connection has any, for the scheduler.
  create policy directory on change_hints for select to leadloop_operator using (true);
  grant select (org_id, connection_id) on change_hints to leadloop_operator;
`;

const deliveries = `
  -- Deliveries that were taken in, for as long as their signature holds: the same one again is a replay.
  create table webhook_deliveries (
    org_id uuid not null,
    connection_id uuid not null,
    delivery_hash bytea not null,
    received_at timestamptz not null,
    primary key (org_id, connection_id, delivery_hash),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index webhook_deliveries_received_idx on webhook_deliveries (org_id, connection_id, received_at);
  ${tenant('webhook_deliveries')}
`;

const counts = `
  create table webhook_counts (
    org_id uuid not null,
    connection_id uuid not null,
    -- In UTC.
    day date not null,
    verdict text not null
      check (verdict in ('accepted', 'unsigned', 'forged', 'stale', 'replayed', 'no-secret', 'unreadable')),
    deliveries bigint not null,
    primary key (org_id, connection_id, day, verdict),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  ${tenant('webhook_counts')}
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
