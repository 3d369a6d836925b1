import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopbackName } from '../loopback.ts';
import type { MetricsPort } from './ports.ts';

/**
 * `/metrics`: where a token is configured, whoever asks needs it, for a proxy in front may ask under our own name. Without one it is
 * open to this machine alone, where the server listens for nobody else and is asked by its own name.
 */
export function registerMetrics(app: FastifyInstance, metrics: MetricsPort, isLocal: boolean): void {
  app.get('/metrics', async (request, reply) => {
    const isOpen = metrics.token === null && isLocal && isLoopbackName(request.hostname);
    if (isOpen || isAdmitted(request, metrics.token)) {
      return reply.type(metrics.contentType).send(await metrics.scrape());
    }
    return reply
      .code(401)
      .header('www-authenticate', 'Bearer')
      .type('text/plain; charset=utf-8')
      .send('Send the bearer token that LEADLOOP_METRICS_TOKEN holds where this daemon runs.\n');
  });
}

function isAdmitted({ headers }: FastifyRequest, token: string | null): boolean {
  const [scheme = '', sent = ''] = (headers.authorization ?? '').split(' ');
  return token !== null && scheme.toLowerCase() === 'bearer' && isSame(sent, token);
}

/** In the same time whatever is sent; digests, for only texts of one length can be compared so. */
function isSame(sent: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}
