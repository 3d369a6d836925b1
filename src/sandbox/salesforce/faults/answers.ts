import type { FastifyReply, FastifyRequest } from 'fastify';
import { html, oauthError, restError, sessionExpired, VendorError } from '../errors.ts';
import type { ActiveFault } from './faults.ts';
import type { FaultName } from './menu.ts';

const XML_401 =
  '<response>\n<faultcode>LOGIN_OAUTH_INVALID_TOKEN(db=1703,api=LOGIN_OAUTH_INVALID_TOKEN)</faultcode>\n<error>Failed: Invalid Token</error>\n</response>';

function page(status: number, title: string): VendorError {
  return html(status, `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`);
}

/** A 401 whose body is XML although it says HTML. */
export function xmlUnauthorised(): VendorError {
  return html(401, XML_401);
}

const ANSWERS: Partial<Record<FaultName, () => VendorError>> = {
  'request-limit': () => restError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
  'concurrent-limit': () => restError(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'),
  'session-expired': sessionExpired,
  'session-dead': sessionExpired,
  'session-not-for-rest': () =>
    restError(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'),
  'password-expired': () =>
    restError(401, 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'Your password has expired. Please reset your password.'),
  'api-disabled': () => restError(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.'),
  'invalid-grant': () => oauthError('invalid_grant', 'expired access/refresh token'),
  '500': () => restError(500, 'UNKNOWN_EXCEPTION', 'An unexpected error occurred. Please include this ErrorId.'),
  '500-empty': () => new VendorError(500, '', { 'content-type': 'application/json;charset=UTF-8' }),
  '502': () => page(502, '502 Bad Gateway'),
  '503': () => restError(503, 'SERVER_UNAVAILABLE', 'Server Unavailable'),
  '503-html': () => page(503, 'Server Maintenance'),
  '420-html': () => page(420, 'We are setting things up'),
  '406-empty': () => new VendorError(406, ''),
  '401-xml': xmlUnauthorised,
  'query-timeout': () => restError(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'),
  'invalid-locator': () => restError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator'),
};

/** Carries out a fault of phase `answer`; false if it leaves the request alone. */
export function answerFault(
  fault: ActiveFault,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): boolean {
  const error = ANSWERS[fault.name]?.();
  if (error !== undefined) throw error;
  if (fault.name !== 'socket-reset' && fault.name !== 'hang') return false;
  reply.hijack();
  if (fault.name === 'socket-reset') request.raw.socket.resetAndDestroy();
  return true;
}
