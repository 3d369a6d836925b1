import { Migration } from '@mikro-orm/migrations';

/** What it takes to change a connection in the console, where two people may do so at once, and to delete one. */
export class ConnectionVersions extends Migration {
  override up(): void {
    this.addSql(`
      alter table connections
        -- Rises with each change of what is configured: the compare-and-set of two people who edit.
        add column version integer not null default 1,
        -- When somebody last stored credentials; null = before this was noted, or none are.
        add column credentials_at timestamptz;
      -- Each opportunity that goes along with its connection asks whether a lead still names it.
      create index leads_opportunity_idx on leads (org_id, opportunity_id) where opportunity_id is not null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index leads_opportunity_idx;
      alter table connections drop column version, drop column credentials_at;
    `);
  }
}
