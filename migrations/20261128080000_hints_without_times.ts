import { Migration } from '@mikro-orm/migrations';

/** When a hint came is nothing that anybody asks. */
export class HintsWithoutTimes extends Migration {
  override up(): void {
    // Some databases never had them.
    this.addSql(`
      alter table change_hints drop column if exists first_occurred_at, drop column if exists last_received_at;
    `);
  }

  override down(): void {
    this.addSql(`
      alter table change_hints
        add column first_occurred_at timestamptz not null default now(),
        add column last_received_at timestamptz not null default now();
      alter table change_hints alter column first_occurred_at drop default, alter column last_received_at drop default;
    `);
  }
}
