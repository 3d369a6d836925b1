import { Migration } from '@mikro-orm/migrations';

/** People who are on their way to a CRM and back, to let leadloop in there. Rows hold for minutes, and are gone within a day. */
export class Consents extends Migration {
  override up(): void {
    this.addSql(`
      create table consents (
        org_id uuid not null references orgs on delete cascade,
        id uuid not null,
        -- Whoever began: nobody else's answer is taken.
        actor text not null,
        kind text not null,
        -- Of what comes back with the answer.
        state_hash text not null,
        status text not null check (status in ('waiting', 'answered', 'granted', 'refused')),
        -- Of a refusal: message and remedy.
        problem jsonb,
        -- What was asked for, with the proof of who asks; once granted, also what came of it.
        sealed bytea not null,
        key_id text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        primary key (org_id, id)
      );
      alter table consents enable row level security;
      alter table consents force row level security;
      create policy tenant on consents using (org_id = current_org()) with check (org_id = current_org());
      grant select, insert, update, delete on consents to leadloop_app;
    `);
  }

  override down(): void {
    this.addSql('drop table consents;');
  }
}
