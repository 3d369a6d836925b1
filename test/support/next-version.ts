import { Migration } from '@mikro-orm/migrations';
import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { TestDatabase } from './database.ts';

/** As the next version might have one: it changes what the present version works with, and breaks nothing of it. */
class NextVersion extends Migration {
  override up(): void {
    this.addSql(`
      alter table leads add column nickname text;
      alter table sync_runs drop constraint sync_runs_kind_check,
        add constraint sync_runs_kind_check
          check (kind in ('sync', 'hints', 'push', 'rescore', 'replay', 'undo', 'import', 'prune'));
      create index sync_runs_tick_idx on sync_runs (org_id, tick_at);
      create table nicknames (org_id uuid not null references orgs, nickname text not null);
      alter table nicknames enable row level security, force row level security;
      create policy tenant on nicknames to leadloop_app using (org_id = nullif(current_setting('leadloop.org', true), '')::uuid);
    `);
  }
}

/** What `leadloop migrate` of the next version does; the names of what it applied. */
export async function migrateToNext({ url }: TestDatabase): Promise<string[]> {
  const database = await openDatabase({ url, home: '' });
  try {
    const migrationsList = [{ name: '20991231000000_next_version', class: NextVersion }];
    Object.assign(database.orm.config.get('migrations'), { migrationsList });
    return await migrate(database);
  } finally {
    await database.close();
  }
}
