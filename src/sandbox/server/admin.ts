import type { FastifyInstance } from 'fastify';
import type { MovableClock } from './clock.ts';
import type { AnyFaultOrder, Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** Where the admin paths begin, outside every vendor's namespace. */
export const ADMIN = '/__sandbox';

/** What every sandbox has at its core. */
interface Core<Order extends AnyFaultOrder> {
  readonly faults: Faults<Order>;
  readonly requests: RequestLog;
  readonly clock: MovableClock;
}

/** What each sandbox does in its own way; the readers refuse what they cannot read. */
interface Ways<Order extends AnyFaultOrder> {
  readonly isFaultName: (name: string) => name is Order['name'];
  readonly readOrder: (body: unknown) => Order;
  readonly readMove: (body: unknown) => { advanceMs: number };
  readonly state: () => unknown;
  readonly reset: () => void;
}

/** The admin paths of every sandbox: faults, the log of requests, the clock, the state and the way back to its beginning. */
export function sharedAdminRoutes<Order extends AnyFaultOrder>(
  app: FastifyInstance,
  { faults, requests, clock }: Core<Order>,
  { isFaultName, readOrder, readMove, state, reset }: Ways<Order>,
): void {
  app.get(`${ADMIN}/faults`, () => ({ menu: faults.menu(), active: faults.active() }));
  app.post(`${ADMIN}/faults`, (request, reply) => reply.code(201).send(faults.activate(readOrder(request.body))));
  app.delete(`${ADMIN}/faults`, (request, reply) => {
    const { name } = request.query as { name?: string };
    if (name === undefined) faults.clear();
    else if (isFaultName(name)) faults.clear(name);
    return reply.code(204).send();
  });
  app.get(`${ADMIN}/state`, state);
  app.get(`${ADMIN}/requests`, () => ({ counts: requests.counts(), requests: requests.entries() }));
  app.delete(`${ADMIN}/requests`, (_request, reply) => {
    requests.reset();
    return reply.code(204).send();
  });
  app.post(`${ADMIN}/clock`, (request) => {
    clock.advance(readMove(request.body).advanceMs);
    return { now: clock.now() };
  });
  app.post(`${ADMIN}/reset`, () => {
    reset();
    return state();
  });
}
