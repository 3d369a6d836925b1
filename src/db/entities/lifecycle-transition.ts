import { defineEntity, p } from '@mikro-orm/postgresql';
import { leadStatuses } from '../../model/lead.ts';
import type { JsonValue } from './json.ts';

/** Moves of a lead's status, with their cause. Append-only. */
export const LifecycleTransition = defineEntity({
  name: 'LifecycleTransition',
  tableName: 'lifecycle_transitions',
  properties: {
    id: p.bigint('number').primary().autoincrement().generated('identity'),
    orgId: p.uuid(),
    leadId: p.uuid(),
    fromStatus: p.enum(leadStatuses).nativeEnumName('lead_status'),
    toStatus: p.enum(leadStatuses).nativeEnumName('lead_status'),
    episode: p.integer(),
    cause: p.json<JsonValue>(),
    runId: p.uuid().nullable(),
    at: p.datetime(),
  },
});
