import { Migration } from '@mikro-orm/migrations';

/** The tier stands beside the score, so that leads of a tier are a range of an index, however many have the score at its edge. */
export class LeadTiers extends Migration {
  override up(): void {
    this.addSql(`
      -- Of the marketing profile, by the exact score; null = not scored yet.
      alter table leads add column tier text;
      -- The owner sees no row of a tenant while row level security is forced.
      alter table leads no force row level security;
      alter table score_breakdowns no force row level security;
      update leads l set tier = b.tier from score_breakdowns b
        where b.org_id = l.org_id and b.lead_id = l.id and b.kind = 'mql';
      alter table leads force row level security;
      alter table score_breakdowns force row level security;
      create index leads_tier_idx on leads (org_id, tier, lead_score, id) where merged_into is null and erased_at is null;
    `);
  }

  override down(): void {
    this.addSql(`
      drop index leads_tier_idx;
      alter table leads drop column tier;
    `);
  }
}
