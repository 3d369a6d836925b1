import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenScope } from '../../access/access.ts';
import type { SessionRow } from '../../db/queries/console-sessions.ts';
import { type Caller, enter, type Principal } from './caller.ts';
import type { CookieJar } from './cookies.ts';
import { crossSite, notSignedIn, refusedToken, withoutToken } from './problem.ts';
import type { TokenHolder } from '../../db/queries/api-tokens.ts';

/** What a route asks of whoever calls it: `open` nothing, `signed-in` a session, the others a scope or a role that has it. */
export type Access = 'open' | 'signed-in' | TokenScope;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route of the API says it. */
    readonly access?: Access;
  }
}

export interface Gate {
  readonly holderOf: (token: string) => Promise<TokenHolder | null>;
  readonly sessionOf: (token: string) => Promise<SessionRow | null>;
  readonly cookies: CookieJar;
}

/** Nobody comes in unseen: before a byte of the body is read, and no route without its word who may. */
export function guardRoutes(app: FastifyInstance, gate: Gate): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('session', null);
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.access === undefined) throw new Error(`the route ${url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined) return;
    await admit(request, gate, access);
  });
}

async function admit(request: FastifyRequest, gate: Gate, access: Access): Promise<void> {
  const bearer = bearerOf(request);
  if (bearer === null) refuseCrossSite(request, gate.cookies);
  if (access === 'open') return;
  const principal = bearer === null ? await byCookie(request, gate) : await byToken(bearer, gate);
  if (principal.type === 'account') request.setDecorator<SessionRow>('session', principal.session);
  if (access === 'signed-in') {
    if (principal.type !== 'account') throw notSignedIn();
    return;
  }
  const { org = null } = (request.params ?? {}) as { readonly org?: string };
  request.setDecorator<Caller>('caller', enter(principal, org, access));
}

async function byToken(token: string, { holderOf }: Gate): Promise<Principal> {
  const holder = token === '' ? null : await holderOf(token);
  if (holder === null) throw refusedToken();
  return { type: 'token', holder };
}

async function byCookie(request: FastifyRequest, { sessionOf, cookies }: Gate): Promise<Principal> {
  const token = cookies.read(request);
  if (token === null) throw isOfPage(request) ? notSignedIn() : withoutToken();
  const session = await sessionOf(token);
  if (session === null) throw notSignedIn();
  return { type: 'account', session };
}

/** Browsers say so of what a page asks for: its reader has a session or none, and knows nothing of tokens. */
function isOfPage({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] !== undefined;
}

/** Null = none is sent. */
function bearerOf({ headers }: FastifyRequest): string | null {
  const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
  return scheme.toLowerCase() === 'bearer' ? token : null;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends its cookies along whatever page asks, and says which page that is: one of another origin changes nothing here.
 * Programs without either header have no cookies of ours.
 */
function refuseCrossSite(request: FastifyRequest, cookies: CookieJar): void {
  if (safeMethods.has(request.method)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw crossSite();
  if (origin !== undefined && !cookies.isOurOrigin(origin, request)) throw crossSite();
  if (origin === undefined && site === undefined && cookies.read(request) !== null) throw crossSite();
}

export function callerOf(request: FastifyRequest): Caller {
  return request.getDecorator<Caller>('caller');
}

export function sessionOf(request: FastifyRequest): SessionRow {
  return request.getDecorator<SessionRow>('session');
}
