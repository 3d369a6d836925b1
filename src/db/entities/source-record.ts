import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** The last image of a CRM record, as pulled and as mapped. */
export const SourceRecord = defineEntity({
  name: 'SourceRecord',
  tableName: 'source_records',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    externalId: p.text().primary(),
    object: p.text().primary(),
    kind: p.enum(['lead', 'company', 'owner', 'opportunity', 'engagement']),
    modifiedAt: p.datetime(),
    fields: p.json<JsonValue>(),
    mapped: p.json<JsonValue>().defaultRaw("'{}'"),
    mappingVersion: p.integer(),
    companyId: p.text().nullable(),
    successorObject: p.text().nullable(),
    successorId: p.text().nullable(),
    leadId: p.uuid().nullable(),
    userId: p.uuid().nullable(),
    companyDomain: p
      .text()
      .nullable()
      .generated(
        `CASE WHEN (kind = 'company'::text) THEN (mapped ->> 'company_domain'::text) ELSE NULL::text END stored`,
      ),
    goneAt: p.datetime().nullable(),
    goneReason: p.enum(['archived', 'merged', 'erased']).nullable(),
    firstSeenAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
