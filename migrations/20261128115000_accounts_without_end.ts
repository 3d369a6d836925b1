import { Migration } from '@mikro-orm/migrations';

/** Nobody is switched off: who belongs to no organisation any more is deleted. */
export class AccountsWithoutEnd extends Migration {
  override up(): void {
    // Some databases never had it.
    this.addSql('alter table console_accounts drop column if exists disabled_at;');
  }

  override down(): void {
    this.addSql('alter table console_accounts add column disabled_at timestamptz;');
  }
}
