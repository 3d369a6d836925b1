import { defineEntity, p } from '@mikro-orm/postgresql';

/** A person's word that an organisation, a connection or a source is not to run. */
export const Pause = defineEntity({
  name: 'Pause',
  tableName: 'pauses',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    connectionId: p.uuid().nullable(),
    sourceId: p.uuid().nullable(),
    direction: p.enum(['pull', 'push', 'all']),
    reason: p.text(),
    createdAt: p.datetime(),
    createdBy: p.text(),
  },
});
