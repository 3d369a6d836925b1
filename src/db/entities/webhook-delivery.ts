import { defineEntity, p } from '@mikro-orm/postgresql';

/** A delivery that was taken in, so that it is not taken in again. */
export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  properties: {
    orgId: p.uuid().primary(),
    connectionId: p.uuid().primary(),
    deliveryHash: p.blob().primary(),
    receivedAt: p.datetime(),
  },
});
