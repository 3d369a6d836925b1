import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Records that could not be read, mapped or pushed, kept for replay. */
export const RejectedRecord = defineEntity({
  name: 'RejectedRecord',
  tableName: 'rejected_records',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    connectionId: p.uuid(),
    object: p.text(),
    externalId: p.text(),
    stage: p.enum(['decode', 'map', 'push']),
    field: p.text().default(''),
    code: p.text(),
    message: p.text(),
    effect: p.enum(['reject', 'null']),
    fields: p.json<JsonValue>().defaultRaw("'{}'"),
    runId: p.uuid().nullable(),
    times: p.integer().default(1),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    resolvedAt: p.datetime().nullable(),
  },
});
