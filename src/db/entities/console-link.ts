import { defineEntity, p } from '@mikro-orm/postgresql';

/** What lets one person choose a password, once. */
export const ConsoleLink = defineEntity({
  name: 'ConsoleLink',
  tableName: 'console_links',
  properties: {
    tokenHash: p.text().primary(),
    accountId: p.uuid().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
});
