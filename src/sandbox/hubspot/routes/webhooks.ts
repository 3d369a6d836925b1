import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { strict } from '../../server/admin-inputs.ts';
import { ADMIN } from '../../server/admin.ts';
import type { Core } from '../core.ts';
import { VendorError } from '../errors.ts';
import { MAX_SUBSCRIPTIONS, refusalOf } from '../webhooks/subscriptions.ts';
import type { WebhookApp } from '../webhooks/webhooks.ts';
import { readBody } from './admin-inputs.ts';

const AppOrder = Type.Object(
  {
    targetUrl: Type.String({ pattern: '^https?://' }),
    clientSecret: Type.String({ minLength: 1 }),
    appId: Type.Optional(Type.Integer({ minimum: 1 })),
    timeScale: Type.Optional(Type.Number({ minimum: 1 })),
    subscriptions: Type.Array(
      Type.Object(
        {
          eventType: Type.String(),
          propertyName: Type.Optional(Type.String()),
          objectTypeId: Type.Optional(Type.String()),
        },
        strict,
      ),
      { minItems: 1, maxItems: MAX_SUBSCRIPTIONS },
    ),
  },
  strict,
);

/** Without its secret. */
function shown({ targetUrl, appId, timeScale, subscriptions }: WebhookApp): Omit<WebhookApp, 'clientSecret'> {
  return { targetUrl, appId, timeScale, subscriptions };
}

/** HubSpot has no path for it: webhooks of private apps are set on its pages or in the files of a project. */
export function webhookRoutes(app: FastifyInstance, { webhooks }: Core): void {
  app.post(`${ADMIN}/webhooks`, (request, reply) => {
    const order = readBody(AppOrder, request.body);
    for (const subscription of order.subscriptions) {
      const message = refusalOf(subscription);
      if (message !== null) throw new VendorError(400, { status: 'error', message });
    }
    return reply.code(201).send(shown(webhooks.subscribe(order)));
  });
  app.get(`${ADMIN}/webhooks`, () => ({
    apps: webhooks.apps.map(shown),
    pending: webhooks.pending,
    attempts: webhooks.attempts,
  }));
  app.delete(`${ADMIN}/webhooks`, (_request, reply) => {
    webhooks.clear();
    return reply.code(204).send();
  });
}
