import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The session's cookie: read, set and taken back. */
export interface CookieJar {
  /** Null = there is none. */
  read(request: FastifyRequest): string | null;
  set(reply: FastifyReply, token: string, expiresAt: Date): void;
  clear(reply: FastifyReply): void;
  /** Whether a page of this origin is one of ours. */
  isOurOrigin(origin: string, request: FastifyRequest): boolean;
}

/**
 * `publicUrl`: where people reach the console; null = this machine only. Over https the cookie is bound to the host and never sent
 * in the clear (`__Host-`).
 */
export function cookieJar(publicUrl: string | null): CookieJar {
  const secure = publicUrl?.startsWith('https:') === true;
  const name = secure ? '__Host-leadloop' : 'leadloop';
  const attributes: CookieSerializeOptions = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  const ours = publicUrl === null ? null : new URL(publicUrl).origin;
  return {
    read: (request) => request.cookies[name] || null,
    set: (reply, token, expires) => void reply.setCookie(name, token, { ...attributes, expires }),
    clear: (reply) => void reply.clearCookie(name, attributes),
    isOurOrigin: (origin, request) => origin === ours || URL.parse(origin)?.host === request.headers.host,
  };
}
