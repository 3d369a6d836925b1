import { defineEntity, p } from '@mikro-orm/postgresql';

/** What the last runs came to, and when it is tried again. */
const health = {
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
};

/** How a connection fares. */
export const ConnectionHealth = defineEntity({
  name: 'ConnectionHealth',
  tableName: 'connection_health',
  properties: { orgId: p.uuid().primary(), connectionId: p.uuid().primary(), ...health },
});

/** How a source fares. */
export const SourceHealth = defineEntity({
  name: 'SourceHealth',
  tableName: 'source_health',
  properties: { orgId: p.uuid().primary(), sourceId: p.uuid().primary(), ...health },
});
