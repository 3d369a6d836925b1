import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Examples of a scoring profile, with what is expected of it. */
export const ProfileTest = defineEntity({
  name: 'ProfileTest',
  tableName: 'profile_tests',
  properties: {
    orgId: p.uuid().primary(),
    kind: p.enum(['mql', 'plg']).primary(),
    tests: p.json<JsonValue>(),
    revision: p.integer().default(1),
    updatedBy: p.text(),
    updatedAt: p.datetime(),
  },
});
