import { defineEntity, p } from '@mikro-orm/postgresql';

/** An id that a merge retired, and the record that lives on. */
export const RecordAlias = defineEntity({
  name: 'RecordAlias',
  tableName: 'record_aliases',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    aliasId: p.text().primary(),
    object: p.text().primary(),
    externalId: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
