import { defineEntity, p } from '@mikro-orm/postgresql';

/** Where a lane resumes. */
export const SyncCursor = defineEntity({
  name: 'SyncCursor',
  tableName: 'sync_cursors',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    object: p.text().primary(),
    lane: p.enum(['full', 'live', 'settled', 'archived']).primary(),
    cursor: p.text().nullable(),
    version: p.integer().default(0),
    passStartedAt: p.datetime().nullable(),
    completedAt: p.datetime().nullable(),
    mappingVersion: p.integer().default(0),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
