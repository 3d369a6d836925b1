import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** One execution of a sync, push, rescore, replay, undo or import. */
export const SyncRun = defineEntity({
  name: 'SyncRun',
  tableName: 'sync_runs',
  properties: {
    id: p.uuid().primary(),
    orgId: p.uuid(),
    connectionId: p.uuid().nullable(),
    sourceId: p.uuid().nullable(),
    kind: p.enum(['sync', 'live', 'hints', 'push', 'rescore', 'replay', 'undo', 'import']),
    status: p.enum(['running', 'succeeded', 'partial', 'failed', 'cancelled']),
    counts: p.json<JsonValue>().defaultRaw("'{}'"),
    failure: p.json<JsonValue>().nullable(),
    detail: p.json<JsonValue>().defaultRaw("'{}'"),
    tickAt: p.datetime().nullable(),
    startedAt: p.datetime(),
    heartbeatAt: p.datetime(),
    endedAt: p.datetime().nullable(),
  },
});
