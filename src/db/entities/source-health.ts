import { defineEntity, p } from '@mikro-orm/postgresql';

/** How a source fares: what its last runs came to, and when it is tried again. */
export const SourceHealth = defineEntity({
  name: 'SourceHealth',
  tableName: 'source_health',
  properties: {
    orgId: p.uuid().primary(),
    sourceId: p.uuid().primary(),
    state: p.enum(['healthy', 'failing', 'paused']),
    code: p.text().nullable(),
    message: p.text().nullable(),
    remedy: p.text().nullable(),
    failuresInRow: p.integer().default(0),
    since: p.datetime(),
    tryAgainAt: p.datetime().nullable(),
    lastSuccessAt: p.datetime().nullable(),
    lastRunId: p.uuid().nullable(),
    version: p.integer().default(0),
  },
});
