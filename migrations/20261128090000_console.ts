import { Migration } from '@mikro-orm/migrations';

/** Who may use the console: accounts, their roles, sessions and one-time links; and what people are editing there. */
export class Console extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(memberships);
    this.addSql(drafts);
  }

  override down(): void {
    this.addSql(`
      drop index audit_log_recent_idx;
      revoke select (name) on api_tokens from leadloop_operator;
      drop table drafts, memberships, sign_in_failures, console_links, console_sessions, console_accounts;
      drop type member_role, draft_subject;
    `);
  }
}

const accounts = `
  -- One person, whatever organisations they work for: no table of an organisation's.
  create table console_accounts (
    id uuid primary key default gen_random_uuid(),
    email text not null unique check (email = lower(email)),
    name text not null,
    -- argon2id, as its text form; null = signs in elsewhere, or has not chosen one yet.
    password_hash text,
    -- What a provider of single sign-on calls the person; null = has not come that way.
    sso_issuer text,
    sso_subject text,
    created_at timestamptz not null,
    disabled_at timestamptz,
    unique (sso_issuer, sso_subject)
  );
  create table console_sessions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references console_accounts on delete cascade,
    -- SHA-256 of what the cookie holds.
    token_hash text not null unique,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null
  );
  create index console_sessions_account_idx on console_sessions (account_id);
  -- A link that lets one person choose a password, once.
  create table console_links (
    token_hash text primary key,
    -- Null = the very first account is made by it.
    account_id uuid references console_accounts on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
  );
  create index console_links_account_idx on console_links (account_id);
  -- Failed attempts by who tried and for whom, as a hash; they are forgotten after a while.
  create table sign_in_failures (
    key_hash text primary key,
    failures integer not null,
    last_at timestamptz not null,
    blocked_until timestamptz
  );
  ${['console_accounts', 'console_sessions', 'console_links', 'sign_in_failures'].map(outsideTenants).join('\n')}
`;

const memberships = `
  create type member_role as enum ('viewer', 'operator', 'admin');
  create table memberships (
    org_id uuid not null references orgs on delete cascade,
    account_id uuid not null references console_accounts on delete cascade,
    role member_role not null,
    created_at timestamptz not null,
    primary key (org_id, account_id)
  );
  create index memberships_account_idx on memberships (account_id);
  ${tenant('memberships')}
  -- Which organisations somebody who signs in belongs to; and the first account, which belongs to all.
  create policy directory on memberships to leadloop_operator using (true) with check (true);
  grant select, insert on memberships to leadloop_operator;
`;

const drafts = `
  create type draft_subject as enum ('mapping', 'profile');
  -- What somebody is editing and has not published; one for each mapping and profile.
  create table drafts (
    org_id uuid not null references orgs on delete cascade,
    subject draft_subject not null,
    -- The connection of a mapping, the kind of a profile.
    name text not null,
    definition jsonb not null,
    -- The version that it began from; null = there was none.
    based_on integer,
    -- Counts the saves: who saves over another one's work is told.
    revision integer not null default 1,
    updated_by text not null,
    updated_at timestamptz not null,
    primary key (org_id, subject, name)
  );
  ${tenant('drafts')}
  -- Who acts by a token, for the audit log.
  grant select (name) on api_tokens to leadloop_operator;
  create index audit_log_recent_idx on audit_log (org_id, id desc);
`;

/** Only the role that signs people in may see these: the application's has no right to them. */
function outsideTenants(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy directory on ${table} to leadloop_operator using (true) with check (true);
    grant select, insert, update, delete on ${table} to leadloop_operator;
  `;
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
