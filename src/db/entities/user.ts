import { defineEntity, p } from '@mikro-orm/postgresql';

/** A person of the organisation whom leads are assigned to. */
export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    email: p.string().length(255).nullable(),
    name: p.string().length(200).nullable(),
    active: p.boolean().default(true),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
