import { Migration } from '@mikro-orm/migrations';

/** Lists and counts of leads at any number of them: a page begins where the one before ended, and a count reads an index alone. */
export class LeadLists extends Migration {
  override up(): void {
    this.addSql(`
      -- Under row level security only leakproof operators may search an index: those of numbers are, those of an enum are not.
      alter table leads add column status_rank smallint not null generated always as (case status
        when 'new' then 0 when 'engaged' then 1 when 'mql' then 2 when 'sql' then 3 when 'opportunity' then 4
        when 'disqualified' then 5 else 6 end) stored;
      -- Without those that were merged away or erased, which no list has.
      create index leads_list_idx on leads (org_id, status_rank, lead_score, id) where merged_into is null and erased_at is null;
      -- The seed's name; below its columns the rest of the order.
      drop index leads_score_idx;
      create index leads_score_idx on leads (org_id, lead_score, id) where merged_into is null and erased_at is null;
      -- Who was merged into whom: asked for with each merge, and on each person's page.
      create index leads_merged_idx on leads (org_id, merged_into) where merged_into is not null;

      -- How many leads there were, by status and by tier, when the day's last run ended: the past cannot be counted later.
      create table lead_days (
        org_id uuid not null references orgs on delete cascade,
        -- In UTC.
        day date not null,
        statuses jsonb not null,
        tiers jsonb not null,
        counted_at timestamptz not null,
        primary key (org_id, day)
      );
      alter table lead_days enable row level security;
      alter table lead_days force row level security;
      create policy tenant on lead_days using (org_id = current_org()) with check (org_id = current_org());
      grant select, insert, update, delete on lead_days to leadloop_app;
    `);
  }

  override down(): void {
    this.addSql(`
      drop table lead_days;
      drop index leads_score_idx, leads_list_idx, leads_merged_idx;
      create index leads_score_idx on leads (org_id, lead_score);
      alter table leads drop column status_rank;
    `);
  }
}
