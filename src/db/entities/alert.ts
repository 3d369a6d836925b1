import { defineEntity, p } from '@mikro-orm/postgresql';

/** A message about a connection that goes out to people. */
export const Alert = defineEntity({
  name: 'Alert',
  tableName: 'alerts',
  properties: {
    id: p.uuid().primary(),
    orgId: p.uuid(),
    connectionId: p.uuid(),
    kind: p.enum(['failing', 'paused', 'recovered']),
    code: p.text().nullable(),
    title: p.text(),
    text: p.text(),
    remedy: p.text().nullable(),
    createdAt: p.datetime(),
    sentAt: p.datetime().nullable(),
    attempts: p.integer().default(0),
    nextTryAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
  },
});
