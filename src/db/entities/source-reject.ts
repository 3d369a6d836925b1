import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Rows of a source that could not be used. */
export const SourceReject = defineEntity({
  name: 'SourceReject',
  tableName: 'source_rejects',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    sourceId: p.uuid(),
    rowHash: p.text(),
    field: p.text().default(''),
    code: p.text(),
    message: p.text(),
    fields: p.json<JsonValue>().defaultRaw("'{}'"),
    runId: p.uuid().nullable(),
    times: p.integer().default(1),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    resolvedAt: p.datetime().nullable(),
  },
});
