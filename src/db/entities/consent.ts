import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** Somebody on the way to a CRM and back, to let leadloop in there. */
export const Consent = defineEntity({
  name: 'Consent',
  tableName: 'consents',
  properties: {
    orgId: p.uuid().primary(),
    id: p.uuid().primary(),
    actor: p.text(),
    kind: p.text(),
    stateHash: p.text(),
    status: p.enum(['waiting', 'answered', 'granted', 'refused']),
    problem: p.json<JsonValue>().nullable(),
    sealed: p.blob(),
    keyId: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
});
