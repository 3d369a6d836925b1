import { defineEntity, p } from '@mikro-orm/postgresql';

/** A person who signs in, of whatever organisations. */
export const ConsoleAccount = defineEntity({
  name: 'ConsoleAccount',
  tableName: 'console_accounts',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    email: p.text(),
    name: p.text(),
    passwordHash: p.text().nullable(),
    ssoIssuer: p.text().nullable(),
    ssoSubject: p.text().nullable(),
    createdAt: p.datetime(),
  },
});
