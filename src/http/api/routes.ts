import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ConsoleServices } from './api-port.ts';
import type { CookieJar } from './cookies.ts';

export interface RouteContext {
  readonly services: ConsoleServices;
  readonly cookies: CookieJar;
}

/** Knows what a route takes from its schema. */
type Typed = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** The routes of a subject. */
export type Routes = (app: Typed, context: RouteContext) => void;
