import { Migration } from '@mikro-orm/migrations';

/**
 * What a second CRM taught: a record can become another one and stay (a converted lead and its contact), people belong to
 * opportunities, and records that share a parent are written together.
 */
export class TwoCrms extends Migration {
  override up(): void {
    this.addSql(successors);
    this.addSql(opportunityLinks);
    this.addSql(parents);
    this.addSql(statisticsOf(`${before}, opportunities, opportunity_links`));
  }

  override down(): void {
    this.addSql(statisticsOf(before));
    this.addSql(`
      drop index push_states_queue_idx;
      create index push_states_queue_idx on push_states (org_id, connection_id, object, priority, external_id)
        where state in ('pending', 'claimed');
      alter table push_states drop column parent;
      drop table opportunity_links;
      -- An owner who is no superuser sees no row of a table whose row level security is forced.
      alter table source_records no force row level security;
      alter table sync_cursors no force row level security;
      delete from sync_cursors c using source_records s where s.kind = 'opportunity' and c.org_id = s.org_id
        and c.connection_id = s.connection_id and c.object = s.object;
      delete from source_records where kind = 'opportunity';
      alter table source_records force row level security;
      alter table sync_cursors force row level security;
      alter table source_records drop column successor_object, drop column successor_id,
        drop constraint source_records_kind_check,
        add constraint source_records_kind_check check (kind in ('lead', 'company', 'owner', 'engagement'));
    `);
  }
}

const successors = `
  alter table source_records
    drop constraint source_records_kind_check,
    add constraint source_records_kind_check check (kind in ('lead', 'company', 'owner', 'opportunity', 'engagement')),
    -- The record that this one has become: it stays readable, and only its successor is written to.
    add column successor_object text,
    add column successor_id text;
  create index source_records_successor_idx on source_records (org_id, connection_id, successor_id)
    where successor_id is not null;
`;

const opportunityLinks = `
  -- Which people, by the id of their CRM record, belong to which opportunity. external_id names the role or the conversion.
  create table opportunity_links (
    org_id uuid not null references orgs on delete cascade,
    connection_id uuid not null,
    external_id text not null,
    person text not null,
    opportunity text not null,
    primary key (org_id, connection_id, external_id),
    foreign key (org_id, connection_id) references connections (org_id, id) on delete cascade
  );
  create index opportunity_links_person_idx on opportunity_links (org_id, connection_id, person);
  create index opportunity_links_opportunity_idx on opportunity_links (org_id, connection_id, opportunity);
  alter table opportunity_links enable row level security;
  alter table opportunity_links force row level security;
  create policy tenant on opportunity_links using (org_id = current_org()) with check (org_id = current_org());
  grant select, insert, update, delete on opportunity_links to leadloop_app;
`;

// A CRM locks the company of a person whom it saves: people of one company go in one call, not in several at once.
const parents = `
  alter table push_states add column parent text not null default '';
  drop index push_states_queue_idx;
  create index push_states_queue_idx on push_states (org_id, connection_id, object, priority, parent, external_id)
    where state in ('pending', 'claimed');
`;

/** Tables whose statistics were refreshed until now. */
const before = 'leads, source_records, engagement_events, score_breakdowns, score_history, push_states';

/** As the initial migration has it: whoever may call it still may. */
function statisticsOf(tables: string): string {
  return `
    create or replace function refresh_statistics() returns void language plpgsql security definer
      set search_path from current as $$
    begin
      analyze ${tables};
    end $$;
  `;
}
