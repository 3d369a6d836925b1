import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Answers of a CRM that may be an hour old. */
export const CrmCacheEntry = defineEntity({
  name: 'CrmCacheEntry',
  tableName: 'crm_cache',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    key: p.text().primary(),
    value: p.json<JsonValue>(),
    storedAt: p.datetime(),
  },
});
