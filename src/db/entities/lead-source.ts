import { defineEntity, p } from '@mikro-orm/postgresql';

/** Where a lead came from first. */
export const LeadSource = defineEntity({
  name: 'LeadSource',
  tableName: 'lead_sources',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    name: p.string().length(200),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
