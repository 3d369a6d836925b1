import { Migration } from '@mikro-orm/migrations';

/** A tick of a schedule runs once, however many schedulers fire it and however often its worker dies. */
export class Ticks extends Migration {
  override up(): void {
    this.addSql(`
      alter table connections
        add column timezone text not null generated always as (coalesce(settings->>'timezone', 'UTC')) stored,
        add column live_every_seconds int generated always as ((settings->'pull'->>'liveEverySeconds')::int) stored,
        -- Every tick up to here has been run to its end; a worker that died leaves it where it was.
        add column last_tick_at timestamptz;
      -- Of the last write that was answered: what was read before does not know it.
      alter table push_states add column pushed_at timestamptz;
      alter table data_sources add column last_tick_at timestamptz;
      alter table sync_runs add column tick_at timestamptz,
        drop constraint sync_runs_kind_check,
        add constraint sync_runs_kind_check
          check (kind in ('sync', 'live', 'hints', 'push', 'rescore', 'replay', 'undo', 'import'));
      grant select (timezone, live_every_seconds, last_tick_at) on connections to leadloop_operator;
      grant select (last_tick_at) on data_sources to leadloop_operator;
      -- Whether an organisation's scores are those of its present profiles and of last night, and no more.
      create policy directory on org_scoring_profiles for select to leadloop_operator using (true);
      grant select (org_id, active, rescored_at) on org_scoring_profiles to leadloop_operator;
    `);
  }

  override down(): void {
    this.addSql(`
      revoke select (org_id, active, rescored_at) on org_scoring_profiles from leadloop_operator;
      drop policy directory on org_scoring_profiles;
      alter table sync_runs no force row level security;
      delete from sync_runs where kind in ('live', 'hints');
      alter table sync_runs force row level security;
      alter table sync_runs drop column tick_at,
        drop constraint sync_runs_kind_check,
        add constraint sync_runs_kind_check check (kind in ('sync', 'push', 'rescore', 'replay', 'undo', 'import'));
      alter table data_sources drop column last_tick_at;
      alter table push_states drop column pushed_at;
      alter table connections drop column last_tick_at, drop column live_every_seconds,
        drop column timezone;
    `);
  }
}
