import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Every write to a CRM, field by field. Settled once. */
export const PushLedgerEntry = defineEntity({
  name: 'PushLedgerEntry',
  tableName: 'push_ledger',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    connectionId: p.uuid(),
    runId: p.uuid(),
    claimToken: p.uuid(),
    object: p.text(),
    externalId: p.text(),
    leadId: p.uuid().nullable(),
    field: p.text(),
    before: p.json<JsonValue>().nullable(),
    after: p.json<JsonValue>().nullable(),
    why: p.text(),
    sentAt: p.datetime(),
    outcome: p.enum(['applied', 'kept', 'deferred', 'rejected', 'gone']).nullable(),
    outcomeReason: p.text().nullable(),
    requestId: p.text().nullable(),
    settledAt: p.datetime().nullable(),
    changedAt: p.datetime().nullable(),
  },
});
