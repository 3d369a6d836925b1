import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedRequest } from '../server/request-log.ts';
import type { Core } from './core.ts';
import { html, notFound, restError, VendorError } from './errors.ts';
import { answerFault, xmlUnauthorised } from './faults/answers.ts';
import type { ActiveFault } from './faults/faults.ts';
import { faultKind } from './faults/menu.ts';
import { spoilReply } from '../server/spoil.ts';

/** Longer URLs are refused with 414 at about this many characters. */
const MAX_URL = 16_000;
const OLDEST_VERSION = 31;
export const NEWEST_VERSION = 67;

interface RequestState {
  readonly logged: LoggedRequest;
  struck: readonly ActiveFault[];
}

const states = new WeakMap<FastifyRequest, RequestState>();

export function struckBy(request: FastifyRequest, name: ActiveFault['name']): ActiveFault | undefined {
  return states.get(request)?.struck.find((fault) => fault.name === name);
}

function checkVersion(path: string): void {
  const version = /^\/services\/data\/v([^/]+)/.exec(path)?.[1];
  if (version === undefined) return;
  const number = /^\d+\.0$/.test(version) ? Number(version) : Number.NaN;
  if (number >= 21 && number < OLDEST_VERSION) {
    throw restError(410, 'UNSUPPORTED_API_VERSION', `The requested API version v${version} is retired.`);
  }
  if (!(number >= OLDEST_VERSION && number <= NEWEST_VERSION)) throw notFound();
}

/** Anything under a version but its list of resources. */
function needsSession(path: string): boolean {
  return /^\/services\/data\/v[^/]+\/./.test(path) || path === '/services/oauth2/userinfo' || path.startsWith('/id/');
}

function hasBodyWithoutType({ method, headers }: FastifyRequest): boolean {
  return ['POST', 'PATCH', 'PUT'].includes(method) && headers['content-type'] === undefined;
}

/** The edge, then the fault menu, then the session, then the limits: the order a call meets them at the vendor. */
function receive(core: Core, request: FastifyRequest, reply: FastifyReply): void {
  const url = request.url.replace(/^\/\/+/, '/');
  const logged = core.requests.record({ at: core.clock.now(), method: request.method, url });
  const state: RequestState = { logged, struck: [] };
  states.set(request, state);
  if (url.length > MAX_URL) throw html(414, '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>');
  const { authorization } = request.headers;
  const tokenIssuedAt = core.auth.find(authorization)?.issuedAt;
  state.struck = core.faults.strike({ method: request.method, url, tokenIssuedAt });
  for (const fault of state.struck) {
    if (faultKind(fault.name).phase === 'answer' && answerFault(fault, { request, reply })) return;
  }
  admit(core, request, reply);
}

function admit(core: Core, request: FastifyRequest, reply: FastifyReply): void {
  const path = (request.url.split('?')[0] ?? '').replaceAll(/\/{2,}/g, '/');
  checkVersion(path);
  if (!needsSession(path)) return;
  const { authorization } = request.headers;
  if (hasBodyWithoutType(request) && core.auth.find(authorization) === undefined) throw xmlUnauthorised();
  core.auth.require(authorization);
  if (!path.startsWith('/services/data/')) return;
  try {
    core.usage.take();
  } finally {
    void reply.header('Sforce-Limit-Info', core.usage.header());
  }
}

function sendError({ status, headers, body }: VendorError, reply: FastifyReply): void {
  // Refused sessions learn nothing about limits.
  if (status === 401) void reply.removeHeader('Sforce-Limit-Info');
  void reply.code(status).headers(headers);
  void reply.send(body);
}

function toVendorError(error: FastifyError | Error): VendorError {
  if (error instanceof VendorError) return error;
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 415) {
    const message = `<?xml version="1.0" encoding="UTF-8"?><Errors><Error><errorCode>UNSUPPORTED_MEDIA_TYPE</errorCode><message>Content-Type header specified in HTTP request is not supported</message></Error></Errors>`;
    return new VendorError(415, message, { 'content-type': 'application/xml;charset=UTF-8' });
  }
  if (status < 500) return restError(status, 'UNKNOWN_EXCEPTION', error.message);
  // Not a vendor answer but a bug of the sandbox: say so, loudly.
  return restError(500, 'UNKNOWN_EXCEPTION', `sandbox defect: ${error.stack ?? error.message}`);
}

function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = String(body);
    try {
      done(null, text === '' ? null : JSON.parse(text));
    } catch {
      const message = `Unexpected character ('${text.charAt(0)}') at [line:1, column:2]`;
      done(restError(400, 'JSON_PARSER_ERROR', message), undefined);
    }
  });
  for (const type of ['text/xml', 'application/xml', 'text/csv']) {
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, String(body)));
  }
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
}

function isVendorPath(url: string): boolean {
  return !url.startsWith('/__sandbox');
}

export function installPipeline(app: FastifyInstance, core: Core): void {
  addParsers(app);
  app.addHook('onRequest', (request, reply, done) => {
    const inner = request.headers['x-sandbox-inner'] === core.innerKey;
    core.world.org.purge();
    if (isVendorPath(request.url) && !inner) receive(core, request, reply);
    if (!reply.sent) done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const state = states.get(request);
    if (state !== undefined) state.logged.status = reply.statusCode;
    const spoiling = state?.struck.find((fault) => faultKind(fault.name).phase === 'reply');
    // A body of no characters is a body too: a reset after a 204 must reset.
    const text = typeof payload === 'string' ? payload : payload === null || payload === undefined ? '' : undefined;
    done(null, spoiling === undefined || text === undefined ? payload : spoilReply(spoiling, text, { request, reply }));
  });
  app.setErrorHandler((error: FastifyError | Error, _request, reply) => sendError(toVendorError(error), reply));
  app.setNotFoundHandler((_request, reply) => sendError(notFound(), reply));
}
