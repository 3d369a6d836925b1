import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** What a CRM record should have, has, and was last given. */
export const PushState = defineEntity({
  name: 'PushState',
  tableName: 'push_states',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    object: p.text().primary(),
    externalId: p.text().primary(),
    leadId: p.uuid().nullable(),
    wanted: p.json<JsonValue>(),
    remote: p.json<JsonValue>().defaultRaw("'{}'"),
    pushed: p.json<JsonValue>().defaultRaw("'{}'"),
    kept: p.json<JsonValue>().defaultRaw("'{}'"),
    state: p.enum(['settled', 'pending', 'claimed', 'dead']),
    priority: p.smallint().default(2),
    parent: p.text().default(''),
    claimToken: p.uuid().nullable(),
    claimedUntil: p.datetime().nullable(),
    attempts: p.integer().default(0),
    availableAt: p.datetime().defaultRaw('now()'),
    lastError: p.text().nullable(),
    changedAt: p.datetime().nullable(),
    pushedAt: p.datetime().nullable(),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
