import { defineEntity, p } from '@mikro-orm/postgresql';

/** A tenant. */
export const Org = defineEntity({
  name: 'Org',
  tableName: 'orgs',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    slug: p.text(),
    name: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
