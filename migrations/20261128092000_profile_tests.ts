import { Migration } from '@mikro-orm/migrations';

/** Examples that people keep beside a scoring profile, with what they expect of it. */
export class ProfileTests extends Migration {
  override up(): void {
    this.addSql(`
      create table profile_tests (
        org_id uuid not null references orgs on delete cascade,
        kind text not null check (kind in ('mql', 'plg')),
        -- A list: name, facts, what is expected.
        tests jsonb not null,
        -- Counts the saves: who saves over another one's work is told.
        revision integer not null default 1,
        updated_by text not null,
        updated_at timestamptz not null,
        primary key (org_id, kind)
      );
      alter table profile_tests enable row level security;
      alter table profile_tests force row level security;
      create policy tenant on profile_tests using (org_id = current_org()) with check (org_id = current_org());
      grant select, insert, update, delete on profile_tests to leadloop_app;
    `);
  }

  override down(): void {
    this.addSql('drop table profile_tests;');
  }
}
