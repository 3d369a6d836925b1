import { defineEntity, p } from '@mikro-orm/postgresql';

/** A deal of the CRM that a lead became. */
export const Opportunity = defineEntity({
  name: 'Opportunity',
  tableName: 'opportunities',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    orgId: p.uuid(),
    connectionId: p.uuid().nullable(),
    externalId: p.text().nullable(),
    name: p.text().nullable(),
    stage: p.text().nullable(),
    amount: p.decimal('number').columnType('numeric').nullable(),
    isClosed: p.boolean().nullable(),
    isWon: p.boolean().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
