import { defineEntity, p } from '@mikro-orm/postgresql';
import { leadStatuses } from '../../model/lead.ts';
import type { JsonValue } from './json.ts';

/** A person, from capture to opportunity: the first seed's table. */
export const Lead = defineEntity({
  name: 'Lead',
  tableName: 'leads',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    name: p.string().length(200).nullable(),
    email: p.string().length(255).nullable(),
    emailKey: p.text().nullable().generated(`lower((email)::text) stored`),
    companyName: p.string().length(300).nullable(),
    title: p.string().length(200).nullable(),
    state: p.string().length(10).nullable(),
    enrollment: p.integer().nullable(),
    segment: p.string().length(50).nullable(),
    sourceId: p.uuid().nullable(),
    sourceDetail: p.text().nullable(),
    status: p.enum(leadStatuses).nativeEnumName('lead_status').default('new'),
    statusRank: p.smallint().generated(
      `CASE status ${leadStatuses
        .map((status, rank) => `WHEN '${status}'::lead_status THEN ${rank}`)
        .slice(0, -1)
        .join(' ')} ELSE 6 END stored`,
    ),
    leadScore: p.integer().nullable(),
    assignedTo: p.uuid().nullable(),
    mqlDate: p.datetime().nullable(),
    sqlDate: p.datetime().nullable(),
    opportunityDate: p.datetime().nullable(),
    opportunityId: p.uuid().nullable(),
    websiteVisits: p.integer().default(0),
    contentDownloads: p.integer().default(0),
    emailOpens: p.integer().default(0),
    emailClicks: p.integer().default(0),
    demoRequested: p.boolean().default(false),
    employeeCount: p.integer().nullable(),
    industry: p.string().length(200).nullable(),
    companyDomain: p.string().length(255).nullable(),
    crmStatus: p.text().nullable(),
    crmOwner: p.string().length(100).nullable(),
    episode: p.integer().default(0),
    baseline: p.json<JsonValue>().nullable(),
    mergedInto: p.uuid().nullable(),
    erasedAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    tier: p.text().nullable(),
  },
});
