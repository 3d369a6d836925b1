import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Versions of a scoring profile; one of each kind is active. */
export const OrgScoringProfile = defineEntity({
  name: 'OrgScoringProfile',
  tableName: 'org_scoring_profiles',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    kind: p.enum(['mql', 'plg']),
    name: p.text(),
    version: p.integer(),
    profile: p.json<JsonValue>(),
    active: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
    rescoredAt: p.datetime().nullable(),
  },
});
