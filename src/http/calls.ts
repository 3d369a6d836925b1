import type { FastifyInstance } from 'fastify';

/** Counts the calls that are being answered; what it returns waits for the last of them, so long at most. */
export function watchCalls(app: FastifyInstance): (patienceMs: number) => Promise<void> {
  let underWay = 0;
  let onNone = (): void => undefined;
  app.addHook('onRequest', async (_request, reply) => {
    underWay += 1;
    // Answered, or whoever called is gone.
    reply.raw.once('close', () => {
      underWay -= 1;
      if (underWay === 0) onNone();
    });
  });
  return async (patienceMs) => {
    if (underWay === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    onNone = resolve;
    const timer = setTimeout(resolve, patienceMs);
    await promise;
    clearTimeout(timer);
  };
}
