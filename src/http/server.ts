import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { AppError, stackOf } from '../model/errors.ts';
import type { ApiPort } from './api/api-port.ts';
import { registerApi } from './api/api.ts';
import { sendProblem, unknownRoute } from './api/problem.ts';
import { registerHealth } from './health/health.ts';
import { registerMetrics } from './health/metrics.ts';
import type { HealthPort, MetricsPort } from './health/ports.ts';
import { hooksPrefix, registerHooks } from './hooks/hooks.ts';
import type { HooksPort } from './hooks/hooks-port.ts';
import { html } from './html.ts';
import { isLoopbackName } from './loopback.ts';
import type { PageOrg, PageReader, SignupPage } from './page-reader.ts';
import { leadId, leadQuery, orgSlug, signupQuery } from './parameters.ts';
import { layout } from './render/layout.ts';
import { renderLeads } from './render/leads.ts';
import { renderOverview } from './render/overview.ts';
import { renderReceipt } from './render/receipt.ts';
import { renderSignups } from './render/signups.ts';

export type HttpLog = (level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>) => void;

/** Where it listens, and what it serves there: each part is a port, and may be absent. */
export interface HttpOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default 127.0.0.1. Anything that other machines reach needs `allowRemote`: the page has no login yet. */
  readonly host?: string;
  readonly allowRemote?: boolean;
  /** Of this machine alone. The others ask for a token, or tell nothing: those may be reached from anywhere. */
  readonly page?: PageReader | null;
  readonly api?: ApiPort | null;
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
}

/** Where the page is unless somebody says otherwise. */
export const defaultHttpPort = 7400;

