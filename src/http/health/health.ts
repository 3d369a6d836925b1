import type { FastifyInstance } from 'fastify';
import type { HealthPort } from './ports.ts';

/** `/healthz`: the event loop turns, so a restart would mend nothing. `/readyz`: it may be sent work. */
export function registerHealth(app: FastifyInstance, health: HealthPort): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await health.readiness();
    return reply.code(reason === null ? 200 : 503).send({ status: reason ?? 'ok' });
  });
}
