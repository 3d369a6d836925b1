import { defineEntity, p } from '@mikro-orm/postgresql';

/** A message about a connection or a source that goes out to people. */
export const Alert = defineEntity({
  name: 'Alert',
  tableName: 'alerts',
  properties: {
    id: p.uuid().primary(),
    orgId: p.uuid(),
    connectionId: p.uuid().nullable(),
    sourceId: p.uuid().nullable(),
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
