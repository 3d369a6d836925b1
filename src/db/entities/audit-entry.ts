import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Who changed what. Append-only. */
export const AuditEntry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_log',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    actor: p.text(),
    action: p.text(),
    subject: p.text(),
    before: p.json<JsonValue>().nullable(),
    after: p.json<JsonValue>().nullable(),
    at: p.datetime(),
  },
});
