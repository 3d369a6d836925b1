import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JsonValue } from './json.ts';

/** One authorised account of a CRM, with its sealed credentials. */
export const Connection = defineEntity({
  name: 'Connection',
  tableName: 'connections',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    name: p.text(),
    kind: p.text(),
    baseUrl: p.text().nullable(),
    settings: p.json<JsonValue>().defaultRaw("'{}'"),
    credentialsSealed: p.blob().nullable(),
    credentialsKeyId: p.text().nullable(),
    schedule: p.text().nullable(),
    quota: p.json<JsonValue>().defaultRaw("'{}'"),
    pushPolicy: p.json<JsonValue>().defaultRaw(`'{"mode": "plan"}'`),
    accountId: p.text().nullable(),
    timezone: p.text().generated("(coalesce((settings ->> 'timezone'::text), 'UTC'::text)) stored"),
    liveEverySeconds: p
      .integer()
      .generated("(((settings -> 'pull'::text) ->> 'liveEverySeconds'::text))::integer stored")
      .nullable(),
    version: p.integer().default(1),
    credentialsAt: p.datetime().nullable(),
    lastTickAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
  },
});
