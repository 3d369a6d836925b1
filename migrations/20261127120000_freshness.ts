import { Migration } from '@mikro-orm/migrations';

/** How long a change in the CRM takes to be a score in the CRM: when it was made, kept beside the write that it led to. */
export class Freshness extends Migration {
  override up(): void {
    this.addSql(`
      -- The oldest change in the CRM that is not a score there yet; null = the write has another cause, such as decay.
      alter table push_states add column changed_at timestamptz;
      -- The same, taken over when the write was claimed: on one line of each record, so that a record counts once.
      alter table push_ledger add column changed_at timestamptz;
      -- What was fresh of late. Writes without a change in the CRM are the many, and are not in it.
      create index push_ledger_freshness_idx on push_ledger (org_id, connection_id, settled_at)
        where changed_at is not null and outcome = 'applied';
      -- The last success of a connection, however many failures came after it.
      create index sync_runs_success_idx on sync_runs (org_id, connection_id, started_at desc)
        where kind = 'sync' and status in ('succeeded', 'partial');
    `);
  }

  override down(): void {
    this.addSql(`
      drop index sync_runs_success_idx, push_ledger_freshness_idx;
      alter table push_ledger drop column changed_at;
      alter table push_states drop column changed_at;
    `);
  }
}
