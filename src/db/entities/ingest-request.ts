import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** A request that was taken in, and its answer. */
export const IngestRequest = defineEntity({
  name: 'IngestRequest',
  tableName: 'ingest_requests',
  properties: {
    orgId: p.uuid().primary(),
    idempotencyKey: p.text().primary(),
    kind: p.text(),
    bodyHash: p.text(),
    answer: p.json<JsonValue>(),
    createdAt: p.datetime(),
  },
});
