import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Token } from './auth.ts';
import type { Core } from './core.ts';
import { correlationId, malformedJson, missingScopes, VendorError } from './errors.ts';
import { answerFault } from './faults/answers.ts';
import type { ActiveFault } from './faults/faults.ts';
import { faultKind } from './faults/menu.ts';
import { spoilReply } from '../server/spoil.ts';
import { bucketOf } from './limits.ts';
import type { LoggedRequest } from '../server/request-log.ts';

/** Longer URLs are refused with 414 at about this many characters (seen at 16,200). */
const MAX_URL = 16_000;

interface RequestState {
  readonly correlationId: string;
  readonly logged: LoggedRequest;
  struck: readonly ActiveFault[];
  token: Token | undefined;
  /** Characters of the body as it was sent. */
  bodyLength: number;
}

const states = new WeakMap<FastifyRequest, RequestState>();

function isVendorPath(url: string): boolean {
  return !url.startsWith('/__sandbox');
}

export function struckBy(request: FastifyRequest, name: ActiveFault['name']): ActiveFault | undefined {
  return states.get(request)?.struck.find((fault) => fault.name === name);
}

export function bodyLength(request: FastifyRequest): number {
  return states.get(request)?.bodyLength ?? 0;
}

/** All of `scopes` must have been granted. */
export function requireScopes(request: FastifyRequest, scopes: readonly string[]): void {
  const token = states.get(request)?.token;
  if (token !== undefined && !scopes.every((scope) => token.scopes.has(scope))) throw missingScopes(scopes);
}

export function hasScope(request: FastifyRequest, scope: string): boolean {
  return states.get(request)?.token?.scopes.has(scope) ?? false;
}

/** The edge, then the fault menu, then authentication, then the limits: the order a call meets them at the vendor. */
function receive(core: Core, request: FastifyRequest, reply: FastifyReply): void {
  const now = core.clock.now();
  const state: RequestState = {
    correlationId: correlationId(now),
    logged: core.requests.record({ at: now, method: request.method, url: request.url }),
    struck: [],
    token: undefined,
    bodyLength: 0,
  };
  states.set(request, state);
  if (request.url.length > MAX_URL) {
    throw new VendorError(414, '<html><body>414 URI Too Long</body></html>\n', { 'content-type': 'text/html' });
  }
  const path = request.url.split('?')[0] ?? '';
  const { authorization } = request.headers;
  const tokenIssuedAt = core.auth.find(authorization)?.issuedAt;
  state.struck = core.faults.strike({ method: request.method, url: request.url, tokenIssuedAt });
  const situation = { portalId: core.store.portalId, now };
  for (const fault of state.struck) {
    if (faultKind(fault.name).phase === 'answer' && answerFault(fault, situation, { request, reply })) return;
  }
  if (path.startsWith('/oauth/')) return;
  const token = core.auth.require(authorization);
  state.token = token;
  const bucket = bucketOf(path);
  try {
    core.limits.take(bucket, token);
  } finally {
    void reply.headers(core.limits.headers(bucket, token));
  }
}

const RATE_LIMIT_HEADERS = [
  'X-HubSpot-RateLimit-Daily',
  'X-HubSpot-RateLimit-Daily-Remaining',
  'X-HubSpot-RateLimit-Interval-Milliseconds',
  'X-HubSpot-RateLimit-Max',
  'X-HubSpot-RateLimit-Remaining',
];

function sendError(error: VendorError, request: FastifyRequest, reply: FastifyReply): void {
  if (error.status === 403) for (const name of RATE_LIMIT_HEADERS) void reply.removeHeader(name);
  void reply.code(error.status).headers(error.headers);
  if (typeof error.body === 'string') {
    void reply.send(error.body);
    return;
  }
  const { status, message, ...rest } = error.body;
  const correlation = states.get(request)?.correlationId ?? correlationId(Date.now());
  void reply.send({ status, message, correlationId: correlation, ...rest });
}

function toVendorError(error: FastifyError | Error): VendorError {
  if (error instanceof VendorError) return error;
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status < 500) return new VendorError(status, { status: 'error', message: error.message });
  // Not a vendor answer but a bug of the sandbox: say so, loudly.
  return new VendorError(500, { status: 'error', message: `sandbox defect: ${error.stack ?? error.message}` });
}

function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    const state = states.get(request);
    if (state !== undefined) state.bodyLength = text.length;
    try {
      done(null, text === '' ? null : JSON.parse(text));
    } catch {
      done(malformedJson('Unexpected character'), undefined);
    }
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
}

export function installPipeline(app: FastifyInstance, core: Core): void {
  addParsers(app);
  app.addHook('onRequest', (request, reply, done) => {
    if (isVendorPath(request.url)) receive(core, request, reply);
    if (!reply.sent) done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const state = states.get(request);
    if (state !== undefined) {
      void reply.header('X-HubSpot-Correlation-Id', state.correlationId);
      void reply.header('Date', new Date(core.clock.now()).toUTCString());
      state.logged.status = reply.statusCode;
    }
    const spoiling = state?.struck.find((fault) => faultKind(fault.name).phase === 'reply');
    const spoilt = spoiling !== undefined && typeof payload === 'string';
    done(null, spoilt ? spoilReply(spoiling, payload, { request, reply }) : payload);
  });
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    sendError(toVendorError(error), request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `no such path: ${request.method} ${request.url}`;
    sendError(new VendorError(404, { status: 'error', message }), request, reply);
  });
}
