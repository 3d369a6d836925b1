import { Migration } from '@mikro-orm/migrations';

/** What a run has come to besides its counts, and the ways in which people look for runs and for rejected records. */
export class RunDetails extends Migration {
  override up(): void {
    this.addSql(`
      -- { lanes, problems, paused, step }: see model/run.ts. Written while the run is under way, too.
      alter table sync_runs add column detail jsonb not null default '{}';
      create index sync_runs_recent_idx on sync_runs (org_id, started_at desc, id desc);
      -- Looks and answers to hints are thousands a day: whoever does not ask for them reads past none.
      create index sync_runs_told_idx on sync_runs (org_id, started_at desc, id desc) where kind not in ('live', 'hints');
      create index sync_runs_status_idx on sync_runs (org_id, status, started_at desc, id desc);
      create index rejected_records_kind_idx
        on rejected_records (org_id, connection_id, object, stage, code, field, id desc) where resolved_at is null;
      create index push_states_dead_idx on push_states (org_id, connection_id) where state = 'dead';
      create index source_rejects_kind_idx on source_rejects (org_id, source_id, code, field, id desc)
        where resolved_at is null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index source_rejects_kind_idx, push_states_dead_idx, rejected_records_kind_idx, sync_runs_status_idx, sync_runs_told_idx,
        sync_runs_recent_idx;
      alter table sync_runs drop column detail;
    `);
  }
}
