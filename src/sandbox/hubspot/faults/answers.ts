import type { FastifyReply, FastifyRequest } from 'fastify';
import { expiredToken, missingScopes, rateLimited, searchRateLimited, VendorError } from '../errors.ts';
import type { ActiveFault } from './faults.ts';

const DEFAULT_RETRY_AFTER_S = 3_600;

function edgePage(status: number, title: string): VendorError {
  const page = `<html>\n<head><title>${status} ${title}</title></head>\n<body>\n<center><h1>${status} ${title}</h1></center>\n<hr><center>cloudflare</center>\n</body>\n</html>\n`;
  return new VendorError(status, page, { 'content-type': 'text/html' });
}

interface Situation {
  portalId: number;
  now: number;
}

/** The error a fault answers with, or undefined if it does something else to the request. */
function faultError(fault: ActiveFault, { portalId, now }: Situation): VendorError | undefined {
  switch (fault.name) {
    case '429-ten-secondly':
      return rateLimited('TEN_SECONDLY_ROLLING', portalId);
    case '429-secondly':
      return searchRateLimited();
    case '429-daily':
      return rateLimited('DAILY', portalId);
    case '423-locked':
      return new VendorError(423, { status: 'error', message: 'The resource is locked.', category: 'LOCKED' });
    case '477-migration': {
      const headers = { 'Retry-After': String(fault.retryAfter ?? DEFAULT_RETRY_AFTER_S) };
      return new VendorError(477, { status: 'error', message: 'Migration in progress' }, headers);
    }
    case '500':
      return new VendorError(500, { status: 'error', message: 'internal error' });
    case 'token-expired':
      return expiredToken(fault.activatedAt, now);
    case 'missing-scope':
      return missingScopes([fault.scope ?? 'crm.objects.contacts.read']);
    default:
      return edgeError(fault);
  }
}

function edgeError({ name }: ActiveFault): VendorError | undefined {
  if (name === '502') return edgePage(502, 'Bad Gateway');
  if (name === '503') return edgePage(503, 'Service Temporarily Unavailable');
  if (name === '504') return edgePage(504, 'Gateway Time-out');
  return undefined;
}

/** Carries out a fault of phase `answer`; false if it leaves the request alone. */
export function answerFault(
  fault: ActiveFault,
  situation: Situation,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): boolean {
  const error = faultError(fault, situation);
  if (error !== undefined) throw error;
  switch (fault.name) {
    case 'socket-reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return true;
    case 'hang':
      reply.hijack();
      return true;
    case 'empty-2xx': {
      const at = new Date(situation.now).toISOString();
      const status = request.url.endsWith('/batch/create') ? 201 : 200;
      void reply.code(status).send({ status: 'COMPLETE', results: [], startedAt: at, completedAt: at });
      return true;
    }
    default:
      return false;
  }
}
