import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppError } from '../model/errors.ts';
import type { ApiPort, ConsoleServices } from './api/api-port.ts';
import { registerApi } from './api/api.ts';
import { sendProblem, unknownRoute } from './api/problem.ts';
import { watchCalls } from './calls.ts';
import { registerConsole } from './console/console.ts';
import { registerHealth } from './health/health.ts';
import { registerMetrics } from './health/metrics.ts';
import type { HealthPort, MetricsPort } from './health/ports.ts';
import { hooksPrefix, registerHooks } from './hooks/hooks.ts';
import type { HooksPort } from './hooks/hooks-port.ts';
import { isLoopbackName } from './loopback.ts';
import { securityHeaders } from './security.ts';

export type HttpLog = (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Where it listens, and what it serves there: each part may be absent. */
export interface HttpOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Where people reach the console through a proxy that speaks TLS; null = only on this machine. */
  readonly publicUrl?: string | null;
  /** The folder of the built console, which needs the API. */
  readonly consoleFolder?: string | null;
  readonly api?: { readonly rows: ApiPort; readonly console: ConsoleServices } | null;
  /** Null or left out = no webhooks. */
  readonly hooks?: HooksPort | null;
  readonly health?: HealthPort | null;
  readonly metrics?: MetricsPort | null;
  readonly now: () => Date;
  readonly log: HttpLog;
}

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /**
   * Refuses calls (503) and ends; those that are being answered have so long to come to their end. Disposing of it is to give them no
   * time. A second time it does nothing.
   */
  stop(graceMs: number): Promise<void>;
}

/** Where the console is unless somebody says otherwise. */
export const defaultHttpPort = 7400;

/**
 * Serves the console, the API below `/api`, webhooks below `/hooks`, `/healthz`, `/readyz` and `/metrics`.
 * @throws AppError `port-in-use`, `host-not-local`, `console-not-built` (fix-config)
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { port, host = '127.0.0.1', publicUrl = null, consoleFolder = null } = options;
  const isLocal = isLoopbackName(host);
  if (!isLocal && consoleFolder !== null && publicUrl === null) throw notLocal(host);
  // Behind a proxy, who asks is whom it names; only a proxy of this machine or network is believed.
  const trustProxy = publicUrl === null ? false : ['loopback', 'linklocal', 'uniquelocal'];
  // What is open when no call is under way any more, or their time is over, waits for nothing.
  const app = Fastify({ forceCloseConnections: true, trustProxy });
  const lastCall = watchCalls(app);
  let callsMs = 0;
  app.addHook('preClose', () => lastCall(callsMs));
  const headers = securityHeaders(publicUrl);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(headers));
  const isOurs = isLocal && publicUrl === null;
  if (isOurs && consoleFolder !== null) app.addHook('onRequest', refuseForeignName);
  await registerParts(app, options, isOurs);
  const url = await app.listen({ port, host }).catch((error: unknown) => {
    throw isInUse(error) ? portInUse(port) : error;
  });
  let stopped: Promise<void> | null = null;
  const stop = (graceMs: number): Promise<void> => {
    if (stopped === null) {
      callsMs = graceMs;
      stopped = app.close();
    }
    return stopped;
  };
  return { url, port: Number(new URL(url).port), stop, [Symbol.asyncDispose]: () => stop(0) };
}

/** `isOurs`: no proxy in front, so whoever asks is of this machine. */
async function registerParts(app: FastifyInstance, options: HttpOptions, isOurs: boolean): Promise<void> {
  const { consoleFolder = null, api = null, hooks = null, health = null, metrics = null, now, log } = options;
  if (health !== null) registerHealth(app, health);
  if (metrics !== null) registerMetrics(app, metrics, isOurs);
  if (api !== null) await registerApi(app, { api: api.rows, console: api.console, now, log });
  if (hooks !== null) await registerHooks(app, { hooks, log });
  if (consoleFolder !== null) await registerConsole(app, consoleFolder);
  app.setNotFoundHandler(async (_request, reply) => sendProblem(reply, unknownRoute()));
}

/**
 * A foreign site that resolves its own name to this machine must not try passwords through a browser here. A CRM calls under the name
 * of the tunnel in front of us, and proves itself by its signature.
 */
async function refuseForeignName(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopbackName(request.hostname) || request.url.startsWith(`${hooksPrefix}/`)) return;
  await reply.code(421).type('text/plain').send('This server answers under the name of this machine only.\n');
}

/** What `listen` throws for a port that somebody has. */
export function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

export function portInUse(port: number): AppError {
  return new AppError('port-in-use', `Something listens on port ${port} already.`, {
    recovery: 'fix-config',
    remedy: 'Choose another one with --port (0 takes any free one), or stop the other program.',
  });
}

function notLocal(host: string): AppError {
  return new AppError('host-not-local', `Passwords must not go to ${host} in the clear.`, {
    recovery: 'fix-config',
    remedy:
      'Set LEADLOOP_PUBLIC_URL to the https address of the proxy in front; or leave out --host; for the API alone: --roles api.',
  });
}
