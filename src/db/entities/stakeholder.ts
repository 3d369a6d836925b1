import { defineEntity, p } from '@mikro-orm/postgresql';

/** A person of influence in a company. */
export const Stakeholder = defineEntity({
  name: 'Stakeholder',
  tableName: 'stakeholders',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    companyDomain: p.text(),
    fullName: p.text(),
    title: p.text().nullable(),
    department: p.text().nullable(),
    seniority: p.text().nullable(),
    linkedinUrl: p.text().nullable(),
    externalId: p.text().nullable(),
    identity: p.text().generated(`COALESCE(('id '::text || external_id), lower(full_name)) stored`),
    isDecisionMaker: p.boolean().nullable().default(false),
    isTechnical: p.boolean().nullable().default(false),
    isBudgetHolder: p.boolean().nullable().default(false),
    enrichedAt: p.datetime().nullable().defaultRaw('now()'),
  },
});
