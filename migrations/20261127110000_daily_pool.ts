import { Migration } from '@mikro-orm/migrations';

/**
 * The calls of a connection's day are reserved in one row that all processes share; what the CRM last told of the account
 * stands beside them. `api_usage` stays as the history of days.
 */
export class DailyPool extends Migration {
  override up(): void {
    this.addSql(pools);
    this.addSql(today);
  }

  override down(): void {
    this.addSql('drop table daily_pools');
  }
}

const pools = `
  create table daily_pools (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    -- Counts the days: calls of an earlier one cannot be given back.
    day integer not null default 1,
    ends_at timestamptz not null,
    -- Made, or reserved by a process that is at work, or lost with one that died.
    used integer not null default 0 check (used >= 0),
    -- As the CRM last told, null = it did not; reset_at is the end of its day.
    account_max integer,
    account_remaining integer,
    observed_at timestamptz,
    reset_at timestamptz,
    -- When a run that stopped at a limit may go on.
    resume_at timestamptz,
    primary key (org_id, connection_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  alter table daily_pools enable row level security;
  alter table daily_pools force row level security;
  create policy tenant on daily_pools using (org_id = current_org()) with check (org_id = current_org());
  grant select, insert, update, delete on daily_pools to leadloop_app;
`;

// What was used today counts on. The owner sees no row of a tenant while row level security is forced.
const today = `
  alter table connections no force row level security;
  alter table api_usage no force row level security;
  alter table daily_pools no force row level security;
  insert into daily_pools (org_id, connection_id, ends_at, used)
  select u.org_id, u.connection_id,
    (u.day + 1)::timestamp at time zone coalesce(c.settings->>'timezone', 'UTC'), u.calls
  from api_usage u join connections c on c.org_id = u.org_id and c.id = u.connection_id
  where u.day = (now() at time zone coalesce(c.settings->>'timezone', 'UTC'))::date;
  alter table connections force row level security;
  alter table api_usage force row level security;
  alter table daily_pools force row level security;
`;
