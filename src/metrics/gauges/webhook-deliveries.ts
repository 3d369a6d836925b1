import { readWebhookTotals } from '../../db/queries/webhook-counts.ts';
import { type DatabaseGauge, oftenSeconds } from '../database-gauge.ts';

export const webhookDeliveries: DatabaseGauge = {
  name: 'leadloop_webhook_deliveries_total',
  type: 'counter',
  help: 'Webhooks that came, on all machines together, by what came of them.',
  labels: ['connection', 'verdict'],
  maxAgeSeconds: oftenSeconds,
  read: async (tx) =>
    (await readWebhookTotals(tx)).map(({ connection, verdict, deliveries }) => ({
      connection,
      verdict,
      value: deliveries,
    })),
};
