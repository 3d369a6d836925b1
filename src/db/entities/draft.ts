import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** A mapping or a profile that somebody is editing. */
export const Draft = defineEntity({
  name: 'Draft',
  tableName: 'drafts',
  properties: {
    orgId: p.uuid().primary(),
    subject: p.enum(['mapping', 'profile']).primary().nativeEnumName('draft_subject'),
    name: p.text().primary(),
    definition: p.json<JsonValue>(),
    basedOn: p.integer().nullable(),
    revision: p.integer().default(1),
    updatedBy: p.text(),
    updatedAt: p.datetime(),
  },
});
