/** Faults as RFC 9457 has them. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { AppError } from '../model/errors.ts';

/** By then what was in the way is over, mostly; in seconds. */
export const retryAfterS = 5;

/** Says what went wrong; of what nobody expected (null), no more than that. `extra`: members of its own. */
export function sendFault(
  reply: FastifyReply,
  status: number,
  known: Pick<AppError, 'message' | 'code' | 'remedy'> | null,
  extra: object = {},
): FastifyReply {
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    detail: known?.message ?? 'Something unexpected happened.',
    code: known?.code ?? 'internal',
    remedy: known?.remedy || 'Send it again; if that does not help, report it with the log of this process.',
    ...extra,
  };
  return reply.code(status).type('application/problem+json').send(problem);
}
