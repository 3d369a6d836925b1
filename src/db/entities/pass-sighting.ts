import { defineEntity, p } from '@mikro-orm/postgresql';

/** Ids that a full pass under way has seen. */
export const PassSighting = defineEntity({
  name: 'PassSighting',
  tableName: 'pass_sightings',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    object: p.text().primary(),
    externalId: p.text().primary(),
  },
});