/**
 * Serves the page, the API below `/api`, webhooks below `/hooks`, `/healthz`, `/readyz` and `/metrics`.
 * @throws AppError `port-in-use`, `host-not-local` (fix-config)
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { port, host = '127.0.0.1', allowRemote = false } = options;
  const isLocal = isLoopbackName(host);
  if (!isLocal && options.page && !allowRemote) throw notLocal(host);
  const app = Fastify({ forceCloseConnections: true });
  await registerParts(app, options, isLocal);
  const url = await app.listen({ port, host }).catch((error: unknown) => {
    throw isInUse(error) ? portInUse(port) : error;
  });
  return {
    url,
    port: Number(new URL(url).port),
    [Symbol.asyncDispose]: async () => app.close(),
  };
}

async function registerParts(app: FastifyInstance, options: HttpOptions, isLocal: boolean): Promise<void> {
  const { page = null, api = null, hooks = null, health = null, metrics = null, now, log } = options;
  guard(app, { isPageOfThisMachine: isLocal && page !== null });
  if (health !== null) registerHealth(app, health);
  if (metrics !== null) registerMetrics(app, metrics, isLocal);
  if (api !== null) await registerApi(app, { api, now, log });
  if (hooks !== null) await registerHooks(app, { hooks, log });
  if (page !== null) {
    assets(app);
    pages(app, { read: page, now, isLocal }, log);
  } else {
    app.setNotFoundHandler(async (_request, reply) => sendProblem(reply, unknownRoute()));
  }
}

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

function guard(app: FastifyInstance, { isPageOfThisMachine }: { isPageOfThisMachine: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders);
    // A CRM calls under the name of the proxy in front of us, and proves itself by its signature.
    if (request.url.startsWith(`${hooksPrefix}/`)) return;
    // A foreign site that resolves its own name to this machine must not read the page through a browser here.
    if (isPageOfThisMachine && !isLoopbackName(request.hostname)) {
      await reply.code(421).type('text/plain').send('This server answers under the name of this machine only.\n');
    }
  });
}

function assets(app: FastifyInstance): void {
  const files = { '/style.css': 'text/css', '/live.js': 'text/javascript', '/icon.svg': 'image/svg+xml' };
  for (const [path, type] of Object.entries(files)) {
    const content = readFileSync(new URL(`.${path}`, import.meta.url), 'utf8');
    app.get(path, async (_request, reply) => reply.type(`${type}; charset=utf-8`).send(content));
  }
}

interface Site {
  readonly read: PageReader;
  readonly now: () => Date;
  readonly isLocal: boolean;
}

function pages(app: FastifyInstance, site: Site, log: HttpLog): void {
  const { now, isLocal } = site;
  app.get('/', async (request, reply) => send(reply, await overviewPage(site, request)));
  app.get('/signups', async (request, reply) => send(reply, await signupsPage(site, request)));
  app.get('/leads/:id', async (request, reply) => {
    const page = await leadPage(site, request);
    return page === null ? notFound(site, reply) : send(reply, page);
  });
  app.setNotFoundHandler(async (_request, reply) => notFound(site, reply));
  app.setErrorHandler(async (error, request, reply) => {
    const known = error instanceof AppError ? error : null;
    // The route, not the URL: a search may hold a name.
    log('warn', 'page failed', {
      route: request.routeOptions.url,
      code: known?.code ?? 'unexpected',
      ...(known === null && { stack: stackOf(error) }),
    });
    const remedy = known?.remedy ?? 'Load it again; if that does not help, report it with the log of this process.';
    const note = html`<h1>This page cannot be shown</h1>
      <div class="note bad">
        <p>${known?.message ?? 'Something unexpected happened.'}</p>
        <p>${remedy}</p>
      </div>`;
    void reply.code(known?.recovery === 'retry' ? 503 : 500);
    return send(reply, layout({ title: 'Failed', orgs: [], org: null, now: now(), isLocal }, note));
  });
}

async function overviewPage({ read, now, isLocal }: Site, request: FastifyRequest): Promise<string> {
  const orgs = await read.orgs();
  const org = chosen(orgs, request);
  if (org === null) {
    const nothing = renderOverview({ connections: [], leads: {}, tiers: [] }, now());
    return layout(
      { title: 'Welcome', orgs, org, now: now(), isLocal },
      html`<h1>The loop</h1>
        ${nothing}`,
    );
  }
  const query = leadQuery(request.query);
  const [overview, page] = await Promise.all([read.overview(org.id), read.leads(org.id, query)]);
  const { tiers, leads, connections } = overview;
  const total = Object.values(leads).reduce((sum, number) => sum + number, 0);
  const view = { org: org.slug, query, page, tiers, total, connections: connections.length };
  const content = html`<h1>The loop</h1>
    ${renderOverview(overview, now())} ${renderLeads(view)}`;
  return layout({ title: `Leads of ${org.slug}`, orgs, org, now: now(), isLocal }, content);
}

async function signupsPage({ read, now, isLocal }: Site, request: FastifyRequest): Promise<string> {
  const orgs = await read.orgs();
  const org = chosen(orgs, request);
  const query = signupQuery(request.query);
  const page = org === null ? nobody : await read.signups(org.id, query);
  const content = renderSignups({ org: org?.slug ?? '', query, page, tiers: page.tiers });
  return layout({ title: 'Signups', orgs, org, now: now(), isLocal }, content);
}

const nobody: SignupPage = { signups: [], next: null, tiers: [] };

/** Null = there is no such lead. */
async function leadPage({ read, now, isLocal }: Site, request: FastifyRequest): Promise<string | null> {
  const id = leadId(request.params);
  const orgs = await read.orgs();
  const org = chosen(orgs, request);
  const receipt = id === null || org === null ? null : await read.receipt(org.id, id);
  if (receipt === null || org === null) return null;
  return layout({ title: 'Lead', orgs, org, now: now(), isLocal }, renderReceipt(receipt, org.slug));
}

/** The organisation that the address names, else the first. */
function chosen(orgs: readonly PageOrg[], request: FastifyRequest): PageOrg | null {
  const slug = orgSlug(request.query);
  return orgs.find((org) => org.slug === slug) ?? orgs[0] ?? null;
}

async function notFound({ now, isLocal }: Site, reply: FastifyReply): Promise<FastifyReply> {
  const note = html`<h1>There is no such page</h1>
    <p>The lead may have been merged. <a href="/">All leads</a></p>`;
  void reply.code(404);
  return send(reply, layout({ title: 'Not found', orgs: [], org: null, now: now(), isLocal }, note));
}

async function send(reply: FastifyReply, document: string): Promise<FastifyReply> {
  return reply.type('text/html; charset=utf-8').send(document);
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
  return new AppError('host-not-local', `The page has no login yet, so it does not listen on ${host}.`, {
    recovery: 'fix-config',
    remedy: 'Leave out --host, and put a proxy with a login in front of 127.0.0.1; for the API alone: --roles api.',
  });
}
