import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Versions of a connection's mapping; one is active. */
export const FieldMapping = defineEntity({
  name: 'FieldMapping',
  tableName: 'field_mappings',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    connectionId: p.uuid(),
    version: p.integer(),
    definition: p.json<JsonValue>(),
    active: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
