import { defineEntity, p } from '@mikro-orm/postgresql';

/** A record that the CRM told us to look at again, as often as it did. */
export const ChangeHint = defineEntity({
  name: 'ChangeHint',
  tableName: 'change_hints',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    object: p.text().primary(),
    externalId: p.text().primary(),
    reason: p.enum(['changed', 'deleted', 'erased']).nativeEnumName('change_reason'),
    fields: p.array().nullable(),
    version: p.bigint('number'),
  },
});
