import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** What is known of a company from outside. */
export const CompanyEnrichment = defineEntity({
  name: 'CompanyEnrichment',
  tableName: 'company_enrichment',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    domain: p.text(),
    companyName: p.text().nullable(),
    industry: p.text().nullable(),
    employeeCount: p.integer().nullable(),
    employeeRange: p.text().nullable(),
    companyType: p.text().nullable(),
    fundingStage: p.text().nullable(),
    totalFundingUsd: p.bigint('number').nullable(),
    techStack: p.json<JsonValue>().nullable().defaultRaw("'[]'"),
    linkedinUrl: p.text().nullable(),
    crmFills: p.json<JsonValue>().defaultRaw("'{}'"),
    imported: p.json<JsonValue>().defaultRaw("'{}'"),
    crmWins: p.json<JsonValue>().defaultRaw("'{}'"),
    enrichedAt: p.datetime().nullable().defaultRaw('now()'),
  },
});
