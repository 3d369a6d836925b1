import { defineEntity, p } from '@mikro-orm/postgresql';

/** An address that was erased for privacy, as a hash: what the CRM still lists under it is not stored again. */
export const ErasedAddress = defineEntity({
  name: 'ErasedAddress',
  tableName: 'erased_addresses',
  properties: {
    orgId: p.uuid().primary(),
    addressHash: p.text().primary(),
    erasedAt: p.datetime().defaultRaw('now()'),
  },
});
