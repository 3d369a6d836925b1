import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** A query against a database of the organisation's own, and how far it has been read. */
export const DataSource = defineEntity({
  name: 'DataSource',
  tableName: 'data_sources',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    name: p.text(),
    kind: p.enum(['signups', 'usage', 'companies', 'stakeholders', 'expansion-signals']),
    query: p.text(),
    since: p.json<JsonValue>().nullable(),
    columns: p.json<JsonValue>().defaultRaw("'{}'"),
    database: p.json<JsonValue>().defaultRaw("'{}'"),
    databaseSealed: p.blob().nullable(),
    databaseKeyId: p.text().nullable(),
    databaseFingerprint: p.text().nullable(),
    schedule: p.text().nullable(),
    timezone: p.text().default('UTC'),
    watermark: p.text().nullable(),
    version: p.integer().default(0),
    lastTickAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
